package condition

import (
	"errors"
	"strings"
	"testing"
)

// testFacts are what the conditions below are decided for.
var testFacts = Facts{
	Version: [3]int{3, 11, 2}, Platform: "linux", System: "Linux", Machine: "x86_64",
	Release: "6.1.0-13-amd64", KernelVersion: "#1 SMP", Bits: 64,
}

// checkAll decides conditions, one a line.
func checkAll(t *testing.T, want bool, conditions string) {
	t.Helper()
	for text := range strings.Lines(conditions) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if got, err := Evaluate(text, testFacts); err != nil || got != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
}

// Python 3.11 says so too, with the names that buildout defines.
func TestExpressionsThatHold(t *testing.T) {
	checkAll(t, true, `
		python3
		not python2
		python2 or python3
		python3 and linux
		python311
		cpython
		posix and not windows
		bits64 and not bits32
		little_endian
		True
		1
		"a"
		(1,)
		((1))
		linux and(python3)
		linux and platform.machine() == "x86_64"
		platform.machine() in ("x86_64", "i686")
		platform.machine() not in ("i686",)
		platform.system() == "Linux"
		platform.release() >= "6"
		platform.python_implementation() == "CPython"
		"x86" in platform.machine()
		sys.version_info >= (3,8)
		sys.version_info > (3, 8, 0)
		sys.version_info >= (3, 11, 0, "final", 0)
		sys.version_info[:2] >= (3, 8)
		sys.version_info[:2] in ((2, 7), (3, 11))
		sys.version_info[:9] == sys.version_info
		sys.version_info[0] > 2 and sys.version_info[1] >= 11
		sys.version_info.major == 3 and sys.version_info.minor == 11
		(3,8) <= sys.version_info and sys.version_info < (4,)
		(1, 2)[0] == 1
		sys.platform == 'linux' or sys.platform == 'darwin'
		os.name
		1 + 1 == 2
		1 + 2 + 3 == 6
		"a" + "b" == "ab"
		not 1 == 2
		not not python3
		not "a" in "b"
		1 == 2 or 2 == 2 and 3 == 3
		"" or python3
		"\x23" + "\x3b" == "\x23\x3b"
		"\x23" == ("#")
		python3 or nosuch
		python3 or platform.freedesktop_os_release()["ID"] == "x"`)
}

func TestExpressionsThatDoNot(t *testing.T) {
	checkAll(t, false, `
		python2
		python310
		python315
		bits32
		big_endian
		pypy
		windows
		False
		0
		""
		()
		(0)
		sys.version_info < (3,8)
		sys.version_info == (3,11)
		python2 and nosuch
		not not not python3
		(1 == 2 or 2 == 2) and 3 == 4
		python2 or "" or 0`)
}

// So does the library "packaging" in the setuptools of stack/slapos.cfg.
func TestMarkersThatHold(t *testing.T) {
	checkAll(t, true, `
		python_version >= "3.8"
		python_version == "3.11"
		python_version == "3.11.0"
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
		sys_platform > "a"`)
}

func TestMarkersThatDoNot(t *testing.T) {
	checkAll(t, false, `
		python_version < "3.8"
		python_version < "3.9"
		python_version != "3.11"
		python_version == "2.*"
		python_full_version ~= "3.10.1"
		platform_system == "Darwin"
		extra == "x"
		python_version >= "abc"`)
}

