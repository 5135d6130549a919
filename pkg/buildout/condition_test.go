package buildout

import (
	"strings"
	"testing"
)

// testPython is what the conditions below are decided for.
var testPython = Python{
	Version: [3]int{3, 11, 2}, Platform: "linux", System: "Linux", Machine: "x86_64",
	Release: "6.1.0-13-amd64", KernelVersion: "#1 SMP", Bits: 64,
}

// Each condition was put to zc.buildout 3.0.1 under python 3.11.
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		want       bool
		conditions string // one a line
	}{
		{true, `
			python3
			not python2
			python2 or python3
			python3 and linux
			python311
			cpython
			posix and not windows
			bits64 and not bits32
			True
			1
			"a"
			(1,)
			((1))
			linux and(python3)
			linux and platform.machine() == "x86_64"
			platform.machine() in ("x86_64", "i686")
			platform.machine() in ['x86_64', 'i686']
			platform.machine() not in ("i686",)
			platform.system() == "Linux"
			platform.python_implementation() == "CPython"
			platform.python_version_tuple()[0] == "3"
			"x86" in platform.machine()
			sys.version_info >= (3,8)
			sys.version_info > (3, 8, 0)
			sys.version_info >= (3, 11, 0, "final", 0)
			sys.version_info[:2] >= (3, 8)
			sys.version_info[1:2] == (11,)
			sys.version_info[0] > 2 and sys.version_info[1] >= 11
			sys.version_info[-1] == 0
			sys.version_info.major == 3 and sys.version_info.minor == 11
			(3,8) <= sys.version_info < (4,)
			sys.platform == 'linux' or sys.platform == 'darwin'
			sys.platform.startswith("linux")
			sys.platform.startswith(("win", "linux"))
			sys.platform.upper() == "LINUX" and sys.platform.lower().endswith("ux")
			sys.maxsize > 2**32
			sys.maxsize > 4294967296
			os.name
			1 + 1 == 2
			2 * 3 - 1 == 5
			7 // 2 == 3 and 7 % 2
			-7 // 2 == -4 and -7 % 2 == 1
			-1 < 0 < +1
			-2 ** 2 == 0 - 4
			1 < 2 < 3
			1 < 2 > 1 != 0
			"a" + "b" == "ab"
			"a" "b" == "ab"
			(1,2) + (3,) == (1,2,3)
			1 == True
			True + True == 2
			python3 is True
			None is None
			not 1 == 2
			not not python3
			not "a" in "b"
			1 == 2 or 2 == 2 and 3 == 3
			"" or python3
			1 if python3 else 0
			"abc"[0] == "a" and "abc"[1:] == "bc" and "abc"[:-1] == "ab"
			"é☃"[1] == "☃"
			"a\"b" == 'a"b' or True
			"\x23" + "\x3b" == "\x23\x3b"
			python3 or nosuch
			python3 or platform.freedesktop_os_release()["ID"] == "x"
			little_endian is not big_endian`},
		{false, `
			python2
			python310
			python315
			bits32
			pypy
			windows
			False
			None
			0
			""
			()
			(0)
			[]
			sys.version_info < (3,8)
			sys.version_info == (3,11)
			3 > 2 > 2
			"a" == 1
			None == 0
			python2 and nosuch
			not not not python3
			(1 == 2 or 2 == 2) and 3 == 4
			python2 or "" or 0
			0 if python3 else 1
			platform.python_version() >= "3.8"`},
	} {
		for line := range strings.Lines(c.conditions) {
			if text := strings.TrimSpace(line); text != "" {
				checkCondition(t, text, c.want)
			}
		}
	}
}

func checkCondition(t *testing.T, text string, want bool) {
	t.Helper()
	got, err := testPython.condition(text)
	if err != nil {
		t.Errorf("%s: %v", text, err)
	} else if got != want {
		t.Errorf("%s: got %v", text, got)
	}
}

func TestMarkers(t *testing.T) {
	for _, c := range []struct {
		want    bool
		markers string
	}{
		{true, `
			python_version >= "3.8"
			python_version == "3.11"
			python_version == "3.*"
			python_version != "3.10.*"
			python_version ~= "3.8"
			python_version === "3.11"
			python_version > "3.9"
			"3.8" <= python_version
			python_full_version >= "3.11.0"
			python_full_version ~= "3.11.1"
			python_version >= "3.8" and sys_platform == "linux"
			python_version < "3" or sys_platform == "linux"
			(python_version < "3" or sys_platform == "linux") and os_name == "posix"
			platform_machine == "x86_64"
			platform_machine in "x86_64 i686"
			"86" in platform_machine
			platform_system == "Linux"
			platform.machine == "x86_64"
			os.name == "posix"
			implementation_name == "cpython"
			python_implementation == "CPython"
			python_version in "3.10, 3.11"
			python_version not in "3.10, 3.12"
			platform_version == "#1 SMP"
			sys_platform > "a"`},
		{false, `
			python_version < "3.8"
			python_version < "3.9"
			python_version != "3.11"
			python_version == "2.*"
			python_full_version ~= "3.10.1"
			platform_system == "Darwin"
			extra == "x"
			python_version >= "abc"`},
	} {
		for line := range strings.Lines(c.markers) {
			// The comment sign cannot stand in a profile; here it can.
			if text := strings.TrimSpace(line); text != "" {
				checkCondition(t, text, c.want)
			}
		}
	}
}

