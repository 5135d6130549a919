package process

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// running is a started program. One goroutine polls its outputs, its end and
// the wake-up pipe in a single system call.
type running struct {
	pid   int
	pidfd int      // -1 on kernels before 5.4, which are asked in short intervals
	file  *os.File // of the pidfd, while the runtime's poller knows it
	wake  int
	out   output
	err   output
}

// blind is the interval of asking whether a program ended where there is no
// pidfd to wait on.
const blind = 20 * time.Millisecond

// patience is how long outputs are left in their pipes: most programs end
// before that, and reading once behind them is cheaper than at each line.
const patience = 30 * time.Millisecond

func (p *running) close() {
	p.out.close()
	p.err.close()
	switch {
	case p.file != nil:
		p.file.Close()
	case p.pidfd >= 0:
		unix.Close(p.pidfd)
	}
}

// supervise follows the program to its end, by itself or by force.
func (p *running) supervise(deadline time.Time) (res Result) {
	how := ended
	if !p.endsSoon() {
		how = p.follow(deadline, true)
	}
	switch how {
	case ended:
	case late:
		res.TimedOut = true
		p.stop()
	case woken:
		res.Canceled = true
		p.stop()
	}
	// The leader still has its process number, so the group cannot be another's.
	unix.Kill(-p.pid, unix.SIGKILL)
	var status unix.WaitStatus
	res.ExitCode = -1
	if (res.TimedOut || res.Canceled) && !p.ended() && p.follow(time.Now().Add(reapWait), false) != ended {
		return res
	}
	for {
		_, err := unix.Wait4(p.pid, &status, 0, nil)
		if err == unix.EINTR {
			continue
		}
		break
	}
	p.out.drain()
	p.err.drain()
	if status.Signaled() {
		res.Signal = status.Signal()
	} else if !res.TimedOut && !res.Canceled {
		res.ExitCode = status.ExitStatus()
	}
	return res
}

// endsSoon waits for the program to end within patience. The runtime's poller
// does the waiting, which takes no thread: most programs end here, and a thread
// that sleeps in a system call of its own for each costs more than the rest.
func (p *running) endsSoon() bool {
	if p.pidfd < 0 || unix.SetNonblock(p.pidfd, true) != nil {
		return false
	}
	p.file = os.NewFile(uintptr(p.pidfd), "pidfd")
	c, err := p.file.SyscallConn()
	if err != nil || p.file.SetReadDeadline(time.Now().Add(patience)) != nil {
		return false
	}
	return c.Read(func(uintptr) bool { return p.ended() }) == nil
}

// stop asks the group to end and gives it Grace to do so.
func (p *running) stop() {
	unix.Kill(-p.pid, unix.SIGTERM)
	p.follow(time.Now().Add(Grace), false)
}

type event int

const (
	ended event = iota // the program is gone, not yet reaped
	late               // the deadline passed
	woken              // the Runner was stopped
)

// follow keeps the outputs flowing until the program ends, the deadline passes
// or, with wakeable, the Runner is stopped.
func (p *running) follow(deadline time.Time, wakeable bool) event {
	fds := []unix.PollFd{
		{Fd: int32(p.pidfd), Events: unix.POLLIN},
		{Fd: int32(p.wake), Events: unix.POLLIN},
		{Fd: int32(p.out.fd), Events: unix.POLLIN},
		{Fd: int32(p.err.fd), Events: unix.POLLIN},
	}
	if !wakeable {
		fds[1].Fd = -1
	}
	for {
		left := time.Until(deadline)
		if left <= 0 {
			return late
		}
		if p.pidfd < 0 {
			left = min(left, blind)
		}
		// One more millisecond: poll rounds down, and 0 would spin.
		if _, err := unix.Poll(fds, int(left/time.Millisecond)+1); err != nil && err != unix.EINTR {
			return late
		}
		switch {
		case fds[0].Revents != 0, p.pidfd < 0 && p.ended():
			return ended
		case fds[1].Revents != 0:
			return woken
		}
		for i, o := range []*output{&p.out, &p.err} {
			if fds[2+i].Revents != 0 && !o.read() {
				fds[2+i].Fd = -1
			}
		}
	}
}

// ended tells whether the program is a zombie, and leaves it one.
func (p *running) ended() bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, p.pid, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
	return err != nil || info.Signo == int32(syscall.SIGCHLD)
}
