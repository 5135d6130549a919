package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	if os.Getenv("PROCESS_TEST_PARENT") != "" {
		parent()
	}
	goleak.VerifyTestMain(m)
}

// patience bounds waits that end at once on any healthy machine.
const patience = time.Minute

type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) Close() error { return nil }

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func family(t *testing.T) *Family {
	t.Helper()
	f, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(context.Background(), time.Second); err != nil {
			t.Error(err)
		}
		if left := relatives(); len(left) > 0 {
			t.Errorf("processes are left: %v", left)
		}
	})
	return f
}

func sh(t *testing.T, f *Family, script string) (*Child, *output) {
	t.Helper()
	var out output
	c, err := f.Start(Command{Path: "/bin/sh", Args: []string{"-c", script}, Dir: t.TempDir(), Env: Environ("/home"), Output: &out})
	if err != nil {
		t.Fatal(err)
	}
	return c, &out
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

func gone(pid int) bool { return errors.Is(unix.Kill(pid, 0), unix.ESRCH) }

func TestStart(t *testing.T) {
	f := family(t)
	for _, c := range []struct {
		script, output, exit string
	}{
		{"echo out; echo err >&2", "out\nerr\n", "exit status 0"},
		{"exit 3", "", "exit status 3"},
		{"kill -KILL $$", "", "killed by SIGKILL"},
		{"cat", "", "exit status 0"}, // no input
		{"echo $HOME", "/home\n", "exit status 0"},
		{"set -- $(cat /proc/$$/stat); test $6 = $$", "", "exit status 0"}, // leads its session
		{"sleep 1000 & echo started", "started\n", "exit status 0"},        // does not wait for it
	} {
		child, out := sh(t, f, c.script)
		if got := child.Wait().String(); got != c.exit {
			t.Errorf("%s: %s, want %s", c.script, got, c.exit)
		}
		if got := out.String(); got != c.output {
			t.Errorf("%s: printed %q, want %q", c.script, got, c.output)
		}
	}
}

func TestStartRefused(t *testing.T) {
	f := family(t)
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ path, dir, want string }{
		{write("data", "no program\n", 0o700), dir, "neither a program for this machine nor a script"},
		{write("plain", "#!/bin/sh\n", 0o600), dir, "permission denied"},
		{write("lost", "#!/no/such/interpreter\n", 0o700), dir, "the interpreter that its #! line names does not exist"},
		{write("fine", "#!/bin/sh\n", 0o700), filepath.Join(dir, "nowhere"), "working directory " + dir + "/nowhere does not exist"},
		{filepath.Join(dir, "absent"), dir, "no such file or directory"},
	} {
		_, err := f.Start(Command{Path: c.path, Dir: c.dir})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("%s: %v, want %q", c.path, err, c.want)
		}
	}
}

func TestCloseEndsOrphans(t *testing.T) {
	f := family(t)
	// a daemon in a session of its own, with its parents gone and its own child
	child, out := sh(t, f, `setsid sh -c 'sleep 1000 & echo $! $$; wait' & sleep 0.2; exit 0`)
	child.Wait()
	eventually(t, "two process ids", func() bool { return len(strings.Fields(out.String())) == 2 })
	if err := f.Close(context.Background(), patience); err != nil {
		t.Fatal(err)
	}
	for _, pid := range strings.Fields(out.String()) {
		if n, err := strconv.Atoi(pid); err != nil || !gone(n) {
			t.Errorf("process %q is still there (%v)", pid, err)
		}
	}
	if _, err := f.Start(Command{Path: "/bin/true"}); !errors.Is(err, ErrClosed) {
		t.Errorf("start after close: %v, want %v", err, ErrClosed)
	}
}

func TestStop(t *testing.T) {
	f := family(t)
	for _, c := range []struct {
		name, script string
		grace        time.Duration
		want         string
	}{
		{"ends on TERM", `trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done`, patience, "exit status 7"},
		{"ignores TERM", `trap '' TERM; echo ready; while :; do sleep 0.05; done`, 50 * time.Millisecond, "killed by SIGKILL"},
		{"child ignores TERM", `sh -c "trap '' TERM; echo ready; while :; do sleep 0.05; done" & wait`, 50 * time.Millisecond, "killed by SIGTERM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			child, out := sh(t, f, c.script)
			other, _ := sh(t, f, "sleep 1000")
			eventually(t, "ready", func() bool { return out.String() == "ready\n" })
			if err := child.Stop(context.Background(), c.grace); err != nil {
				t.Error(err)
			}
			if got := child.Wait().String(); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			for _, r := range relatives() {
				if r.session == child.PID {
					t.Errorf("process %d of its session is left", r.pid)
				}
			}
			if gone(other.PID) {
				t.Error("another program was stopped too")
			}
		})
	}
}

func TestCloseKillsAtOnceWhenAsked(t *testing.T) {
	f := family(t)
	child, out := sh(t, f, `trap '' TERM; echo ready; while :; do sleep 0.05; done`)
	eventually(t, "ready", func() bool { return out.String() == "ready\n" })
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	began := time.Now()
	if err := f.Close(ctx, time.Hour); err != nil {
		t.Error(err)
	}
	if time.Since(began) > patience {
		t.Error("it waited for the grace period")
	}
	if got := child.Wait().String(); got != "killed by SIGKILL" {
		t.Error(got)
	}
}

// parent starts a program and waits for its own violent death.
func parent() {
	f, err := New()
	if err != nil {
		panic(err)
	}
	if _, err := f.Start(Command{Path: "/bin/sleep", Args: []string{"1000"}, Dir: "/", Output: &output{}}); err != nil {
		panic(err)
	}
	fmt.Println(relatives()[0].pid)
	select {}
}

func TestProgramsEndWithTheirParent(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "PROCESS_TEST_PARENT=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(out, &pid); err != nil {
		t.Fatal(err)
	}
	if gone(pid) {
		t.Fatal("the program does not run")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	eventually(t, "the program is gone", func() bool { return ended(pid) })
}

// ended also counts a zombie that nobody reaps, as in a container without init.
func ended(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(stat), ") Z ")
}
