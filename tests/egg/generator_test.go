package egg

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slapmonitor/tests/peers"
)

const plain = "[buildout]\nparts = a\n" + script

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func TestWhereTheGeneratorIs(t *testing.T) {
	generator := filepath.Join(programs, "monitor-generate")
	t.Run("in the environment", func(t *testing.T) {
		s := newSite(t)
		s.env = []string{"MONITOR_GENERATE=" + generator}
		s.must(plain)
	})
	t.Run("in bin-directory", func(t *testing.T) {
		s := newSite(t)
		link(t, generator, filepath.Join(s.dir, "bin", "monitor-generate"))
		s.must(plain)
	})
	t.Run("on PATH", func(t *testing.T) {
		s := newSite(t)
		s.path += ":" + programs
		s.must(plain)
	})
	t.Run("nowhere", func(t *testing.T) {
		newSite(t).fails(plain, "section [a]: there is no monitor-generate in DIR/bin or on PATH: set binary-directory of [monitor-toolkit] to where the programs of the monitor are.")
	})
	t.Run("not in binary-directory", func(t *testing.T) {
		newSite(t).fails(plain+"[monitor-toolkit]\nbinary-directory = /nowhere\n", "section [a]: there is no monitor-generate in /nowhere, DIR/bin or on PATH")
	})
	t.Run("for another machine", func(t *testing.T) {
		s := newSite(t)
		foreign := filepath.Join(s.dir, "foreign")
		// An ELF header of a machine type that nobody has.
		header := "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9) + "\x02\x00\xee\xee" + strings.Repeat("\x00", 44)
		if err := os.WriteFile(foreign, []byte(header), 0o700); err != nil {
			t.Fatal(err)
		}
		s.env = []string{"MONITOR_GENERATE=" + foreign}
		s.fails(plain, foreign+" cannot run here (Exec format error): build the programs of the monitor on this machine, or set binary-directory of [monitor-toolkit] to where they are.")
	})
	t.Run("not executable", func(t *testing.T) {
		s := newSite(t)
		s.write("bin/monitor-generate", "text")
		s.fails(plain, s.dir+"/bin/monitor-generate cannot run here (Permission denied)")
	})
	t.Run("a program that says nothing", func(t *testing.T) {
		s := newSite(t)
		s.env = []string{"MONITOR_GENERATE=/bin/cat"}
		s.fails(plain, "section [a]: /bin/cat ended with code 1 and no reply.")
	})
}

func TestToolkit(t *testing.T) {
	s := newSite(t)
	text := "[buildout]\nparts = a\n" + script + "[monitor-toolkit]\nrecipe = slapos.recipe.monitor:toolkit\nbin-directory = ${buildout:bin-directory}\n"
	out := s.must(text + "binary-directory = " + programs + "\n")
	if !strings.Contains(out, "Installing monitor-toolkit.") { // nobody listed it
		t.Error(out)
	}
	if got, err := os.Readlink(filepath.Join(s.dir, "bin", "monitor.runpromise")); err != nil || got != filepath.Join(programs, "monitor-runpromise") {
		t.Errorf("monitor.runpromise is %q, %v", got, err)
	}
	s = newSite(t)
	s.fails(text, "section [monitor-toolkit]: the programs of the monitor are built with Go, and there is no command go: install Go 1.26 or newer, or set binary-directory to where the programs are.")
	s.fails(text+"go = /bin/false\n", "section [monitor-toolkit]: Go cannot build the programs of the monitor in "+peers.Checkout()+":")
	s.write("half/monitor-generate", "")
	if err := os.Remove(filepath.Join(s.dir, "half", "monitor-generate")); err != nil {
		t.Fatal(err)
	}
	link(t, filepath.Join(programs, "monitor-generate"), filepath.Join(s.dir, "half", "monitor-generate"))
	s.fails(text+"binary-directory = ${buildout:directory}/half\n", "section [monitor-toolkit]: DIR/half has no program monitor-collect: build the programs there")
}

// TestCheckoutBuildsItself runs the buildout.cfg of the checkout in another
// folder: it builds the programs with Go and links the egg.
func TestCheckoutBuildsItself(t *testing.T) {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY"} {
		value, err := exec.Command(goCommand, "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		s.env = append(s.env, name+"="+strings.TrimSpace(string(value)))
	}
	text := "[buildout]\nextends = " + filepath.Join(peers.Checkout(), "buildout.cfg") + "\n[monitor-egg]\nlocation = " + eggHome + "\n[monitor-toolkit]\ngo = " + goCommand + "\n"
	s.must(text)
	out, err := exec.Command(filepath.Join(s.dir, "bin", "monitor-generate"), "recipes").Output()
	if err != nil || !strings.Contains(string(out), "slapos.recipe.monitor:toolkit") {
		t.Errorf("what was built says %v\n%s", err, out)
	}
	if !s.exists("bin/monitor.runpromise") || !s.exists("bin/monitor-httpd") {
		t.Error("programs are missing")
	}
}
