package egg

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slapmonitor/tests/peers"
)

var (
	programs string // where the programs of this checkout are built to
	eggHome  = filepath.Join(peers.Checkout(), "recipes", "python")
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "egg")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	programs = dir
	code := 1
	if err := peers.BuildPrograms(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// site is a folder with a buildout.cfg that finds the egg through a static link.
type site struct {
	t    *testing.T
	dir  string
	path string   // PATH of the runs, without any program of ours
	env  []string // more of their environment
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), path: "/usr/bin:/bin"}
	s.write("develop-eggs/slapos.recipe.monitor.egg-link", eggHome+"\n.\n")
	return s
}

func (s *site) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

func (s *site) exists(name string) bool {
	_, err := os.Lstat(filepath.Join(s.dir, name))
	return err == nil
}

// buildout installs text offline and returns what it says and its exit code.
func (s *site) buildout(text string) (string, int) {
	s.t.Helper()
	s.write("buildout.cfg", strings.ReplaceAll(text, "PROGRAMS", programs))
	c := exec.Command("/bin/sh", "-c", `umask 027 && exec "$@"`, "sh", peers.Program(s.t, "buildout"), "-U", "buildout:offline=true")
	c.Dir = s.dir
	c.Env = append([]string{"PATH=" + s.path, "HOME=" + s.dir, "GOFLAGS=" + os.Getenv("GOFLAGS")}, s.env...)
	out, err := c.CombinedOutput()
	if err != nil && c.ProcessState == nil {
		s.t.Fatal(err)
	}
	return string(out), c.ProcessState.ExitCode()
}

func (s *site) must(text string) string {
	s.t.Helper()
	out, code := s.buildout(text)
	if code != 0 {
		s.t.Fatalf("exit code %d:\n%s", code, out)
	}
	return out
}

// fails expects one sentence, as buildout shows errors that are the user's.
func (s *site) fails(text, sentence string) {
	s.t.Helper()
	out, code := s.buildout(text)
	if code != 1 || !strings.Contains(out, "\nError: "+strings.ReplaceAll(sentence, "DIR", s.dir)) || strings.Contains(out, "Traceback") {
		s.t.Errorf("want exit code 1 and %q, got %d and:\n%s", sentence, code, out)
	}
}

const toolkit = "\n[monitor-toolkit]\nbinary-directory = PROGRAMS\n"

const script = `
[a]
recipe = slapos.recipe.monitor:script
output = ${buildout:directory}/a
commands = true
`

func TestDevelop(t *testing.T) {
	s := newSite(t)
	before := listing(t, eggHome)
	if err := os.RemoveAll(filepath.Join(s.dir, "develop-eggs")); err != nil {
		t.Fatal(err)
	}
	out := s.must("[buildout]\ndevelop = " + eggHome + "\nparts = a\n" + toolkit + script)
	if !strings.Contains(out, "Installing a.") || s.read("develop-eggs/slapos.recipe.monitor.egg-link") != eggHome+"\n.\n" {
		t.Error(out)
	}
	if after := listing(t, eggHome); after != before {
		t.Errorf("developing the egg changed it from\n%s\nto\n%s", before, after)
	}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == "__pycache__" {
			return filepath.SkipDir
		}
		out.WriteString(path + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSecretsStayOutOfInstalled(t *testing.T) {
	s := newSite(t)
	text := "[buildout]\nparts = b\n" + toolkit + `
[password]
recipe = slapos.recipe.monitor:password
storage-path = ${buildout:directory}/.pwd
[b]
recipe = slapos.recipe.monitor:htpasswd
htpasswd-path = ${buildout:directory}/htpasswd
password-file = ${buildout:directory}/.password
user = admin
password = ${password:passwd}
`
	s.must(text)
	secret := strings.TrimSpace(s.read(".password"))
	if !strings.Contains(s.read(".pwd"), `"`+secret+`"`) || len(secret) != 16 {
		t.Errorf("the password is %q, its storage %s", secret, s.read(".pwd"))
	}
	if kept := s.read(".installed.cfg"); strings.Contains(kept, secret) || !strings.Contains(kept, "user = admin") {
		t.Errorf("after the first run:\n%s", kept)
	}
	if out := s.must(text); strings.Contains(out, "Installing") || !strings.Contains(out, "Updating password.") || !strings.Contains(out, "Updating b.") {
		t.Errorf("a second run installs:\n%s", out)
	}
	if kept := s.read(".installed.cfg"); strings.Contains(kept, secret) {
		t.Errorf("after the second run:\n%s", kept)
	}
}

func TestLinksGoWithTheirPart(t *testing.T) {
	s := newSite(t)
	text := "[buildout]\nparts = l\n" + toolkit + `
[l]
recipe = slapos.recipe.monitor:symlink
symlink =
  ${buildout:directory}/data = ${buildout:directory}/to-a-folder
  ${buildout:directory}/none = ${buildout:directory}/to-nothing
`
	if err := os.Mkdir(filepath.Join(s.dir, "data"), 0o750); err != nil {
		t.Fatal(err)
	}
	s.must(text)
	if out := s.must(text); !strings.Contains(out, "Updating l.") {
		t.Errorf("a second run installs:\n%s", out)
	}
	s.must(strings.Replace(text, "to-a-folder", "elsewhere", 1))
	if s.exists("to-a-folder") || !s.exists("elsewhere") {
		t.Error("a link did not move")
	}
	s.must("[buildout]\nparts =\n")
	if s.exists("elsewhere") || s.exists("to-nothing") {
		t.Error("links of a dropped part stay")
	}
	if st, err := os.Stat(filepath.Join(s.dir, "data")); err != nil || st.Mode().Perm() != 0o750 {
		t.Errorf("what a link pointed to: %v, %v", st, err)
	}
}

func TestErrorsLeaveOtherPartsAlone(t *testing.T) {
	s := newSite(t)
	s.must("[buildout]\nparts = a\n" + toolkit + script)
	before := s.read(".installed.cfg")
	more := "[buildout]\nparts = b a\n" + toolkit + strings.Replace(script, "= true", "= false", 1) + "\n[b]\n"
	for text, sentence := range map[string]string{
		"recipe = slapos.recipe.monitor:script\n":                                                    `section [b] needs the option "output"`,
		"recipe = slapos.recipe.monitor:script\noutput = ${buildout:directory}/a\ncommands = true\n": "sections [b] and [a] both make DIR/a: give one of them another path",
		"recipe = slapos.recipe.monitor:cron.d\ncron-entries = x\nname = a/b\ncommand = true\n":      `option "name" of section [b] is a file name, it cannot be "a/b": leave out slashes and line breaks`,
		"recipe = slapos.recipe.monitor:monitor-links\n":                                             "The referenced section, 'monitor-conf-parameters', was not defined.",
		"recipe = slapos.recipe.monitor:template\nurl = ghost\noutput = x\n":                         "section [b]: read its template: open DIR/ghost: no such file or directory",
	} {
		s.fails(more+text, sentence)
		if !strings.HasPrefix(s.read(".installed.cfg"), before) || // buildout appends what it developed
			strings.Contains(s.read("a"), "false") {
			t.Errorf("%s changed what was installed", text)
		}
	}
	s.fails(more+"recipe = slapos.recipe.monitor:script\ncommands = true\noutput = /proc/read-only/file\n", "section [b]: make folder: mkdir /proc/read-only: no such file or directory")
	if out, code := s.buildout(more + "recipe = slapos.recipe.monitor:ghost\n"); code == 0 || !strings.Contains(out, "ghost") {
		t.Errorf("a recipe that is not there: %d\n%s", code, out)
	}
}
