package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Command is a program to start.
type Command struct {
	Path string   // of the program, absolute
	Args []string // without the program's name
	Dir  string   // working directory
	Env  []string // whole environment
	// Output receives what the program and all it starts print, both streams,
	// from one goroutine, and is closed when none of them can print any more.
	// Its errors are ignored: a full disk must not stop a program that prints.
	// When Start fails it is left to the caller.
	Output io.WriteCloser
}

// A Child is a program that was started.
type Child struct {
	PID     int // also the id of its session and process group
	family  *Family
	number  int // programs started before it
	started time.Time
	exit    Exit          // valid when done is closed
	done    chan struct{} // the program itself ended
	drained chan struct{} // nobody holds its output any more
	output  *os.File
}

// An Exit is how a program ended.
type Exit struct {
	Status syscall.WaitStatus
	After  time.Duration // since its start
}

// OK is true for a program that ended by itself with status 0.
func (e Exit) OK() bool { return e.Status.Exited() && e.Status.ExitStatus() == 0 }

func (e Exit) String() string {
	switch {
	case e.Status.Exited():
		return fmt.Sprintf("exit status %d", e.Status.ExitStatus())
	case e.Status.Signaled():
		return "killed by " + unix.SignalName(e.Status.Signal())
	}
	return fmt.Sprintf("wait status %#x", uint32(e.Status))
}

// Start starts a program with /dev/null as input, in a session of its own. The
// program gets SIGTERM should this process die without a chance to stop it.
func (f *Family) Start(c Command) (*Child, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Path, err)
	}
	defer w.Close()
	child, err := f.ask(c, w)
	for try := 0; errors.Is(err, unix.ETXTBSY) && try < busyTries; try++ {
		time.Sleep(busyPause)
		child, err = f.ask(c, w)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	child.output = r
	go child.drain(c.Output)
	return child, nil
}

// A program file that was just written may still be open in a process that is
// being forked somewhere; that passes within milliseconds.
const (
	busyTries = 20
	busyPause = 10 * time.Millisecond
)

func (f *Family) ask(c Command, output *os.File) (*Child, error) {
	r := request{command: c, output: output, reply: make(chan answer, 1)}
	select {
	case f.requests <- r:
	case <-f.done:
		return nil, ErrClosed
	}
	a := <-r.reply
	return a.child, a.err
}

// fork starts and registers the program; the lock keeps a program that ends at
// once from being reaped before it is known.
func (f *Family) fork(r request) (*Child, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, ErrClosed
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", r.command.Path, err)
	}
	defer null.Close()
	p, err := os.StartProcess(r.command.Path, append([]string{r.command.Path}, r.command.Args...), &os.ProcAttr{
		Dir:   r.command.Dir,
		Env:   r.command.Env,
		Files: []*os.File{null, r.output, r.output},
		Sys:   &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM},
	})
	if err != nil {
		return nil, refusal(r.command, err)
	}
	f.started++
	c := &Child{PID: p.Pid, family: f, number: f.started, started: time.Now(), done: make(chan struct{}), drained: make(chan struct{})}
	f.children[c.PID] = c
	return c, p.Release()
}

// refusal says why the kernel would not run a program.
func refusal(c Command, err error) error {
	switch {
	case errors.Is(err, unix.ENOEXEC):
		return fmt.Errorf("cannot run %s: it is neither a program for this machine nor a script with a #! line", c.Path)
	case errors.Is(err, unix.ENOENT) && exists(c.Dir) && exists(c.Path):
		return fmt.Errorf("cannot run %s: the interpreter that its #! line names does not exist", c.Path)
	case errors.Is(err, unix.ENOENT) && !exists(c.Dir):
		return fmt.Errorf("cannot run %s: its working directory %s does not exist", c.Path, c.Dir)
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("cannot run %s: permission denied (it, its interpreter or its file system is not executable)", c.Path)
	}
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("cannot run %s: %w", c.Path, err)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (c *Child) drain(to io.WriteCloser) {
	defer close(c.drained)
	defer c.output.Close()
	defer to.Close()
	buffer := make([]byte, 4096)
	for {
		n, err := c.output.Read(buffer)
		if n > 0 {
			_, _ = to.Write(buffer[:n])
		}
		if err != nil {
			return
		}
	}
}

// over records the program's end; the family's lock is held.
func (c *Child) over(status syscall.WaitStatus) {
	delete(c.family.children, c.PID)
	c.exit = Exit{Status: status, After: time.Since(c.started)}
	close(c.done)
}

// Done is closed when the program itself has ended. What it left in the
// background may still run.
func (c *Child) Done() <-chan struct{} { return c.done }

// outputLag bounds how long Wait stays for output that is still in the pipe: a
// program in the background may hold it for ever.
const outputLag = time.Second

// Wait waits until the program has ended and its output was passed on.
func (c *Child) Wait() Exit {
	<-c.done
	late := time.NewTimer(outputLag)
	defer late.Stop()
	select {
	case <-c.drained:
	case <-late.C:
	}
	return c.exit
}

// Stop ends the program and all that shares its session: SIGTERM, then SIGKILL
// to what is left after grace or when ctx ends. An error names processes that
// even SIGKILL did not end.
func (c *Child) Stop(ctx context.Context, grace time.Duration) error {
	if c.forgotten() {
		return nil
	}
	left := c.family.end(ctx, grace, func(r relative) bool { return r.session == c.PID })
	if len(left) > 0 {
		return fmt.Errorf("processes %v did not end, not even when killed", left)
	}
	return nil
}

// forgotten is true when the session is empty for certain: its id already
// belongs to a later program.
func (c *Child) forgotten() bool {
	c.family.mu.Lock()
	defer c.family.mu.Unlock()
	now := c.family.children[c.PID]
	return now != nil && now != c
}
