// Package process owns the programs that a long-running monitor program starts:
// each in a session of its own, orphans adopted, all of them gone when it ends.
//
// It must not know why a program is started, when it is started again, or what
// its output means.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// ErrClosed is returned by Start once Close was called.
var ErrClosed = errors.New("everything is being stopped, nothing is started any more")

// A Family starts programs and knows all that comes of them, including
// processes that put themselves into the background: those become its children
// when their parent ends (it is their "subreaper").
//
// A process has at most one Family at a time, and starts programs by no other
// means meanwhile: the Family collects the exit status of every child there is.
type Family struct {
	mu       sync.Mutex
	closed   bool
	started  int            // how many, ever
	children map[int]*Child // started here and not reaped

	requests chan request
	reaped   chan struct{} // something ended, 1 deep
	done     chan struct{} // closed by Close
	ended    sync.WaitGroup
}

type request struct {
	command Command
	output  *os.File
	reply   chan answer
}

type answer struct {
	child *Child
	err   error
}

// New makes this process the one that adopts orphans of what it starts.
func New() (*Family, error) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return nil, fmt.Errorf("adopt orphaned processes (prctl): %w", err)
	}
	if _, err := procfs.Self(); err != nil {
		return nil, fmt.Errorf("look for own processes in /proc: %w", err)
	}
	f := &Family{
		children: map[int]*Child{},
		requests: make(chan request),
		reaped:   make(chan struct{}, 1),
		done:     make(chan struct{}),
	}
	f.ended.Add(2)
	go f.spawn()
	go f.reap()
	return f, nil
}

// spawn starts programs, all from one thread that lives as long as the Family:
// the kernel tells a child about its parent's death when the thread that made
// it ends.
func (f *Family) spawn() {
	defer f.ended.Done()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		select {
		case r := <-f.requests:
			child, err := f.fork(r)
			r.reply <- answer{child, err}
		case <-f.done:
			return
		}
	}
}

// reap collects the exit status of children and adopted orphans.
func (f *Family) reap() {
	defer f.ended.Done()
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, unix.SIGCHLD)
	defer signal.Stop(ended)
	for {
		f.collect()
		select {
		case <-ended:
		case <-f.done:
			return
		}
	}
}

func (f *Family) collect() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		if c := f.children[pid]; c != nil {
			c.over(status)
		}
		select {
		case f.reaped <- struct{}{}:
		default:
		}
	}
}

// Close ends everything that was started and is still there, orphans included:
// SIGTERM, the newest program first, then SIGKILL to what is left after grace or
// when ctx ends. Afterwards nothing can be started. An error names processes
// that even SIGKILL did not end.
func (f *Family) Close(ctx context.Context, grace time.Duration) error {
	f.mu.Lock()
	already := f.closed
	f.closed = true
	f.mu.Unlock()
	if already {
		return nil
	}
	left := f.end(ctx, grace, func(relative) bool { return true })
	close(f.done)
	f.ended.Wait()
	f.forsake()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("adopt no more orphans (prctl): %w", err)
	}
	if len(left) > 0 {
		return fmt.Errorf("processes %v did not end, not even when killed", left)
	}
	return nil
}

// forsake makes programs count as killed that the kernel will not let go, so
// that nobody waits for them.
func (f *Family) forsake() {
	f.collect()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.children {
		c.over(syscall.WaitStatus(syscall.SIGKILL))
	}
}
