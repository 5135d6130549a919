package buildout

import (
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// Python is what section conditions ask about: the interpreter that a profile
// is evaluated for, since there is none at hand, and the machine it runs on.
type Python struct {
	Version       [3]int // major, minor, micro
	Platform      string // sys.platform: "linux"
	System        string // platform.system(): "Linux"
	Machine       string // platform.machine(): "x86_64"
	Release       string // platform.release(): the kernel's release
	KernelVersion string // platform.version()
	Bits          int    // of a pointer
}

// DefaultPython is CPython 3.11 on this machine.
func DefaultPython() Python {
	p := Python{
		Version:  [3]int{3, 11, 2},
		Platform: runtime.GOOS,
		System:   capitalize(runtime.GOOS),
		Machine:  machineName(),
		Bits:     32 << (^uint(0) >> 63),
	}
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		p.Machine = unix.ByteSliceToString(name.Machine[:])
		p.Release = unix.ByteSliceToString(name.Release[:])
		p.KernelVersion = unix.ByteSliceToString(name.Version[:])
	}
	return p
}

func machineName() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x86_64"
	case "386":
		return "i686"
	case "arm64":
		return "aarch64"
	}
	return runtime.GOARCH
}

func (p Python) shortVersion() string { return fmt.Sprintf("%d.%d", p.Version[0], p.Version[1]) }

func (p Python) fullVersion() string { return fmt.Sprintf("%s.%d", p.shortVersion(), p.Version[2]) }

// flag gives the boolean names that buildout defines for conditions.
func (p Python) flag(name string) (bool, bool) {
	if version, ok := strings.CutPrefix(name, "python"); ok {
		return p.versionFlag(version)
	}
	little, platform := littleEndian(), strings.ToLower(p.Platform)
	flags := map[string]bool{
		"cpython": true, "pypy": false, "jython": false, "ironpython": false,
		"linux":         strings.Contains(platform, "linux"),
		"windows":       strings.Contains(platform, "win32"),
		"cygwin":        strings.Contains(platform, "cygwin"),
		"solaris":       strings.Contains(platform, "sunos"),
		"macosx":        strings.Contains(platform, "darwin"),
		"posix":         !strings.Contains(platform, "win32"),
		"bits32":        p.Bits == 32,
		"bits64":        p.Bits == 64,
		"little_endian": little,
		"big_endian":    !little,
	}
	on, known := flags[name]
	return on, known
}

func littleEndian() bool {
	switch runtime.GOARCH {
	case "mips", "mips64", "ppc64", "s390x":
		return false
	}
	return true
}

// versionFlag answers python2, python3 and python24 to python315.
func (p Python) versionFlag(version string) (bool, bool) {
	switch version {
	case "2", "3":
		return fmt.Sprint(p.Version[0]) == version, true
	case "24", "25", "26", "27", "30", "31", "32", "33", "34", "35", "36", "37", "38", "39",
		"310", "311", "312", "313", "314", "315":
		return fmt.Sprintf("%d%d", p.Version[0], p.Version[1]) == version, true
	}
	return false, false
}