// What is refused says which condition and why.
func TestUnsupportedConditions(t *testing.T) {
	for _, c := range []struct{ text, class, says string }{
		{"nosuch", NameError, "name 'nosuch' is not defined"},
		{"nosuch or python3", NameError, "'nosuch'"},
		{"python_version", NameError, "'python_version'"},
		{"python316", NameError, "'python316'"},
		{" ", UnsupportedCondition, "it is empty"},
		{"len('a')", UnsupportedCondition, "'(' was not expected"},
		{"platform.freedesktop_os_release()['ID']", UnsupportedCondition, "platform.freedesktop_os_release() is not part of the subset"},
		{"os.path.exists('/')", UnsupportedCondition, "os.path.exists() is not part of the subset"},
		{"sys.nosuch", UnsupportedCondition, "sys.nosuch is not part"},
		{"re.match('a', 'b')", UnsupportedCondition, "re.match() is not part"},
		{"platform.machine", UnsupportedCondition, "platform.machine is not part"},
		{"platform.machine(1)", UnsupportedCondition, "is not part of the subset"},
		{"'a'.nosuch()", UnsupportedCondition, "the method nosuch"},
		{"'a'.nosuch", UnsupportedCondition, "was not expected"},
		{"'a' < 1", UnsupportedCondition, "different types"},
		{"'a' in 1", UnsupportedCondition, "tuple"},
		{"1 is 1", UnsupportedCondition, "None, True and False only"},
		{"'a' + 1", UnsupportedCondition, "+ of these values"},
		{"1 // 0", UnsupportedCondition, "division by zero"},
		{"2 ** 63", UnsupportedCondition, "too large"},
		{"2 ** 65", UnsupportedCondition, "power"},
		{"7 / 2", UnsupportedCondition, "'/' is not part of the subset"},
		{"1.5 > 1", UnsupportedCondition, "whole number"},
		{"007", UnsupportedCondition, "whole number"},
		{"sys.version_info[5]", UnsupportedCondition, "index out of range"},
		{"sys.version_info['a']", UnsupportedCondition, "index must be"},
		{"(1)[0]", UnsupportedCondition, "have items"},
		{"(1, 2", UnsupportedCondition, "the end was not expected"},
		{"1)", UnsupportedCondition, "')' was not expected"},
		{"a b", UnsupportedCondition, "'b' was not expected"},
		{"1 2", UnsupportedCondition, "2 was not expected"},
		{"lambda: 1", UnsupportedCondition, "'lambda' was not expected"},
		{"1 if python3", UnsupportedCondition, "the end was not expected"},
		{"python3 and", UnsupportedCondition, "the end was not expected"},
		{"x = 1", UnsupportedCondition, "'=' is not part"},
		{"'open", UnsupportedCondition, "a string is not closed"},
		{`'a\nb'`, UnsupportedCondition, "escapes"},
		{"'''a'''", UnsupportedCondition, "three quotes"},
		{"'x' == 'x'", UnsupportedCondition, "environment marker"},
		{"sys_platform ~= 'linux'", UnsupportedCondition, "compares versions"},
		{"platform_release >= '1'", UnsupportedCondition, "is not a version"},
		{strings.Repeat("not ", 600) + strings.Repeat("-", 300) + "1", UnsupportedCondition, "'-' was not expected"},
		{strings.Repeat("(", 1000), UnsupportedCondition, "deep"},
		{"'a'" + strings.Repeat("[0]", 1000), UnsupportedCondition, "deep"},
	} {
		_, err := testPython.condition(c.text)
		switch {
		case err == nil:
			t.Errorf("%.60s: no error", c.text)
		case err.Class != c.class || !strings.Contains(err.Message, c.says):
			t.Errorf("%.60s: got %s: %s", c.text, err.Class, err.Message)
		}
	}
}

// The error tells where the condition stands.
func TestUnsupportedConditionPlace(t *testing.T) {
	_, err := Open(writeProfile(t, "[buildout]\nparts =\n\n[a:id(1)]\n"), Options{})
	e := checkClass(t, err, UnsupportedCondition)
	if !strings.HasSuffix(e.Error(), "/buildout.cfg:4)") || !strings.Contains(e.Error(), "unsupported condition 'id(1)'") {
		t.Error(e)
	}
}

// The python that profiles are evaluated for is a setting.
func TestPythonSetting(t *testing.T) {
	text := "[buildout]\nparts =\n[a]\n[b:sys.version_info < (3, 8)]\n[c:python27]\n[d:platform.machine() == 'armv7l' and bits32]\n"
	python := Python{Version: [3]int{2, 7, 18}, Platform: "linux2", Machine: "armv7l", Bits: 32}
	p := open(t, text, Options{Python: python})
	if got := strings.Join(p.Names(), " "); got != "buildout a b c d versions" {
		t.Errorf("python 2.7 on armv7l: %s", got)
	}
	p = open(t, text, Options{})
	if got := strings.Join(p.Names(), " "); got != "buildout a versions" {
		t.Errorf("default: %s", got)
	}
}

func TestDefaultPython(t *testing.T) {
	p := DefaultPython()
	if p.Version[0] != 3 || p.Machine == "" || p.Platform == "" || p.Bits != 32 && p.Bits != 64 {
		t.Errorf("%+v", p)
	}
}
