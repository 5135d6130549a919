// Package standalone_test runs monitor-standalone as a newcomer does and looks
// at the result from outside: the terminal, the disk, HTTPS.
package standalone_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patience bounds waits that end within seconds on any healthy machine.
const patience = 2 * time.Minute

// programs is the folder of the binaries under test.
var programs string

func TestMain(m *testing.M) {
	if os.Getenv(withoutIPv6) != "" {
		runWithoutIPv6() // does not return
	}
	os.Exit(build(m))
}

func build(m *testing.M) int {
	dir, err := os.MkdirTemp("", "monitor-programs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	programs = dir
	c := exec.Command("go", "build", "-o", dir+"/", "../../cmd/...")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the programs: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// A deployment is the example profile in a folder of its own.
type deployment struct {
	t        *testing.T
	dir      string // --directory
	software string // the profile
	port     int
	address  string
}

func (d *deployment) partition(path string) string { return filepath.Join(d.dir, "partition", path) }

func (d *deployment) base() string {
	return "https://" + net.JoinHostPort(d.address, fmt.Sprint(d.port))
}

// example prepares tests/profiles/standalone on a free port, with lines added
// to its instance profile.
func example(t *testing.T, extra string) *deployment {
	t.Helper()
	d := &deployment{t: t, dir: filepath.Join(t.TempDir(), "deployed"), address: "127.0.0.1", port: freePort(t)}
	original, err := filepath.Abs("../profiles/standalone")
	if err != nil {
		t.Fatal(err)
	}
	instance, err := os.ReadFile(filepath.Join(original, "instance.cfg.in"))
	if err != nil {
		t.Fatal(err)
	}
	port := []byte(fmt.Sprintf("monitor-httpd-port = %d", d.port))
	moved := bytes.Replace(instance, []byte("monitor-httpd-port = 8196"), port, 1)
	if bytes.Equal(moved, instance) {
		t.Fatal("the example's port is no longer where this test looks for it")
	}
	profiles := t.TempDir()
	d.software = filepath.Join(profiles, "software.cfg")
	d.write(d.software, "[buildout]\nextends = "+original+"/software.cfg\n\n[instance-profile]\nurl = ${:_profile_base_location_}/instance.cfg.in\n", 0o640)
	d.write(filepath.Join(profiles, "instance.cfg.in"), string(moved)+"\n"+extra, 0o640)
	return d
}

// freePort is a port that nobody listens on just now.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// write replaces a file as generators do: whole.
func (d *deployment) write(path, text string, mode fs.FileMode) {
	d.t.Helper()
	if err := os.WriteFile(path+".new~", []byte(text), mode); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Chmod(path+".new~", mode); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Rename(path+".new~", path); err != nil {
		d.t.Fatal(err)
	}
}

func (d *deployment) read(path string) string {
	d.t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(b)
}

// A session is a running monitor-standalone.
type session struct {
	*deployment
	cmd *exec.Cmd
	out screen
	err screen

	ended chan struct{}
	code  int
}

type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
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

// start runs monitor-standalone; whatever happens, it is gone after the test.
func (d *deployment) start(arguments ...string) *session {
	d.t.Helper()
	s := &session{deployment: d, ended: make(chan struct{})}
	arguments = append([]string{d.software, "--directory", d.dir, "--address", d.address}, arguments...)
	s.cmd = exec.Command(filepath.Join(programs, "monitor-standalone"), arguments...)
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.err
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait() // the exit code tells
		s.code = s.cmd.ProcessState.ExitCode()
		close(s.ended)
	}()
	d.t.Cleanup(func() {
		s.signal(syscall.SIGTERM)
		s.wait()
	})
	return s
}

func (s *session) signal(sig syscall.Signal) {
	select {
	case <-s.ended:
	default:
		_ = s.cmd.Process.Signal(sig) // it may have ended just now
	}
}

// wait waits for the end and returns the exit code.
func (s *session) wait() int {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		_ = s.cmd.Process.Kill()
		s.t.Fatalf("monitor-standalone did not end within %v; it printed:\n%s%s", patience, &s.out, &s.err)
	}
	return s.code
}

// line waits for a line on the terminal and returns what the expression caught.
func (s *session) line(expression string) []string {
	s.t.Helper()
	re := regexp.MustCompile("(?m)" + expression)
	var found []string
	s.eventually("a line like "+expression, func() bool {
		found = re.FindStringSubmatch(s.out.String())
		return found != nil
	})
	return found
}

func (s *session) eventually(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.ended:
			if !is() {
				s.t.Fatalf("monitor-standalone ended with %d before: %s\n%s%s", s.code, what, &s.out, &s.err)
			}
			return
		default:
		}
		if time.Now().After(end) {
			s.t.Fatalf("not within %v: %s\n%s%s", patience, what, &s.out, &s.err)
		}
	}
}

// well starts the deployment and waits for its first good line.
func (d *deployment) well(arguments ...string) *session {
	d.t.Helper()
	s := d.start(arguments...)
	s.line(`^\d{4}-\d\d-\d\d \d\d:\d\d OK \d+ kept$`)
	return s
}

// pass makes one pass, as cron does, and succeeds whatever the promises say.
func (d *deployment) pass() {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		c := exec.CommandContext(ctx, d.partition("bin/monitor-state"))
		c.WaitDelay = time.Second
		out, err := c.CombinedOutput()
		if err != nil && c.ProcessState.ExitCode() != 1 {
			d.t.Fatalf("a pass: %v\n%s", err, out)
		}
		if !bytes.Contains(out, []byte("in progress")) {
			return
		}
		time.Sleep(100 * time.Millisecond) // cron's own comes to its end
	}
}

// quiet takes the minute's pass out of the schedule: the test makes its own.
func (d *deployment) quiet() {
	d.t.Helper()
	if err := os.Remove(d.partition("etc/cron.d/monitor-state")); err != nil {
		d.t.Fatal(err)
	}
}

// living lists the processes that work in the deployment or name it.
func (d *deployment) living() []string {
	var all []string
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		arguments, _ := os.ReadFile(p + "/cmdline")
		cwd, _ := os.Readlink(p + "/cwd")
		if strings.HasPrefix(cwd, d.dir) || bytes.Contains(arguments, []byte(d.dir)) {
			all = append(all, filepath.Base(p)+" "+string(bytes.ReplaceAll(arguments, []byte{0}, []byte(" "))))
		}
	}
	return all
}

// pidOf is the process that runs a program with the deployment's files.
func (d *deployment) pidOf(program string) int {
	d.t.Helper()
	for _, p := range d.living() {
		var pid int
		var path string
		if _, err := fmt.Sscan(p, &pid, &path); err == nil && filepath.Base(path) == program && pid != os.Getpid() {
			return pid
		}
	}
	return 0
}

// kill ends one process of ours with no chance to tidy up.
func kill(pid int) error { return unix.Kill(pid, unix.SIGKILL) }
