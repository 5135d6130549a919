package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// partition is a Supervisor in a folder of its own, with no patience.
type partition struct {
	*Supervisor
	t   *testing.T
	dir string

	mu     sync.Mutex
	events []Event
}

func supervised(t *testing.T) *partition {
	t.Helper()
	p := &partition{t: t, dir: t.TempDir()}
	s, err := New(Config{Partition: p.dir, Logs: filepath.Join(p.dir, "log"), Report: p.report})
	if err != nil {
		t.Fatal(err)
	}
	s.pace = pace{first: time.Millisecond, most: 50 * time.Millisecond, steady: 20 * time.Millisecond, settled: time.Hour, grace: patience}
	p.Supervisor = s
	t.Cleanup(p.stop)
	return p
}

func (p *partition) stop() {
	p.t.Helper()
	if err := p.Stop(context.Background()); err != nil {
		p.t.Error(err)
	}
}

func (p *partition) report(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
}

func (p *partition) seen(program string, what What) []Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.events), func(e Event) bool { return e.Program != program || e.What != what })
}

// program writes a shell program; the partition is its working directory.
func (p *partition) program(path, script string) string {
	p.t.Helper()
	return p.file(path, "#!/bin/sh\n"+script+"\n", 0o750)
}

func (p *partition) file(path, text string, mode os.FileMode) string {
	p.t.Helper()
	path = filepath.Join(p.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte(text), mode); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func (p *partition) add(folder string, kind Kind) {
	p.t.Helper()
	if err := p.Add(filepath.Join(p.dir, folder), kind); err != nil {
		p.t.Fatal(err)
	}
}

func (p *partition) read(path string) string {
	b, _ := os.ReadFile(filepath.Join(p.dir, path))
	return string(b)
}

func (p *partition) eventually(what string, is func() bool) {
	p.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatalf("not within %v: %s; events: %v", patience, what, p.events)
		}
	}
}

func alive(pid string) bool {
	n, err := strconv.Atoi(strings.TrimSpace(pid))
	return err == nil && !errors.Is(unix.Kill(n, 0), unix.ESRCH)
}

func TestOnceProgramsRunOnce(t *testing.T) {
	p := supervised(t)
	good := p.program("etc/run/good", `pwd >> ran; echo "home $HOME"`)
	p.program("etc/run/bad", `echo "what went wrong" >&2; exit 3`)
	p.file("etc/run/data", "not a program", 0o640)
	p.program("etc/run/.hidden", "touch hidden")
	p.program("etc/run/edited~", "touch hidden")
	p.add("etc/run", Once)
	p.add("etc/absent", Once)
	if !p.Await(context.Background(), good) {
		t.Error("good was not waited for")
	}
	p.eventually("bad failed", func() bool { return len(p.seen("bad", Failed)) > 0 })
	for range 3 {
		if err := p.Rescan(); err != nil {
			t.Fatal(err)
		}
	}
	p.stop()
	if got := p.read("ran"); got != p.dir+"\n" {
		t.Errorf("good ran in %q, want once in %s", got, p.dir)
	}
	if got := p.read("log/good.log"); !strings.Contains(got, "home "+p.dir+"\n") || !strings.Contains(got, "supervisor: exit status 0\n") {
		t.Errorf("its log: %q", got)
	}
	if e := p.seen("bad", Failed); len(e) != 1 || e[0].Exit != "exit status 3" || e[0].Output != "what went wrong" {
		t.Errorf("bad: %v", e)
	}
	if e := p.seen("data", NotExecutable); len(e) != 1 {
		t.Errorf("the file that is no program was reported %d times, want once", len(e))
	}
	if p.read("hidden") != "" {
		t.Error("a hidden file was run")
	}
}

func TestServiceIsStartedAgain(t *testing.T) {
	p := supervised(t)
	p.program("etc/service/flaky", `echo x >> lives; test $(wc -l < lives) -ge 4 && exec sleep 1000; echo "life $(wc -l < lives) is over"; exit 1`)
	p.add("etc/service", Service)
	p.eventually("its fourth life", func() bool { return strings.Count(p.read("lives"), "x") == 4 })
	p.eventually("news of it", func() bool { return len(p.Down()) == 0 && len(p.seen("flaky", Back)) > 0 })
	ends := p.seen("flaky", Ended)
	if len(ends) != 3 {
		t.Fatalf("ended %d times, want 3: %v", len(ends), ends)
	}
	for i, want := range []time.Duration{1, 2, 4} {
		if ends[i].Pause != want*time.Millisecond || ends[i].Output != fmt.Sprintf("life %d is over", i+1) {
			t.Errorf("end %d: %v, want a pause of %d ms", i, ends[i], want)
		}
	}
}

func TestServiceThatNeverStaysUp(t *testing.T) {
	p := supervised(t)
	p.program("etc/service/broken", `echo "address already in use" >&2; exit 1`)
	p.file("etc/service/nothing", "no script", 0o750)
	p.add("etc/service", Service)
	longest := func(e Event) bool { return e.Pause == p.pace.most }
	p.eventually("the longest pause", func() bool {
		return slices.ContainsFunc(p.seen("broken", Ended), longest) && slices.ContainsFunc(p.seen("nothing", NotStarted), longest)
	})
	down := p.Down()
	if len(down) != 2 || down[0].Program != "broken" || down[0].Output != "address already in use" || down[1].Program != "nothing" {
		t.Errorf("down: %v", down)
	}
}

