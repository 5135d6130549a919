package standalone_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOnceTellsByItsExitCode(t *testing.T) {
	t.Parallel()
	d := example(t, "")
	s := d.start("--once")
	if code := s.wait(); code != 0 || s.err.String() != "" {
		t.Errorf("all kept: exit %d\n%s%s", code, &s.out, &s.err)
	}
	s.line(`^\d{4}-\d\d-\d\d \d\d:\d\d OK \d+ kept\nStopping every program …\nStopped; no process is left\.\n\z`)
	if left := d.living(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}

	d.write(d.partition("etc/monitor-promise/broken"), "#!/bin/sh\necho 'it is broken'\nexit 1\n", 0o750)
	d.write(d.partition("etc/promise/no-program"), "#!/bin/sh\n", 0o640)
	s = d.start("--once")
	if code := s.wait(); code != 2 {
		t.Errorf("one broken: exit %d\n%s%s", code, &s.out, &s.err)
	}
	line := s.line(`^\d{4}-\d\d-\d\d \d\d:\d\d ERROR 2 of \d+: broken: it is broken; no-program: (.*)$`)
	if !strings.Contains(line[1], "executable") {
		t.Errorf("a promise that is not executable: %q", line[1])
	}
}

func TestCtrlCLeavesNoProcess(t *testing.T) {
	for name, sig := range map[string]syscall.Signal{"Ctrl-C": syscall.SIGINT, "TERM": syscall.SIGTERM, "hang-up": syscall.SIGHUP} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := example(t, "")
			s := d.well()
			for _, program := range []string{"monitor-httpd", "monitor-standalone"} {
				if d.pidOf(program) == 0 {
					t.Errorf("%s does not run: %q", program, d.living())
				}
			}
			// a report that takes long and a daemon that tries to get away
			d.write(d.partition("etc/cron.d/escape"), "@reboot setsid sleep 1000 &\n", 0o640)
			d.write(d.partition("etc/run/escape"), "#!/bin/sh\nsetsid setsid sleep 1000 &\n", 0o750)
			s.signal(sig)
			if code := s.wait(); code != 0 {
				t.Errorf("exit %d\n%s", code, &s.err)
			}
			if !strings.HasSuffix(s.out.String(), "Stopping every program …\nStopped; no process is left.\n") {
				t.Errorf("printed:\n%s", &s.out)
			}
			if left := d.living(); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	d := example(t, "")
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", d.port))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := d.start()
	if code := s.wait(); code != 1 {
		t.Errorf("exit %d, want 1", code)
	}
	message := s.err.String()
	if strings.Count(message, "\n") != 1 || !strings.Contains(message, fmt.Sprintf("port %d of 127.0.0.1 is in use", d.port)) {
		t.Errorf("said:\n%s", message)
	}
	if strings.Contains(s.out.String(), "base URL") {
		t.Errorf("it told of a server that is not there:\n%s", &s.out)
	}
	if left := d.living(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func TestTwoAtATime(t *testing.T) {
	t.Parallel()
	d := example(t, "")
	d.well()
	s := d.start()
	if code := s.wait(); code != 1 || !strings.Contains(s.err.String(), "already looks after") || !strings.Contains(s.err.String(), "--directory") {
		t.Errorf("a second one: exit %d\n%s", code, &s.err)
	}
}

// generated is every file that a deployment makes and nobody else changes,
// with its time: a file that is written again is a change.
func (d *deployment) generated() map[string]string {
	d.t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(d.dir, path)
		if name == "partition/var" || name == "partition/srv/monitor" {
			return fs.SkipDir // what programs write
		}
		if e.IsDir() {
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		what := fmt.Sprint(info.Mode(), info.ModTime())
		if info.Mode().IsRegular() {
			what += fmt.Sprintf(" %x", sha256.Sum256([]byte(d.read(path))))
		}
		all[name] = what
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func TestSecondStartChangesNothing(t *testing.T) {
	t.Parallel()
	d := example(t, "")
	s := d.start("--once")
	if code := s.wait(); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, &s.out, &s.err)
	}
	first := s.line(`setup URL +(.*)`)[1]
	before := d.generated()
	if len(before) < 30 || before["partition/etc/.monitor-password"] == "" || before["partition/etc/monitor-httpd.key"] == "" {
		t.Fatalf("not all files were looked at: %v", before)
	}
	s = d.start("--once")
	if code := s.wait(); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, &s.out, &s.err)
	}
	if second := s.line(`setup URL +(.*)`)[1]; second != first {
		t.Errorf("setup URL %s, then %s", first, second)
	}
	if diff := cmp.Diff(before, d.generated()); diff != "" {
		t.Errorf("files changed:\n%s", diff)
	}
	if strings.Contains(s.out.String(), "nstalling") {
		t.Errorf("something was installed again:\n%s", &s.out)
	}
}

// The pass of each minute comes from cron, and the line of each minute with it.
func TestEachMinute(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two minutes")
	}
	t.Parallel()
	d := example(t, "")
	s := d.well()
	document := d.partition("srv/monitor/private/monitor.global.json")
	first, err := os.Stat(document)
	if err != nil {
		t.Fatal(err)
	}
	s.eventually("a pass by cron", func() bool {
		now, err := os.Stat(document)
		return err == nil && now.ModTime().After(first.ModTime())
	})
	s.eventually("the next line", func() bool { return strings.Count(s.out.String(), " kept\n") >= 2 })
}
