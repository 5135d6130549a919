// Package process runs one program as a promise has to be run: in a session and
// process group of its own, with nothing on stdin, for a limited time, keeping
// the end of what it prints, and leaving no process behind.
//
// It must not know what a promise is, what an exit status means, or where
// results go.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Grace is how long a program may take to end after SIGTERM before the whole
// group is killed. With it a run never takes more than its timeout and a second.
const Grace = 300 * time.Millisecond

// reapWait is how long a killed program may take to disappear. One that is in
// an uninterruptible system call is left to the kernel.
const reapWait = 300 * time.Millisecond

// Command is a program to run.
type Command struct {
	Path    string
	Args    []string // without the program's name
	Dir     string
	Env     []string
	Timeout time.Duration
	Keep    int  // bytes of each output kept, the last ones
	Merge   bool // stderr goes where stdout goes
}

// Result is how a run ended.
type Result struct {
	Err            error // the program could not be started; nothing else is set
	ExitCode       int   // -1 unless the program ended by itself
	Signal         syscall.Signal
	TimedOut       bool
	Canceled       bool // the Runner's context ended first
	Stdout, Stderr Tail
	Duration       time.Duration
}

// Runner starts programs. One serves any number of concurrent runs.
type Runner struct {
	null   *os.File
	wake   [2]int // read end polled by every run, write end closed to stop them
	ctx    context.Context
	detach func() bool
	ended  <-chan struct{}
}

// NewRunner returns a Runner whose programs are stopped when ctx ends.
func NewRunner(ctx context.Context) (*Runner, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("stdin for programs: %w", err)
	}
	r := &Runner{null: null, ctx: ctx}
	if err := unix.Pipe2(r.wake[:], unix.O_CLOEXEC); err != nil {
		return nil, errors.Join(fmt.Errorf("wake-up pipe: %w", err), null.Close())
	}
	ended := make(chan struct{})
	r.ended = ended
	r.detach = context.AfterFunc(ctx, func() {
		unix.Close(r.wake[1])
		close(ended)
	})
	return r, nil
}

// Close releases the Runner after its last run has returned.
func (r *Runner) Close() error {
	if r.detach() {
		unix.Close(r.wake[1])
	} else {
		<-r.ended
	}
	unix.Close(r.wake[0])
	return r.null.Close()
}

// Run runs c until it ends, its timeout passes, or the Runner is stopped. When
// it returns, every process of c's group has been killed. A process that left the group
// and holds an output does not delay it; Reap ends such processes.
func (r *Runner) Run(c Command) Result {
	begin := time.Now()
	if r.ctx.Err() != nil {
		return Result{Canceled: true, ExitCode: -1}
	}
	p, err := r.start(c)
	if err != nil {
		return Result{Err: err, ExitCode: -1}
	}
	defer p.close()
	res := p.supervise(begin.Add(c.Timeout))
	res.Stdout, res.Stderr = p.out.tail, p.err.tail
	res.Duration = time.Since(begin)
	return res
}

// start starts c with its outputs on pipes.
func (r *Runner) start(c Command) (*running, error) {
	p := &running{wake: r.wake[0], pidfd: -1}
	var outW, errW int
	var err error
	if outW, err = p.out.open(c.Keep); err != nil {
		return nil, err
	}
	defer unix.Close(outW)
	p.err.fd = -1
	if errW = outW; !c.Merge {
		if errW, err = p.err.open(c.Keep); err != nil {
			p.close()
			return nil, err
		}
		defer unix.Close(errW)
	}
	p.pid, _, err = syscall.StartProcess(c.Path, append([]string{c.Path}, c.Args...), &syscall.ProcAttr{
		Dir:   c.Dir,
		Env:   c.Env,
		Files: []uintptr{r.null.Fd(), uintptr(outW), uintptr(errW)},
		Sys:   &syscall.SysProcAttr{Setsid: true, PidFD: &p.pidfd},
	})
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}
