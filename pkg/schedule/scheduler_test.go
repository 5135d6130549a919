package schedule

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"slapmonitor/pkg/process"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds waits that end at once on any healthy machine.
const patience = time.Minute

// A stepper is a clock that stands still until the test moves it.
type stepper struct {
	mu     sync.Mutex
	t      time.Time
	up     time.Duration
	asleep chan time.Time // until when the scheduler wants to sleep
	wake   chan struct{}
}

func (c *stepper) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *stepper) uptime() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.up
}

func (c *stepper) sleep(ctx context.Context, until time.Time) bool {
	select {
	case c.asleep <- until:
	case <-ctx.Done():
		return false
	}
	select {
	case <-c.wake:
		return true
	case <-ctx.Done():
		return false
	}
}

// A tested scheduler runs in a partition of its own.
type tested struct {
	t     *testing.T
	s     *scheduler
	dir   string // the partition
	clock *stepper
	until time.Time // when it wants to be woken
	stop  func() error
	log   *output

	overlap bool // the test is about commands that still run
}

type output struct {
	mu sync.Mutex
	b  strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// at is a time on 30 January 2026.
func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", "2026-01-30 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

// begin starts a scheduler with the given files, 5 seconds into the minute.
func begin(t *testing.T, now time.Time, files map[string]string) *tested {
	t.Helper()
	c := &tested{t: t, dir: t.TempDir(), log: &output{}}
	c.clock = &stepper{t: now, asleep: make(chan time.Time), wake: make(chan struct{})}
	if err := os.MkdirAll(filepath.Join(c.dir, "etc/cron.d"), 0o750); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		c.write(name, text)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	c.s = newScheduler(Config{filepath.Join(c.dir, "etc/cron.d"), c.dir, 5 * time.Second, c.log}, c.clock)
	go func() { ended <- c.s.run(ctx) }()
	c.until = <-c.clock.asleep
	c.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := c.stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *tested) write(name, text string) {
	c.t.Helper()
	path := filepath.Join(c.dir, "etc/cron.d", name)
	if err := os.WriteFile(path+"~", []byte(text), 0o640); err != nil {
		c.t.Fatal(err)
	}
	if err := os.Rename(path+"~", path); err != nil {
		c.t.Fatal(err)
	}
}

// wake wakes the scheduler after a minute, whatever the time of day is then,
// and waits until it sleeps again.
func (c *tested) wake(t time.Time) {
	c.clock.mu.Lock()
	c.clock.t = t
	c.clock.up += time.Minute
	c.clock.mu.Unlock()
	c.clock.wake <- struct{}{}
	c.until = <-c.clock.asleep
}

func (c *tested) read(name string) string {
	b, _ := os.ReadFile(filepath.Join(c.dir, name))
	return string(b)
}

func (c *tested) eventually(what string, is func() bool) {
	c.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("not within %v: %s; log:\n%s", patience, what, c.log)
		}
	}
}

// marks waits until all that was started has ended and counts the lines of a file.
func (c *tested) marks(name string) int {
	c.t.Helper()
	c.idle()
	if err := c.stop(); err != nil {
		c.t.Error(err)
	}
	return strings.Count(c.read(name), "\n")
}

// ran wakes the scheduler at the times and waits for the marks that it should
// leave; a scheduler that starts more is found out by marks.
func (c *tested) ran(name string, want int, times ...string) {
	c.t.Helper()
	for _, t := range times {
		if !c.overlap {
			c.idle()
		}
		c.wake(at(t))
	}
	c.eventually(fmt.Sprintf("%d lines in %s", want, name), func() bool { return strings.Count(c.read(name), "\n") >= want })
}

func TestEveryMinute(t *testing.T) {
	c := begin(t, at("10:01:30"), map[string]string{"a": "* * * * * echo x >> a"})
	if want := at("10:02:05"); !c.until.Equal(want) {
		t.Errorf("it sleeps until %v, want %v", c.until, want)
	}
	c.ran("a", 1, "10:02:05")
	if want := at("10:03:05"); !c.until.Equal(want) {
		t.Errorf("it sleeps until %v, want %v", c.until, want)
	}
	c.ran("a", 2, "10:03:05")
	c.ran("a", 2, "10:04:04") // a second early: the clock went back a little
	if want := at("10:04:05"); !c.until.Equal(want) {
		t.Errorf("it sleeps until %v, want %v", c.until, want)
	}
	c.ran("a", 3, "10:04:05")
	if n := c.marks("a"); n != 3 {
		t.Errorf("ran %d times, want 3", n)
	}
}

