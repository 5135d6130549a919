// Package supervise owns the programs of a partition: those of etc/run are
// started once, those of etc/service again whenever they end. It is what
// supervisord does under slapgrid (contract/buildout.md 5.2).
//
// It must not know what the programs do, nor where their folders come from.
package supervise

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"slapmonitor/pkg/process"
)

// A Kind tells what to do when a program ends.
type Kind int

// Once programs may end, Service programs may not.
const (
	Once Kind = iota
	Service
)

// Config says what a Supervisor works with. All paths are absolute.
type Config struct {
	Partition string      // working directory and home of every program; locked
	Logs      string      // folder of NAME.log (Once) and NAME-on-watch.log (Service)
	Report    func(Event) // told what happens, from several goroutines
	// Hold, if given, is asked at each look at the folders which programs are
	// not to run yet.
	Hold func(path string) bool
}

// A Supervisor runs the programs of some folders until it is stopped.
type Supervisor struct {
	config Config
	pace   pace
	lock   *process.Lock
	family *process.Family
	ending chan struct{} // closed by Stop: no program is started any more

	mu       sync.Mutex // Add, Rescan, Stop and States, one at a time
	folders  []folder
	programs map[string]*program // by path
	refused  map[string]identity // files that are not executable, as reported
}

type folder struct {
	path string
	kind Kind
}

// pace is how patient the Supervisor is.
type pace struct {
	first, most time.Duration // pause before a service is started again, doubled each time
	steady      time.Duration // a service that stayed up so long counts as up again
	settled     time.Duration // one that stayed up so long starts over with the first pause
	grace       time.Duration // from SIGTERM to SIGKILL
}

var normalPace = pace{
	first: time.Second, most: time.Minute,
	steady: 5 * time.Second, settled: time.Minute,
	grace: 10 * time.Second,
}

// New takes the partition for itself: it fails with a *process.HeldError when
// another Supervisor has it.
func New(c Config) (*Supervisor, error) {
	if err := os.MkdirAll(c.Logs, 0o750); err != nil {
		return nil, fmt.Errorf("make the folder of program logs: %w", err)
	}
	lock, err := process.Exclusive(c.Partition)
	if err != nil {
		return nil, err
	}
	family, err := process.New()
	if err != nil {
		_ = lock.Release()
		return nil, err
	}
	return &Supervisor{
		config:   c,
		pace:     normalPace,
		lock:     lock,
		family:   family,
		ending:   make(chan struct{}),
		programs: map[string]*program{},
		refused:  map[string]identity{},
	}, nil
}

// Add starts the programs of a folder, which need not exist.
func (s *Supervisor) Add(path string, kind Kind) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.folders = append(s.folders, folder{path, kind})
	return s.scan(s.folders[len(s.folders)-1])
}

// Rescan makes the running programs those that the folders hold now: new ones
// are started, vanished ones stopped, changed ones stopped and started.
func (s *Supervisor) Rescan() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.folders {
		if err := s.scan(f); err != nil {
			return err
		}
	}
	return nil
}

// Await waits until the named Once program of the folder has ended, false when
// there is none or ctx ends first.
func (s *Supervisor) Await(ctx context.Context, path string) bool {
	s.mu.Lock()
	p := s.programs[path]
	s.mu.Unlock()
	if p == nil || p.kind != Once {
		return false
	}
	select {
	case <-p.ended:
		return true
	case <-ctx.Done():
		return false
	}
}

// Down lists the services that do not run now, each with the event that says why.
func (s *Supervisor) Down() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var down []Event
	for _, p := range sorted(s.programs) {
		if e := p.down.Load(); e != nil {
			down = append(down, *e)
		}
	}
	return down
}

// Stop ends all programs, the newest first, and gives the partition back. Those
// that are still there after ten seconds, or when ctx ends, are killed.
func (s *Supervisor) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.ending:
		return nil
	default:
		close(s.ending)
	}
	err := s.family.Close(ctx, s.pace.grace)
	for _, p := range s.programs {
		<-p.ended
	}
	clear(s.programs)
	if e := s.lock.Release(); err == nil {
		err = e
	}
	return err
}
