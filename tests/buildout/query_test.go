package buildout_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run queries in a folder with nothing in the environment but what is given.
func run(t *testing.T, folder string, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	command := exec.Command(generate, append([]string{"query"}, args...)...)
	command.Dir, command.Env = folder, append([]string{}, env...)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), command.ProcessState.ExitCode()
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	name = filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

// The user's defaults come from $HOME or --home, or from $BUILDOUT_HOME; -U
// leaves them out.
func TestUserDefaults(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "buildout.cfg", "[buildout]\nparts =\n")
	write(t, folder, "h/.buildout/default.cfg", "[s]\nwho = home\n")
	write(t, folder, "b/default.cfg", "[s]\nwho = buildout-home\n")
	home, other := "HOME="+folder+"/h", "BUILDOUT_HOME="+folder+"/b"
	for _, c := range []struct {
		env  []string
		args []string
		want string
	}{
		{[]string{"HOME=/nonexistent"}, nil, ""},
		{nil, nil, ""},
		{[]string{home}, nil, `"who": "home"`},
		{[]string{home, other}, nil, `"who": "buildout-home"`},
		{nil, []string{"--home", folder + "/h"}, `"who": "home"`},
		{[]string{home, other}, []string{"-U"}, ""},
	} {
		stdout, stderr, code := run(t, folder, c.env, append(c.args, "buildout.cfg")...)
		if code != 0 || stderr != "" {
			t.Errorf("%v %v: exit code %d, %s", c.env, c.args, code, stderr)
		}
		if c.want == "" && strings.Contains(stdout, "who") || !strings.Contains(stdout, c.want) {
			t.Errorf("%v %v: %s lacks %s", c.env, c.args, stdout, c.want)
		}
	}
}

func TestDirectory(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "p/main.cfg", "[buildout]\nparts =\n")
	for _, c := range []struct{ arg, want string }{
		{"", folder + "/p/bin"},
		{"--directory=/d", "/d/bin"},
		{"--directory=d", folder + "/d/bin"},
		{"buildout:directory=/e", "/e/bin"},
	} {
		args := []string{"p/main.cfg"}
		if c.arg != "" {
			args = append(args, c.arg)
		}
		stdout, _, code := run(t, folder, nil, args...)
		if code != 0 || !strings.Contains(stdout, `"bin-directory": "`+c.want+`"`) {
			t.Errorf("%s: exit code %d, %s", c.arg, code, stdout)
		}
	}
}

// A failure is JSON on stdout, for programs, and buildout's own words on
// stderr, with the place, for people.
func TestFailure(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "buildout.cfg", "[buildout]\nparts = a\n[a]\nrecipe = r\nx = ${b:y}\n[b]\ny = ${ghost:z}\n")
	stdout, stderr, code := run(t, folder, nil, "buildout.cfg")
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	if want := `{
 "error": "The referenced section, 'ghost', was not defined.",
 "error_type": "MissingSection",
 "while": [
  "Installing.",
  "Getting section a.",
  "Initializing section a.",
  "Getting option a:x.",
  "Getting section b.",
  "Initializing section b.",
  "Getting option b:y.",
  "Getting section ghost."
 ]
}
`; stdout != want {
		t.Errorf("got %s", stdout)
	}
	for _, part := range []string{"While:\n", "Getting option b:y.\n", "The referenced section, 'ghost', was not defined.", folder + "/buildout.cfg:7"} {
		if !strings.Contains(stderr, part) {
			t.Errorf("%q is not in %s", part, stderr)
		}
	}
}

func TestNotUTF8(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "buildout.cfg", "[buildout]\nparts =\n# caf\xe9\n")
	stdout, stderr, code := run(t, folder, nil, "buildout.cfg")
	if code != 1 || !strings.Contains(stdout, `"error_type": "UnicodeDecodeError"`) {
		t.Errorf("exit code %d: %s", code, stdout)
	}
	if !strings.Contains(stderr, folder+"/buildout.cfg") || !strings.Contains(stderr, "line 3") {
		t.Error(stderr)
	}
}

func TestWarning(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "buildout.cfg", "[buildout]\nparts =\n[s]\nlist += one\n")
	stdout, stderr, code := run(t, folder, nil, "buildout.cfg")
	if code != 0 || !strings.Contains(stdout, `"list +": "one"`) || !strings.Contains(stderr, "buildout.cfg:4") {
		t.Errorf("exit code %d, %s, %s", code, stdout, stderr)
	}
}

func TestUsage(t *testing.T) {
	folder := t.TempDir()
	for _, args := range [][]string{{}, {"--dialect", "zope", "buildout.cfg"}, {"--nosuch", "buildout.cfg"}} {
		if stdout, stderr, code := run(t, folder, nil, args...); code != 1 || stdout != "" || stderr == "" {
			t.Errorf("%v: exit code %d, %s%s", args, code, stdout, stderr)
		}
	}
}

// Two runs print the same bytes: nothing depends on the order of a map.
func TestSameBytes(t *testing.T) {
	folder := t.TempDir()
	var profile strings.Builder
	profile.WriteString("[buildout]\nparts = z a\n")
	for _, name := range strings.Fields("z y x w v u t s r q p o n m l k j i h g f e d c b a") {
		profile.WriteString("[" + name + "]\nrecipe = r\n" + name + "2 = 1\n" + name + "1 = ${buildout:directory}\n")
	}
	write(t, folder, "buildout.cfg", profile.String())
	first, _, _ := run(t, folder, nil, "buildout.cfg")
	for range 3 {
		if again, _, _ := run(t, folder, nil, "buildout.cfg"); again != first {
			t.Fatalf("got %s\nafter %s", again, first)
		}
	}
}
