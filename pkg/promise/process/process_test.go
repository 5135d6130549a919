package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shell runs script and returns how it ended.
func shell(t *testing.T, script string, c Command) Result {
	t.Helper()
	r, err := NewRunner(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c.Path, c.Args, c.Dir = "/bin/sh", []string{"-c", script}, t.TempDir()
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.Keep == 0 {
		c.Keep = 1000
	}
	return r.Run(c)
}

func TestRun(t *testing.T) {
	tests := []struct {
		script   string
		code     int
		signal   syscall.Signal
		out, err string
	}{
		{"echo one; echo two >&2", 0, 0, "one\n", "two\n"},
		{"exit 7", 7, 0, "", ""},
		{"kill -9 $$", -1, syscall.SIGKILL, "", ""},
		{"exec >&- 2>&-; sleep 0.1; exit 3", 3, 0, "", ""},
		{"cat", 0, 0, "", ""}, // stdin is empty, not the caller's
		{"ps -o sid= -p $$ | tr -d ' ' | grep -qx $$", 0, 0, "", ""},
		{"sleep 600 & echo done", 0, 0, "done\n", ""},
		{"echo $X", 0, 0, "\n", ""},
	}
	for _, tt := range tests {
		res := shell(t, tt.script, Command{Env: []string{"PATH=/usr/bin:/bin"}})
		if res.ExitCode != tt.code || res.Signal != tt.signal || string(res.Stdout.Data) != tt.out ||
			string(res.Stderr.Data) != tt.err || res.Err != nil || res.TimedOut {
			t.Errorf("%s: %+v", tt.script, res)
		}
	}
}

func TestRunMergesOutputs(t *testing.T) {
	res := shell(t, "echo one; echo two >&2; echo three", Command{Merge: true})
	if string(res.Stdout.Data) != "one\ntwo\nthree\n" || res.Stderr.Total != 0 {
		t.Errorf("%+v", res)
	}
}

func TestRunKeepsTheTail(t *testing.T) {
	res := shell(t, "head -c 3000000 /dev/zero | tr '\\0' x; printf end", Command{Keep: 10})
	if string(res.Stdout.Data) != "xxxxxxxend" || res.Stdout.Total != 3000003 {
		t.Errorf("%q of %d", res.Stdout.Data, res.Stdout.Total)
	}
}

func TestRunSaysWhyNothingStarted(t *testing.T) {
	r, _ := NewRunner(t.Context())
	defer r.Close()
	dir := t.TempDir()
	junk := filepath.Join(dir, "junk")
	os.WriteFile(junk, []byte("junk"), 0o700)
	for path, want := range map[string]error{
		filepath.Join(dir, "absent"): syscall.ENOENT,
		junk:                         syscall.ENOEXEC,
		dir:                          syscall.EACCES,
	} {
		if res := r.Run(Command{Path: path, Timeout: time.Second}); !errors.Is(res.Err, want) {
			t.Errorf("%s: %v, want %v", path, res.Err, want)
		}
	}
}

// alive tells whether the process whose number a script wrote to file runs.
func alive(t *testing.T, file string) bool {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for range 500 { // a killed process may take a moment to go
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return true
}

func TestRunEndsTheWholeGroup(t *testing.T) {
	for name, script := range map[string]string{
		"obeys TERM":        "sleep 600 & echo $! > PID; wait",
		"ignores TERM":      "trap '' TERM; sleep 600 & echo $! > PID; while :; do sleep 1; done",
		"floods its output": "sleep 600 & echo $! > PID; while :; do echo flood; done",
		"stops itself":      "sleep 600 & echo $! > PID; kill -STOP $$",
	} {
		t.Run(name, func(t *testing.T) {
			pid := filepath.Join(t.TempDir(), "pid")
			res := shell(t, strings.ReplaceAll(script, "PID", pid), Command{Timeout: time.Second})
			if !res.TimedOut || res.ExitCode != -1 {
				t.Errorf("%+v", res)
			}
			if alive(t, pid) {
				t.Error("a process of the group lives on")
			}
		})
	}
}

func TestRunDoesNotWaitForAnEscapedHolderOfItsOutput(t *testing.T) {
	if err := Adopt(); err != nil {
		t.Skip(err)
	}
	pid := filepath.Join(t.TempDir(), "pid")
	begin := time.Now()
	res := shell(t, "setsid sh -c 'echo $$ > "+pid+"; exec sleep 600' & while ! test -s "+pid+"; do :; done; echo said", Command{})
	if string(res.Stdout.Data) != "said\n" || time.Since(begin) > 30*time.Second {
		t.Errorf("%+v", res)
	}
	if n := Reap(); n == 0 || alive(t, pid) {
		t.Errorf("%d processes reaped; the escaped one lives", n)
	}
}

func TestRunWithoutPidfd(t *testing.T) {
	r, _ := NewRunner(t.Context())
	defer r.Close()
	for script, timedOut := range map[string]bool{"echo said": false, "sleep 600": true} {
		p, err := r.start(Command{Path: "/bin/sh", Args: []string{"-c", script}, Keep: 100})
		if err != nil {
			t.Fatal(err)
		}
		syscall.Close(p.pidfd)
		p.pidfd = -1
		res := p.supervise(time.Now().Add(time.Second))
		if res.TimedOut != timedOut || !timedOut && string(p.out.tail.Data) != "said\n" {
			t.Errorf("%s: %+v, %q", script, res, p.out.tail.Data)
		}
		p.close()
	}
}

func TestRunIsCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, err := NewRunner(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	time.AfterFunc(100*time.Millisecond, cancel)
	if res := r.Run(Command{Path: "/bin/sleep", Args: []string{"600"}, Timeout: time.Minute}); !res.Canceled {
		t.Errorf("%+v", res)
	}
	if res := r.Run(Command{Path: "/bin/sleep", Args: []string{"600"}, Timeout: time.Minute}); !res.Canceled {
		t.Errorf("started although canceled: %+v", res)
	}
}

func TestKillMarked(t *testing.T) {
	mark := "PROCESS_TEST_MARK=" + t.TempDir()
	pid := filepath.Join(t.TempDir(), "pid")
	r, _ := NewRunner(t.Context())
	defer r.Close()
	done := make(chan Result)
	go func() {
		done <- r.Run(Command{Path: "/bin/sh", Args: []string{"-c", "echo $$ > " + pid + "; sleep 600; :"},
			Env: []string{mark, "PATH=/usr/bin:/bin"}, Timeout: time.Minute})
	}()
	for {
		if raw, _ := os.ReadFile(pid); len(raw) > 1 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if n := KillMarked(mark); n < 1 {
		t.Errorf("%d processes killed", n)
	}
	if res := <-done; res.Signal != syscall.SIGKILL {
		t.Errorf("%+v", res)
	}
}

func TestTail(t *testing.T) {
	for _, sizes := range [][]int{{3, 3, 3}, {10}, {11}, {25, 1}, {9, 9, 9}, {0, 10, 1}} {
		tail := Tail{limit: 10}
		var all []byte
		for i, n := range sizes {
			piece := []byte(strings.Repeat(string(rune('a'+i)), n))
			all = append(all, piece...)
			tail.add(piece)
		}
		if want := all[max(0, len(all)-10):]; string(tail.Data) != string(want) || tail.Total != int64(len(all)) {
			t.Errorf("%v: %q of %d, want %q", sizes, tail.Data, tail.Total, want)
		}
	}
}
