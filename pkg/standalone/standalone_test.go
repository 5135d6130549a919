package standalone

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"slapmonitor/pkg/deploy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds waits that end at once on any healthy machine.
const patience = time.Minute

// A fake deploys shell programs.
type fake struct {
	t      *testing.T
	dir    string
	files  map[string]string // below the partition; programs begin with #!
	title  string            // "" for a profile without monitor
	err    error
	moved  string // where the profile has its services, if elsewhere
	called int
}

func (f *fake) Deploy(context.Context) (*deploy.Partition, error) {
	f.called++
	if f.err != nil {
		return nil, f.err
	}
	part := filepath.Join(f.dir, "partition")
	p := &deploy.Partition{Directory: part, RunFolder: part + "/etc/run", ServiceFolder: part + "/etc/service"}
	if f.moved != "" {
		p.ServiceFolder = filepath.Join(part, f.moved)
	}
	if f.title != "" {
		f.files["etc/monitor.conf"] = "[monitor]\ntitle = " + f.title + "\nbase-url = https://[::1]:1\n[httpd]\nport = 1\nlistening-ip = ::1\n"
		p.MonitorConf, p.Title, p.BaseURL, p.User = part+"/etc/monitor.conf", f.title, "https://[::1]:1", "admin"
		p.SetupURL, p.PasswordFile = "https://app/#page=x&password=y", part+"/etc/.monitor-password"
	}
	for name, text := range f.files {
		write(f.t, filepath.Join(part, name), text)
	}
	return p, nil
}

func write(t *testing.T, path, text string) {
	t.Helper()
	mode := os.FileMode(0o640)
	if strings.HasPrefix(text, "#!") {
		mode = 0o750
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path+"~", []byte(text), mode), os.Rename(path+"~", path)); err != nil {
		t.Fatal(err)
	}
}

type screen struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// status is a promise's document, as a program writes it.
func status(name, status, message string, age time.Duration) string {
	date := time.Now().Add(-age).UTC().Format("2006-01-02T15:04:05+0000")
	return `{"status":"` + status + `","title":"` + name + `","message":"` + message + `","result":{"date":"` + date + `"}}`
}

const service = "#!/bin/sh\necho $$ > $0.pid\nexec sleep 1000\n"

func fresh(t *testing.T, files map[string]string) (*Standalone, *fake, *screen) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "here")
	f := &fake{t: t, dir: dir, files: files, title: "Mine"}
	out := &screen{}
	return &Standalone{Deployer: f, Directory: dir, Once: true, Out: out}, f, out
}

func run(t *testing.T, s *Standalone) (bool, error) {
	t.Helper()
	return s.Run(context.Background(), context.Background())
}

func TestOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		well  bool
		want  string // of the line about the state
	}{
		{"kept", map[string]string{
			"etc/service/s":     service,
			"etc/run/bootstrap": service, // not the first pass: it need not end
			// the first pass writes its documents last
			"etc/run/bootstrap-monitor": "#!/bin/sh\nsleep 0.2; mkdir -p srv/monitor/public/promise; mv made srv/monitor/public/promise/a.status.json; exit 1\n",
			"made":                      status("a", "OK", "fine", 0),
		}, true, "OK 1 kept"},
		{"broken", map[string]string{
			"etc/run/bootstrap-monitor":                "#!/bin/sh\n",
			"srv/monitor/public/promise/a.status.json": status("a", "OK", "fine", 0),
			"srv/monitor/public/promise/b.status.json": status("b", "ERROR", `\n no \u001b[31mway\nmore`, 0),
		}, false, "ERROR 1 of 2: b: no [31mway"},
		{"nothing ran", map[string]string{
			"etc/run/bootstrap-monitor": "#!/bin/sh\nexit 1",
		}, false, "ERROR no promise has been run yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _, out := fresh(t, c.files)
			well, err := run(t, s)
			if err != nil || well != c.well {
				t.Errorf("well %v, %v; want %v", well, err, c.well)
			}
			want := regexp.MustCompile(`(?s)^The monitor of "Mine":
  base URL   https://\[::1\]:1
  setup URL  https://app/#page=x&password=y
  user       admin
  password   in .*/partition/etc/.monitor-password
  logs       in .*/partition/var/log/standalone
\d{4}-\d\d-\d\d \d\d:\d\d ` + regexp.QuoteMeta(c.want) + `
Stopping every program …
Stopped; no process is left.
$`)
			if !want.MatchString(out.String()) {
				t.Errorf("printed:\n%s", out)
			}
			for _, pid := range pids(s.Directory) {
				t.Errorf("process %d is left", pid)
			}
		})
	}
}

// pids are the services that still run.
func pids(dir string) []int {
	files, _ := filepath.Glob(filepath.Join(dir, "partition/etc/*/*.pid"))
	var all []int
	for _, f := range files {
		b, _ := os.ReadFile(f)
		pid := 0
		for _, d := range strings.TrimSpace(string(b)) {
			pid = 10*pid + int(d-'0')
		}
		if pid > 0 && !errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			all = append(all, pid)
		}
	}
	return all
}

