package instance

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// helperVariable makes the test binary claim a pid file and wait for its stdin
// to close.
const helperVariable = "INSTANCE_TEST_CLAIM"

func TestMain(m *testing.M) {
	path := os.Getenv(helperVariable)
	if path == "" {
		os.Exit(m.Run())
	}
	i, err := Claim(path)
	if err == nil {
		err = i.Announce()
	}
	if err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Stdout.WriteString("claimed\n")
	os.Stdin.Read(make([]byte, 1))
}

// other is another process that holds the pid file.
func other(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), helperVariable+"="+path)
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		c.Wait()
	})
	said := make([]byte, 100)
	n, _ := stdout.Read(said)
	if string(said[:n]) != "claimed\n" {
		t.Fatalf("the other process says %q", said[:n])
	}
	return c
}

func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "monitor-httpd.pid")
	c := other(t, path)
	_, err := Claim(path)
	if !errors.Is(err, ErrRunning) || !strings.HasPrefix(err.Error(), "already running") || !strings.Contains(err.Error(), strconv.Itoa(c.Process.Pid)) {
		t.Errorf("while the other lives: %v", err)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.Wait()
	i, err := Claim(path)
	if err != nil {
		t.Fatalf("after it was killed: %v", err)
	}
	i.Release()
}

// What the file says decides nothing: not a live foreign process, not rubbish.
func TestContentIsIgnored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "monitor-httpd.pid")
	for _, text := range []string{"", "1\n", strconv.Itoa(os.Getppid()), "not a number", "-1", strings.Repeat("9", 100000)} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		i, err := Claim(path)
		if err != nil {
			t.Fatalf("%.20q: %v", text, err)
		}
		if err := i.Announce(); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); string(got) != strconv.Itoa(os.Getpid())+"\n" {
			t.Errorf("%.20q: the file says %q", text, got)
		}
		i.Release()
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%.20q: the file is still there: %v", text, err)
		}
	}
}

// A file that is not ours any more is left alone.
func TestReleaseOfAReplacedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "monitor-httpd.pid")
	i, err := Claim(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("42\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	i.Release()
	if got, err := os.ReadFile(path); string(got) != "42\n" {
		t.Errorf("%q %v", got, err)
	}
}

func TestNoPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Claim(file + "/run/x.pid"); err == nil || errors.Is(err, ErrRunning) || !strings.Contains(err.Error(), "pid file") {
		t.Error(err)
	}
}

// Claims and releases that overlap never make two holders: the file of a name
// may be another one between its opening and its locking.
func TestNeverTwo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "monitor-httpd.pid")
	var holders, claims atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 3000 {
				i, err := Claim(path)
				if errors.Is(err, ErrRunning) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				claims.Add(1)
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d at once", n)
				}
				runtime.Gosched()
				holders.Add(-1)
				i.Release()
			}
		})
	}
	all.Wait()
	if claims.Load() == 0 {
		t.Error("nobody ever holds it")
	}
}
