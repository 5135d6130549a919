package deploy

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is the profile that "make run" deploys.
const example = "../../tests/profiles/standalone/software.cfg"

func deployExample(t *testing.T, dir string) (*Partition, string) {
	t.Helper()
	var log strings.Builder
	s := Standalone{
		Software: example, Directory: dir, Address: "127.0.0.1",
		Parameters: [][2]string{{"two-lines", "a\n  b ${x:y}"}},
		Log:        func(format string, a ...any) { log.WriteString(format + "\n") },
	}
	p, err := s.Deploy(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return p, log.String()
}

// tree is every path below dir with its mode and content or target.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := os.Lstat(path)
		if err != nil {
			return err
		}
		what := st.Mode().String()
		switch {
		case st.Mode().IsRegular():
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			what += " " + st.ModTime().String() + " " + string(data)
		case st.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			what += " " + target
		}
		out[path] = what
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStandaloneExample(t *testing.T) {
	dir := t.TempDir()
	p, _ := deployExample(t, dir)
	part := filepath.Join(dir, "partition")
	want := &Partition{
		Directory: part, Title: "Standalone example", BaseURL: "https://127.0.0.1:8196", FeedURL: "https://127.0.0.1:8196/public/feed",
		SetupURL: p.SetupURL, User: "admin", PasswordFile: part + "/etc/.monitor-password",
		MonitorConf: part + "/etc/monitor.conf", RunFolder: part + "/etc/run", ServiceFolder: part + "/etc/service",
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	password, err := os.ReadFile(p.PasswordFile)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(p.SetupURL, "&url=https://127.0.0.1:8196/public/feeds&username=admin&password="+strings.TrimSpace(string(password))) {
		t.Error("the setup URL is not the one that clients take apart")
	}
	before := tree(t, dir)
	for path, what := range before {
		if strings.Contains(path, "installed.cfg") && strings.Contains(what, strings.TrimSpace(string(password))) {
			t.Errorf("%s holds the password", path)
		}
		if what[0] != 'L' && path != dir && what[7:10] != "---" {
			t.Errorf("others may use %s: %s", path, what[:10])
		}
	}
	if _, log := deployExample(t, dir); strings.Contains(log, "Installing") || strings.Contains(log, "Uninstalling") {
		t.Errorf("a second run installed something:\n%s", log)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("a second run changed something:\n%s", diff)
	}
}

func TestBadInput(t *testing.T) {
	stack, err := filepath.Abs("../../stack/monitor/buildout.cfg")
	if err != nil {
		t.Fatal(err)
	}
	software := func(instance string) string {
		return "[buildout]\nextends = " + stack + "\nparts = i\n[i]\nrecipe = slapos.recipe.template\noutput = ${buildout:directory}/instance.cfg\n" +
			"url = ${:_profile_base_location_}/instance.cfg.in\n--instance.cfg.in--\n" + instance
	}
	monitored := "[buildout]\nextends = ${monitor-template:output}\nparts = monitor-base publish\n[publish]\n<= monitor-publish\nrecipe = slapos.cookbook:publish\n[monitor-instance-parameter]\n"
	for _, c := range []struct{ name, software, want string }{
		{"no instance profile", "[buildout]\nparts =\n", "the software release made no "},
		{"missing extended file", "[buildout]\nextends = ghost.cfg\nparts =\n", "ghost.cfg"},
		{"recipe that the toolkit lacks", "[buildout]\nparts = a\n[a]\nrecipe = slapos.recipe.cmmi\n", `section [a] asks for the recipe "slapos.recipe.cmmi", which this toolkit does not have: deploy this profile with slapgrid`},
		{"missing section", software("[buildout]\nparts = a\n[a]\nrecipe = slapos.recipe.monitor:base\nx = $${ghost:y}"), "The referenced section, 'ghost', was not defined."},
		{"missing option", software("[buildout]\nparts = a\n[a]\nrecipe = slapos.recipe.monitor:base\nx = $${buildout:ghost}"), "Referenced option does not exist: buildout ghost"},
		{"circle", software("[buildout]\nparts = a\n[a]\nrecipe = slapos.recipe.monitor:base\nx = $${:y}\ny = $${:x}"), "Circular reference in substitutions."},
		{"not UTF-8", software("[buildout]\nparts = \xff"), "UTF-8"},
		{"bad port", software(monitored + "monitor-httpd-port = http"), `"http" is not a port: set monitor-httpd-port`},
		{"password that breaks the link", software(monitored + "password = a&b"), "password"},
		{"user that breaks the link", software(monitored + "username = a=b"), "user"},
		{"interface that is no URL", software(monitored + "interface-url = monitor"), "set interface-url in [monitor-instance-parameter]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			profile := filepath.Join(dir, "software.cfg")
			software, instance, _ := strings.Cut(c.software, "--instance.cfg.in--\n")
			for path, text := range map[string]string{profile: software, profile[:len(profile)-len("software.cfg")] + "instance.cfg.in": instance} {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s := Standalone{Software: profile, Directory: filepath.Join(dir, "d"), Address: "127.0.0.1", Log: t.Logf}
			_, err := s.Deploy(context.Background())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v\nwant %s", err, c.want)
			}
			if strings.Contains(err.Error(), "a&b") {
				t.Error("the message shows the password")
			}
			if _, err := os.Stat(filepath.Join(dir, "d", "partition", "etc")); !errors.Is(err, fs.ErrNotExist) {
				t.Error("a profile that is refused left files in the partition")
			}
		})
	}
}

// Profiles split lists of files at blanks, so nothing with a blank in its path
// can be extended.
func TestPathsWithBlanks(t *testing.T) {
	blank := filepath.Join(t.TempDir(), "my projects")
	for _, s := range []Standalone{{Software: filepath.Join(blank, "software.cfg"), Directory: t.TempDir()}, {Software: example, Directory: blank}} {
		s.Log = t.Logf
		if _, err := s.Deploy(context.Background()); err == nil || !strings.Contains(err.Error(), "use one without") {
			t.Error(err)
		}
	}
	if _, err := os.Stat(blank); !errors.Is(err, fs.ErrNotExist) {
		t.Error("something was made:", err)
	}
}