func TestServerThatDoesNotStart(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"says why":     {"#!/bin/sh\necho port 1 is in use >&2; exit 1\n", "the monitor's server did not start: port 1 is in use (its log is in "},
		"running":      {"#!/bin/sh\necho already running\n", "did not start: already running (its log"},
		"says nothing": {"#!/bin/sh\nexit 4\n", "did not start: it ended with exit status 4 and said nothing"},
		"no program":   {"#!/no/such/shell\n", "the interpreter that its #! line names does not exist"},
	} {
		for _, folder := range []string{"etc/service", "etc/run"} {
			t.Run(name+" in "+folder, func(t *testing.T) {
				s, _, out := fresh(t, map[string]string{folder + "/monitor-httpd-0123": c.script, "etc/service/other": service})
				_, err := run(t, s)
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, want %q", err, c.want)
				}
				if got := out.String(); got != "Stopping every program …\nStopped; no process is left.\n" {
					t.Errorf("printed:\n%s", got)
				}
				if left := pids(s.Directory); len(left) > 0 {
					t.Errorf("processes %v are left", left)
				}
			})
		}
	}
}

func TestWatch(t *testing.T) {
	s, f, out := fresh(t, map[string]string{
		"etc/service/fine":                         service,
		"etc/service/crond-0123":                   service,
		"etc/service/bad":                          "#!/bin/sh\necho it hurts; exit 7\n",
		"etc/run/bootstrap-monitor":                "#!/bin/sh\nsleep 0.3; test ! -e etc/service/crond-0123.pid || touch etc/early\n",
		"elsewhere/moved":                          service,
		"srv/monitor/public/promise/a.status.json": status("a", "OK", "fine", 0),
	})
	f.moved = "elsewhere"
	s.Once = false
	s.pause = func(time.Time) time.Duration { return 20 * time.Millisecond }
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, err := s.Run(ctx, context.Background())
		ended <- err
	}()
	eventually(t, out, "the service that is down", func(o string) bool {
		return strings.Contains(o, "ERROR 1 kept, but service bad ended (exit status 7")
	})
	if n := strings.Count(out.String(), "\nservice bad ended"); n != 1 {
		t.Errorf("its end was told %d times beside the lines, want once:\n%s", n, out)
	}
	part := filepath.Join(s.Directory, "partition")
	// what changes is seen: another service, another result
	write(t, part+"/etc/service/added", service)
	write(t, part+"/srv/monitor/public/promise/a.status.json", status("a", "ERROR", "gone wrong", 0))
	eventually(t, out, "the broken promise", func(o string) bool { return strings.Contains(o, "ERROR 1 of 1: a: gone wrong; service bad") })
	eventually(t, out, "the added service", func(string) bool { _, err := os.Stat(part + "/etc/service/added.pid"); return err == nil })
	eventually(t, out, "the schedule", func(string) bool { _, err := os.Stat(part + "/etc/service/crond-0123.pid"); return err == nil })
	if _, err := os.Stat(part + "/etc/early"); err == nil {
		t.Error("the schedule began before the first pass was over")
	}
	eventually(t, out, "the moved service", func(string) bool { _, err := os.Stat(part + "/elsewhere/moved.pid"); return err == nil })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if !strings.HasSuffix(out.String(), "Stopping every program …\nStopped; no process is left.\n") {
		t.Errorf("printed:\n%s", out)
	}
	if left := pids(s.Directory); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

func eventually(t *testing.T, out *screen, what string, is func(string) bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(out.String()); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s; printed:\n%s", patience, what, out)
		}
	}
}

func TestStoppedWhileStarting(t *testing.T) {
	s, _, out := fresh(t, map[string]string{"etc/service/monitor-httpd-0123": service, "etc/run/never": "#!/bin/sh\ntouch $0.ran\n"})
	s.Once = false
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, err := s.Run(ctx, context.Background())
		ended <- err
	}()
	eventually(t, out, "the server's start", func(string) bool { return len(pids(s.Directory)) == 1 })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if strings.Contains(out.String(), "base URL") {
		t.Errorf("it told of a server that did not answer:\n%s", out)
	}
}

func TestNoMonitor(t *testing.T) {
	s, f, out := fresh(t, map[string]string{"etc/service/s": service})
	f.title = ""
	if well, err := run(t, s); err != nil || !well {
		t.Errorf("well %v, %v", well, err)
	}
	if !strings.Contains(out.String(), "This profile deploys no monitor") || strings.Contains(out.String(), "kept") {
		t.Errorf("printed:\n%s", out)
	}
}

func TestFailedDeployment(t *testing.T) {
	s, f, out := fresh(t, nil)
	f.err = errors.New("no such section")
	if _, err := run(t, s); !errors.Is(err, f.err) {
		t.Errorf("%v, want %v", err, f.err)
	}
	if _, err := os.Stat(s.Directory); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the empty directory is left: %v", err)
	}
	if out.String() != "" {
		t.Errorf("printed:\n%s", out)
	}
}

func TestOneAtATime(t *testing.T) {
	s, f, _ := fresh(t, map[string]string{})
	if err := os.MkdirAll(s.Directory, 0o750); err != nil {
		t.Fatal(err)
	}
	s.terminal.out = &screen{}
	release, err := s.own()
	if err != nil {
		t.Fatal(err)
	}
	_, err = run(t, &Standalone{Deployer: f, Directory: s.Directory, Out: &screen{}})
	release()
	want := regexp.MustCompile(`^process \d+ already looks after .*/here: stop it first, or deploy elsewhere with --directory$`)
	if err == nil || !want.MatchString(err.Error()) {
		t.Errorf("a second one: %v", err)
	}
	if f.called != 0 {
		t.Error("it deployed all the same")
	}
}