func TestUnknownNames(t *testing.T) {
	for text, want := range map[string]string{
		"nosuch":            "name 'nosuch' is not defined",
		"nosuch or python3": "name 'nosuch' is not defined",
		"python316":         "name 'python316' is not defined",
		"python_version":    "name 'python_version' is not defined",
		// Not a marker, because of the name that markers do not have.
		`python_version > "3" or nosuch == "x"`: "name 'python_version' is not defined",
		// Nor this: what is compared in a marker has no parentheses.
		`(os_name) == "posix"`: "name 'os_name' is not defined",
	} {
		_, err := Evaluate(text, testFacts)
		var name UnknownName
		if !errors.As(err, &name) || err.Error() != want {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// What is refused says why. Python answers some of these; no profile asks.
func TestUnsupported(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{" ", "it is empty"},
		{"sys", "sys is not part of the subset"},
		{"sys.nosuch", "sys.nosuch is not part"},
		{"platform.machine", "platform.machine is not part"},
		{"platform.machine(1)", "platform.machine() with arguments"},
		{"len('a')", "len() with arguments"},
		{"platform.freedesktop_os_release()['ID']", "platform.freedesktop_os_release() is not part of the subset"},
		{"os.path.exists('/')", "os.path.exists() with arguments"},
		{"sys.platform.startswith('linux')", "with arguments"},
		{"'a'.upper()", "`.` was not expected"},
		{"nosuch()", "nosuch() is not part"},
		{"'a' < 1", "are compared"},
		{"1 == True", "are compared"},
		{"(1, 'a') == (1, 2)", "are compared"},
		{"1 in (1, 'a') and 2 in (1, 'a')", "are compared"},
		{"'a' in 1", `"in" needs a tuple`},
		{"1 in 'a'", `"in" needs a tuple`},
		{"python3 is True", "`is` was not expected"},
		{"None", "`None` was not expected"},
		{"1 < 2 < 3", "`<` was not expected"},
		{"1 if python3 else 0", "`if` was not expected"},
		{"lambda: 1", "`lambda` was not expected"},
		{"'a' + 1", "+ is for two numbers"},
		{"1 + 'a'", "+ is for two numbers"},
		{"True + True", "+ is for two numbers"},
		{"2 - 1", "starts at `- 1`"},
		{"sys.maxsize > 2**32", "starts at `**32`"},
		{"7 / 2", "starts at `/ 2`"},
		{"x = 1", "starts at `= 1`"},
		{"[1]", "`[` was not expected"},
		{"1.5 > 1", "`.` was not expected"},
		{"007", "starts at `007`"},
		{"1234567", "starts at `1234567`"},
		{"sys.version_info[5]", "index out of range"},
		{"sys.version_info['a']", "their indexes are numbers"},
		{"sys.version_info[1:]", "`:` was not expected"},
		{"sys.version_info[0", "the end was not expected"},
		{"'a'[0]", "only tuples have items"},
		{"(1, 2", "the end was not expected"},
		{"(1 2)", "`2` was not expected"},
		{"1)", "`)` was not expected"},
		{"a b", "`b` was not expected"},
		{"'a' 'b'", "`b` was not expected"},
		{"a not b", "`b` was not expected"},
		{"python3 and", "the end was not expected"},
		{"sys.1", "`1` was not expected"},
		{"'open", "starts at `'open`"},
		{`'a\nb'`, "is not part of the subset"},
		{"'x' == 'x'", "environment marker"},
		{"sys_platform ~= 'linux'", "compares versions"},
		{"python_version ~= '3'", "compares versions"},
		{"python_version ~= '3.*'", "compares versions"},
		{"1 ~= 1", "environment markers only"},
		{"platform_release >= '1'", "is not a version"},
		{strings.Repeat("1 or ", 1000) + "1", "too long"},
	} {
		_, err := Evaluate(c.text, testFacts)
		var unsupported *Unsupported
		if !errors.As(err, &unsupported) || unsupported.Condition != c.text || !strings.Contains(unsupported.Reason, c.says) {
			t.Errorf("%.60s: got %v", c.text, err)
		}
	}
}

func TestUnsupportedSentence(t *testing.T) {
	long := strings.Repeat("(é", 1000)
	_, err := Evaluate(long, testFacts)
	if err == nil || !strings.HasPrefix(err.Error(), "unsupported condition `(é(é") || len(err.Error()) > 500 {
		t.Error(err)
	}
}

// What may be long enough to nest deep is decided all the same.
func TestDeepNesting(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("(", 2000) + "1" + strings.Repeat(")", 2000),
		strings.Repeat("not ", 1000) + "1",
		strings.Repeat("(", 1900) + `os_name == "posix"` + strings.Repeat(")", 1900),
	} {
		if holds, err := Evaluate(text, testFacts); !holds || err != nil {
			t.Errorf("%.20s: %v, %v", text, holds, err)
		}
	}
}

// Another python on another machine.
func TestOtherFacts(t *testing.T) {
	facts := Facts{Version: [3]int{2, 7, 18}, Platform: "linux2", Machine: "ppc", Bits: 32, BigEndian: true}
	text := `python2 and python27 and linux and bits32 and big_endian and sys.version_info < (3, 8) and platform.machine() == "ppc"`
	if holds, err := Evaluate(text, facts); !holds || err != nil {
		t.Error(holds, err)
	}
}

func TestDefaultFacts(t *testing.T) {
	f := DefaultFacts()
	if f.Version[0] != 3 || f.Machine == "" || f.System == "" || f.Platform == "" || f.Bits != 32 && f.Bits != 64 {
		t.Errorf("%+v", f)
	}
}

// FuzzEvaluate asks that every text is decided or refused with one of the two
// errors, that parentheses change nothing, and that "not" turns it round.
func FuzzEvaluate(f *testing.F) {
	for _, text := range []string{
		`linux and platform.machine() == "x86_64"`, `(3,8) <= sys.version_info[:2] and not "x" in os.name`,
		`python_version ~= "3.8" or python_version == "2.*"`, `"\x23" + '' in ("\x3b", "x")`, "nosuch", "f()(", "1+",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		holds, err := Evaluate(text, testFacts)
		checkError(t, err)
		if len(text)+len("not ()") > maxText {
			return
		}
		grouped, groupedErr := Evaluate("("+text+")", testFacts)
		if err == nil && (groupedErr != nil || grouped != holds) {
			t.Errorf("%v, but %v, %v in parentheses", holds, grouped, groupedErr)
		}
		negated, negatedErr := Evaluate("not ("+text+")", testFacts)
		checkError(t, negatedErr)
		if err == nil && negatedErr == nil && negated == holds {
			t.Errorf("%v, and so is its negation", holds)
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	var unsupported *Unsupported
	var name UnknownName
	if err != nil && !errors.As(err, &unsupported) && !errors.As(err, &name) {
		t.Errorf("%#v", err)
	}
}
