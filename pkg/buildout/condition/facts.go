package condition

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Facts are what conditions ask about: the interpreter that a profile is
// evaluated for, since there is none at hand, and the machine it runs on.
type Facts struct {
	Version       [3]int // of CPython: major, minor, micro
	Platform      string // sys.platform: "linux"
	System        string // platform.system(): "Linux"
	Machine       string // platform.machine(): "x86_64"
	Release       string // platform.release(): the kernel's release
	KernelVersion string // platform.version()
	Bits          int    // of a pointer: 32 or 64
	BigEndian     bool
}

// DefaultFacts are those of CPython 3.11 on this machine.
func DefaultFacts() Facts {
	var name unix.Utsname
	_ = unix.Uname(&name) // fails for a bad address only
	return Facts{
		Version:       [3]int{3, 11, 2},
		Platform:      runtime.GOOS,
		System:        unix.ByteSliceToString(name.Sysname[:]),
		Machine:       unix.ByteSliceToString(name.Machine[:]),
		Release:       unix.ByteSliceToString(name.Release[:]),
		KernelVersion: unix.ByteSliceToString(name.Version[:]),
		Bits:          32 << (^uint(0) >> 63),
		BigEndian:     binary.NativeEndian.Uint16([]byte{0, 1}) == 1,
	}
}

// flag gives the names that buildout defines as True or False.
func (f Facts) flag(name string) (on, known bool) {
	if version, ok := strings.CutPrefix(name, "python"); ok {
		return f.versionFlag(version)
	}
	platform := strings.ToLower(f.Platform)
	on, known = map[string]bool{
		"cpython": true, "pypy": false, "jython": false, "ironpython": false,
		"linux":         strings.Contains(platform, "linux"),
		"windows":       strings.Contains(platform, "win32"),
		"cygwin":        strings.Contains(platform, "cygwin"),
		"solaris":       strings.Contains(platform, "sunos"),
		"macosx":        strings.Contains(platform, "darwin"),
		"posix":         !strings.Contains(platform, "win32"),
		"bits32":        f.Bits == 32,
		"bits64":        f.Bits == 64,
		"little_endian": !f.BigEndian,
		"big_endian":    f.BigEndian,
	}[name]
	return on, known
}

// flaggedVersions are those of python24 to python315.
var flaggedVersions = strings.Fields("24 25 26 27 30 31 32 33 34 35 36 37 38 39 310 311 312 313 314 315")

func (f Facts) versionFlag(version string) (on, known bool) {
	if version == "2" || version == "3" {
		return fmt.Sprint(f.Version[0]) == version, true
	}
	return fmt.Sprintf("%d%d", f.Version[0], f.Version[1]) == version, slices.Contains(flaggedVersions, version)
}

// attribute gives what a condition may ask python's modules for.
func (f Facts) attribute(name string) (value any, known bool) {
	switch name {
	case "sys.version_info":
		return tuple{f.Version[0], f.Version[1], f.Version[2], "final", 0}, true
	case "sys.version_info.major":
		return f.Version[0], true
	case "sys.version_info.minor":
		return f.Version[1], true
	case "sys.platform":
		return f.Platform, true
	case "os.name":
		return "posix", true
	case "platform.machine()":
		return f.Machine, true
	case "platform.system()":
		return f.System, true
	case "platform.release()":
		return f.Release, true
	case "platform.python_implementation()":
		return "CPython", true
	}
	return nil, false
}

// variable gives the value of an environment marker's variable, also under the
// dotted names of older markers.
func (f Facts) variable(name string) (value string, known bool) {
	short := fmt.Sprintf("%d.%d", f.Version[0], f.Version[1])
	full := fmt.Sprintf("%s.%d", short, f.Version[2])
	value, known = map[string]string{
		"os_name": "posix", "os.name": "posix",
		"sys_platform": f.Platform, "sys.platform": f.Platform,
		"platform_machine": f.Machine, "platform.machine": f.Machine,
		"platform_version": f.KernelVersion, "platform.version": f.KernelVersion,
		"platform_python_implementation": "CPython", "platform.python_implementation": "CPython",
		"python_implementation":  "CPython",
		"platform_release":       f.Release,
		"platform_system":        f.System,
		"python_version":         short,
		"python_full_version":    full,
		"implementation_name":    "cpython",
		"implementation_version": full,
		"extra":                  "",
	}[name]
	return value, known
}