func TestClockJumps(t *testing.T) {
	files := map[string]string{"jobs": "* * * * * echo m >> minute\n30 10 * * * echo d >> daily\n0 * * * * echo h >> hourly\n"}
	for _, c := range []struct {
		name  string
		start string
		wake  []string
		want  string // how often: each minute, each day, each hour
	}{
		{"a late one is made up for, once", "10:25:10", []string{"10:26:05", "10:34:05"}, "2 1 0"},
		{"hours forward are not caught up", "10:25:10", []string{"10:26:05", "13:05:05", "13:06:05"}, "3 0 0"},
		{"forward onto a time", "10:25:10", []string{"10:26:05", "13:00:05"}, "2 0 1"},
		{"back: the minutes go on, the day does not come twice", "10:29:10",
			[]string{"10:30:05", "10:31:05", "10:21:05", "10:22:05", "10:29:05", "10:30:05", "10:31:05"}, "7 1 0"},
		{"back over an hour: not twice within half of one", "10:58:10", []string{"10:59:05", "11:00:05", "10:59:05", "11:00:05"}, "4 0 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cr := begin(t, at(c.start), files)
			for _, w := range c.wake {
				cr.wake(at(w))
				cr.idle()
			}
			if got := fmt.Sprint(cr.marks("minute"), cr.marks("daily"), cr.marks("hourly")); got != c.want {
				t.Errorf("ran %s times, want %s", got, c.want)
			}
			if got := cr.log.String(); got != "" {
				t.Error(got)
			}
		})
	}
}

// A day that has 2:30 twice, or not at all.
func TestSummerTime(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("no time zones on this machine")
	}
	entries, _ := Parse("30 2 * * * x\n30 * * * * x")
	for _, c := range []struct {
		start  time.Time
		counts [2]int // the second is also the hours that are looked at
	}{
		{time.Date(2026, 10, 25, 0, 0, 0, 0, paris), [2]int{1, 6}},
		{time.Date(2026, 3, 29, 0, 0, 0, 0, paris), [2]int{0, 4}},
	} {
		var counts [2]int
		jobs := []*job{{Entry: entries[0]}, {Entry: entries[1]}}
		for i := range int((time.Duration(c.counts[1]) * time.Hour).Minutes()) {
			minute := c.start.Add(time.Duration(i+1) * time.Minute)
			for k, j := range jobs {
				if j.due(time.Duration(i)*time.Minute, minute.Add(-time.Minute), minute) {
					counts[k]++
				}
			}
		}
		if counts != c.counts {
			t.Errorf("%v: due %v times, want %v", c.start, counts, c.counts)
		}
	}
}

// idle waits until no command runs.
func (c *tested) idle() { c.s.running.Wait() }

func TestReboot(t *testing.T) {
	c := begin(t, at("10:01:30"), map[string]string{"a": "@reboot echo x >> a"})
	c.ran("a", 1)
	c.write("a", "@reboot echo x >> a\n@reboot echo y >> a")
	c.ran("a", 1, "10:02:05", "10:03:05")
	if n := c.marks("a"); n != 1 {
		t.Errorf("ran %d times, want 1", n)
	}
}

func TestNoOverlap(t *testing.T) {
	c := begin(t, at("10:01:30"), map[string]string{"slow": "* * * * * echo $$ >> slow; while ! test -e stop; do sleep 0.02; done"})
	c.overlap = true
	c.ran("slow", 1, "10:02:05", "10:03:05", "10:04:05")
	notice := "slow: process " + strings.TrimSpace(c.read("slow")) + " still runs"
	if n := strings.Count(c.log.String(), notice); n != 1 {
		t.Errorf("said %d times %q, want once:\n%s", n, notice, c.log)
	}
	// another line in the file does not make it another job
	c.write("slow", c.read("etc/cron.d/slow")+"\n* * * * * echo x >> other")
	c.ran("other", 1, "10:05:05")
	if err := os.WriteFile(filepath.Join(c.dir, "stop"), nil, 0o640); err != nil {
		t.Fatal(err)
	}
	c.idle()
	c.ran("slow", 2, "10:06:05")
	if n := c.marks("slow"); n != 2 {
		t.Errorf("started %d times, want 2", n)
	}
}

func TestChangedFiles(t *testing.T) {
	c := begin(t, at("10:01:30"), map[string]string{"a": "* * * * * echo x >> a", "gone": "* * * * * echo x >> gone", "z": "61 * * * * no"})
	c.ran("a", 1, "10:02:05")
	c.ran("gone", 1)
	if err := os.Remove(filepath.Join(c.dir, "etc/cron.d/gone")); err != nil {
		t.Fatal(err)
	}
	c.write("a", "* * * * * echo y >> b\nthis is wrong\n* * * * * echo z >> z")
	c.write(".hidden", "* * * * * echo x >> hidden")
	c.ran("b", 1, "10:03:05")
	c.ran("z", 2, "10:04:05")
	for name, want := range map[string]int{"a": 1, "gone": 1, "b": 2, "z": 2, "hidden": 0} {
		if n := c.marks(name); n != want {
			t.Errorf("%s ran %d times, want %d", name, n, want)
		}
	}
	for _, complaint := range []string{"z: line 1: schedule", "a: line 2: "} {
		if n := strings.Count(c.log.String(), complaint); n != 1 {
			t.Errorf("%q was said %d times, want once:\n%s", complaint, n, c.log)
		}
	}
}