func TestPauseStartsOverOnceSettled(t *testing.T) {
	p := supervised(t)
	p.pace.settled = 0 // whatever it ran, it was long enough
	p.program("etc/service/s", "exit 0")
	p.add("etc/service", Service)
	p.eventually("five ends", func() bool { return len(p.seen("s", Ended)) >= 5 })
	for _, e := range p.seen("s", Ended) {
		if e.Pause != p.pace.first {
			t.Errorf("a pause of %v, want %v", e.Pause, p.pace.first)
		}
	}
}

func TestServiceLeavesNothingBetweenLives(t *testing.T) {
	p := supervised(t)
	p.program("etc/service/s", `sleep 1000 & echo $! >> workers; test $(wc -l < workers) -ge 2 && wait; exit 1`)
	p.add("etc/service", Service)
	p.eventually("a second life", func() bool { return strings.Count(p.read("workers"), "\n") == 2 })
	workers := strings.Fields(p.read("workers"))
	if alive(workers[0]) || !alive(workers[1]) {
		t.Errorf("first life's worker alive: %v, second's: %v", alive(workers[0]), alive(workers[1]))
	}
}

func TestRescan(t *testing.T) {
	p := supervised(t)
	running := func(name string) string { return fmt.Sprintf("echo $$ > %s.pid; exec sleep 1000", name) }
	for _, name := range []string{"gone", "same", "changed"} {
		p.program("etc/service/"+name, running(name))
	}
	p.file("etc/service/later", "#!/bin/sh\n"+running("later"), 0o640)
	p.program("etc/run/daemon", "setsid sleep 1000 & sleep 1000 & echo $! > daemon.pid")
	p.add("etc/service", Service)
	p.add("etc/run", Once)
	pid := func(name string) string {
		p.eventually(name+".pid", func() bool { return p.read(name+".pid") != "" })
		return p.read(name + ".pid")
	}
	before := map[string]string{}
	for _, name := range []string{"gone", "same", "changed", "daemon"} {
		before[name] = pid(name)
	}
	p.eventually("daemon's end", func() bool { return len(p.seen("daemon", Finished)) == 1 })
	for _, path := range []string{"etc/service/gone", "etc/run/daemon"} {
		if err := os.Remove(filepath.Join(p.dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	p.program("etc/service/changed", "echo $$ > new.pid; exec sleep 1000")
	p.program("etc/service/added", running("added"))
	if err := os.Chmod(filepath.Join(p.dir, "etc/service/later"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := p.Rescan(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gone", "changed", "daemon"} {
		if alive(before[name]) {
			t.Errorf("%s still runs", name)
		}
	}
	for _, name := range []string{"same", "added", "new", "later"} {
		if !alive(pid(name)) {
			t.Errorf("%s does not run", name)
		}
	}
	if pid("same") != before["same"] {
		t.Error("the unchanged service was started again")
	}
}

func TestHold(t *testing.T) {
	p := supervised(t)
	held := p.program("etc/service/later", "echo $$ > later.pid; exec sleep 1000")
	p.program("etc/service/now", "echo $$ > now.pid; exec sleep 1000")
	hold := true
	p.config.Hold = func(path string) bool { return hold && path == held }
	p.add("etc/service", Service)
	p.eventually("the other one", func() bool { return p.read("now.pid") != "" })
	if err := p.Rescan(); err != nil {
		t.Fatal(err)
	}
	if p.read("later.pid") != "" {
		t.Error("the held program was started")
	}
	hold = false
	if err := p.Rescan(); err != nil {
		t.Fatal(err)
	}
	p.eventually("the held one", func() bool { return p.read("later.pid") != "" })
}

func TestStopEndsEverything(t *testing.T) {
	p := supervised(t)
	p.program("etc/service/polite", `trap 'echo polite >> bye; exit' TERM; echo $$ > a.pid; while :; do sleep 0.05; done`)
	p.program("etc/service/escaped", `setsid sh -c 'echo $$ > b.pid; exec sleep 1000' & wait`)
	p.program("etc/run/background", `setsid setsid sh -c 'echo $$ > c.pid; exec sleep 1000' &`)
	p.add("etc/service", Service)
	p.add("etc/run", Once)
	p.eventually("all run", func() bool { return p.read("a.pid") != "" && p.read("b.pid") != "" && p.read("c.pid") != "" })
	p.stop()
	for _, f := range []string{"a.pid", "b.pid", "c.pid"} {
		if alive(p.read(f)) {
			t.Errorf("the process of %s is left", f)
		}
	}
	if p.read("bye") != "polite\n" {
		t.Error("the polite service was not asked")
	}
	if e := p.seen("polite", Ended); len(e) != 0 {
		t.Errorf("a wanted end was reported: %v", e)
	}
}

func TestOnePerPartition(t *testing.T) {
	p := supervised(t)
	_, err := New(Config{Partition: p.dir, Logs: filepath.Join(p.dir, "log")})
	var held *process.HeldError
	if !errors.As(err, &held) {
		t.Fatalf("a second one: %v", err)
	}
	want := fmt.Sprintf("process %d already looks after %s", os.Getpid(), p.dir)
	if err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
}
