package schedule

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/process"
)

// Config says what is run, and how. Paths are absolute.
type Config struct {
	Directory string        // etc/cron.d
	Home      string        // working directory and HOME of the commands
	Phase     time.Duration // after each full minute, less than one
	Log       io.Writer     // gets whole lines, one per Write
}

// spread is the part of the minute in which partitions start their entries.
const spread = 20 * time.Second

// Phase is when in the minute the entries of a folder start: the same for ever,
// but another for each partition of a computer, so that they do not all start
// at once.
func Phase(directory string) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(directory)) // a hash takes all
	return time.Duration(h.Sum32()) % (spread / time.Second) * time.Second
}

const (
	// stall is how late a minute is still made up for: the machine was busy, or
	// its clock was set right. Anything longer is a jump, and nothing is caught up.
	stall = 10 * time.Minute
	// grace is what commands have to end when the scheduler does.
	grace = 10 * time.Second
)

// A clock tells the time and waits. Tests have their own.
type clock interface {
	now() time.Time
	// uptime grows evenly, whatever is done to the time of day.
	uptime() time.Duration
	// sleep returns at the given time or a little later, false when ctx ends.
	sleep(ctx context.Context, until time.Time) bool
}

type scheduler struct {
	config  Config
	clock   clock
	folder  folder
	family  *process.Family
	last    time.Time // the latest minute that was dealt with
	running sync.WaitGroup
	log     sync.Mutex
}

// Run runs the entries of the folder at their times until ctx ends, then stops
// what still runs. It fails when the folder cannot be read at the start or
// another process already runs its entries.
func Run(ctx context.Context, c Config) error {
	return newScheduler(c, wall{started: time.Now()}).run(ctx)
}

func newScheduler(c Config, clock clock) *scheduler {
	s := &scheduler{config: c, clock: clock}
	s.folder = folder{path: c.Directory, say: s.say}
	return s
}

func (s *scheduler) run(ctx context.Context) error {
	lock, err := process.Exclusive(s.config.Directory)
	if err != nil {
		return err
	}
	defer lock.Release() // it cannot fail in a way that matters: the process's end would do
	if s.family, err = process.New(); err != nil {
		return err
	}
	s.loop(ctx)
	err = s.family.Close(context.Background(), grace)
	s.running.Wait()
	return err
}

func (s *scheduler) loop(ctx context.Context) {
	s.last = s.minute(s.clock.now())
	s.folder.reread()
	for _, j := range s.jobs() {
		if j.Spec == reboot {
			s.start(j)
		}
	}
	for {
		next := s.minute(s.clock.now()).Add(time.Minute + s.config.Phase)
		if !s.clock.sleep(ctx, next) {
			return
		}
		s.folder.reread()
		s.tick(s.clock.now())
	}
}

// minute is the full minute whose entries belong to t.
func (s *scheduler) minute(t time.Time) time.Time {
	return t.Add(-s.config.Phase).Truncate(time.Minute)
}

// tick starts what is due since the last tick, each entry once.
func (s *scheduler) tick(now time.Time) {
	minute := s.minute(now)
	if minute.Equal(s.last) {
		return // the clock went back a little
	}
	since := s.last
	if minute.Before(since) || minute.Sub(since) > stall {
		since = minute.Add(-time.Minute)
	}
	s.last = minute
	for _, j := range s.jobs() {
		if j.due(s.clock.uptime(), since, minute) {
			s.start(j)
		}
	}
}

func (s *scheduler) jobs() []*job {
	var all []*job
	for _, name := range slices.Sorted(maps.Keys(s.folder.files)) {
		all = append(all, s.folder.files[name].jobs...)
	}
	return all
}

// say writes one line to the log, with the date and who it is about.
func (s *scheduler) say(name, format string, args ...any) {
	if name == "" {
		name = "cron"
	}
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", " ")
	s.log.Lock()
	defer s.log.Unlock()
	// a log that cannot be written must not stop what is scheduled
	_, _ = fmt.Fprintf(s.config.Log, "%s %s: %s\n", document.Date(s.clock.now()), name, text)
}

// wall is the machine's clock.
type wall struct{ started time.Time }

func (wall) now() time.Time { return time.Now() }

func (w wall) uptime() time.Duration { return time.Since(w.started) }

func (wall) sleep(ctx context.Context, until time.Time) bool {
	timer := time.NewTimer(max(time.Until(until), 10*time.Millisecond))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