func TestFolderComesBack(t *testing.T) {
	c := begin(t, at("10:01:30"), map[string]string{"a": "* * * * * echo x >> a"})
	folder := filepath.Join(c.dir, "etc/cron.d")
	if err := os.Rename(folder, folder+".away"); err != nil {
		t.Fatal(err)
	}
	c.wake(at("10:02:05"))
	c.wake(at("10:03:05"))
	if n := strings.Count(c.log.String(), "cron: nothing is run: "); n != 1 {
		t.Errorf("said %d times that the folder is gone, want once:\n%s", n, c.log)
	}
	if err := os.Rename(folder+".away", folder); err != nil {
		t.Fatal(err)
	}
	c.ran("a", 1, "10:04:05")
	if n := c.marks("a"); n != 1 {
		t.Errorf("ran %d times, want 1", n)
	}
}

func TestUntrustedFiles(t *testing.T) {
	c := begin(t, at("10:01:30"), map[string]string{"open": "* * * * * echo x >> bad", "foreign": "* * * * * echo x >> bad",
		"long": "* * * * * echo x >> bad" + strings.Repeat(" ", sizeLimit), "fine": "* * * * * echo x >> fine"})
	d := filepath.Join(c.dir, "etc/cron.d")
	if err := os.Chmod(d+"/open", 0o642); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(d+"/fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(d+"/foreign", 12345, -1); errors.Is(err, unix.EPERM) {
		t.Log("not root: a foreign owner is not tested")
		c.write("foreign", "not tested")
	} else if err != nil {
		t.Fatal(err)
	}
	c.ran("fine", 1, "10:02:05")
	if n := c.marks("bad"); n != 0 {
		t.Errorf("bad files were run")
	}
	for _, want := range []string{"open: everybody may write to it", "long: it is longer than", "fifo: it is not a regular file"} {
		if !strings.Contains(c.log.String(), want) {
			t.Errorf("%q was not said:\n%s", want, c.log)
		}
	}
	if os.Geteuid() == 0 && !strings.Contains(c.log.String(), "foreign: it belongs to user 12345") {
		t.Errorf("the foreign owner was not named:\n%s", c.log)
	}
}

func TestOutputAndEnvironment(t *testing.T) {
	c := begin(t, at("10:01:30"), map[string]string{"talk": `* * * * * pwd; printf 'one\r\n\ntwo' >&2; echo "$HOME $SHELL"; exit 4`})
	c.wake(at("10:02:05"))
	c.idle()
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, line := range []string{c.dir, "one", "", "two" + c.dir + " /bin/sh", `exit status 4: "pwd; printf 'one\\r\\n\\ntwo' >&2; echo \"$HOME $SHELL\"; exit 4"`} {
		want += "2026-01-30T10:02:05+0000 talk: " + line + "\n"
	}
	if got := c.log.String(); got != want {
		t.Errorf("log:\n%swant:\n%s", got, want)
	}
}

func TestStopEndsCommands(t *testing.T) {
	c := begin(t, at("10:01:30"), map[string]string{
		"polite":  `@reboot trap 'echo bye; exit' TERM; echo $$ > pid1; while :; do sleep 0.02; done`,
		"escaped": `@reboot setsid sh -c 'echo $$ > pid2; exec sleep 1000' &`,
	})
	c.eventually("both run", func() bool { return c.read("pid1") != "" && c.read("pid2") != "" })
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pid1", "pid2"} {
		pid, err := strconv.Atoi(strings.TrimSpace(c.read(name)))
		if err != nil || !errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			t.Errorf("%s: process %d is left (%v)", name, pid, err)
		}
	}
	if !strings.Contains(c.log.String(), "polite: bye\n") {
		t.Errorf("the polite command was not asked:\n%s", c.log)
	}
}

func TestOnePerFolder(t *testing.T) {
	c := begin(t, at("10:01:30"), nil)
	err := Run(context.Background(), Config{Directory: filepath.Join(c.dir, "etc/cron.d"), Home: c.dir, Log: c.log})
	var held *process.HeldError
	if !errors.As(err, &held) {
		t.Errorf("a second one: %v", err)
	}
	if err := Run(context.Background(), Config{Directory: filepath.Join(c.dir, "absent")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent folder: %v", err)
	}
}

func TestPhase(t *testing.T) {
	seen := map[time.Duration]int{}
	for i := range 1000 {
		p := Phase(fmt.Sprintf("/srv/slapgrid/slappart%d/etc/cron.d", i))
		if p < 0 || p >= spread || p%time.Second != 0 {
			t.Fatalf("phase %v", p)
		}
		seen[p]++
	}
	for p, n := range seen {
		if n > 100 {
			t.Errorf("%d of 1000 partitions start at %v", n, p)
		}
	}
	if a, b := Phase("/x"), Phase("/x"); a != b {
		t.Errorf("%v, then %v", a, b)
	}
}

func TestWallClock(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	until := time.Now().Add(20 * time.Millisecond)
	if !(wall{}).sleep(ctx, until) || time.Now().Before(until) {
		t.Error("it woke early")
	}
	cancel()
	if (wall{}).sleep(ctx, time.Now().Add(time.Hour)) {
		t.Error("it slept though nobody waits any more")
	}
}
