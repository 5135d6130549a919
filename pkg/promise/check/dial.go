package check

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// dial opens a connection to a socket address and closes it at once. The bare
// system calls take half the CPU time of net.Dialer, and a node makes this
// check more often than any other.
func dial(ctx context.Context, family int, address unix.Sockaddr) error {
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	switch err := unix.Connect(fd, address); err {
	case unix.EINPROGRESS, unix.EINTR:
	case unix.EAGAIN: // a UNIX socket whose queue is full
		return errBusySocket
	default:
		return err
	}
	for {
		wait := 100 * time.Millisecond // to notice that the pass was stopped
		if end, ok := ctx.Deadline(); ok {
			wait = min(wait, max(0, time.Until(end)))
		}
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		n, err := unix.Poll(fds, int(wait/time.Millisecond))
		switch {
		case n > 0:
			no, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
			if err == nil && no != 0 {
				err = unix.Errno(no)
			}
			return err
		case err != nil && err != unix.EINTR:
			return err
		case ctx.Err() != nil, wait <= 0:
			return context.DeadlineExceeded
		}
	}
}

var errBusySocket = errors.New("the socket's queue of connections is full")

func dialTCP(ctx context.Context, a netip.Addr, port uint16) error {
	if a.Is4() {
		return dial(ctx, unix.AF_INET, &unix.SockaddrInet4{Port: int(port), Addr: a.As4()})
	}
	return dial(ctx, unix.AF_INET6, &unix.SockaddrInet6{Port: int(port), Addr: a.As16(), ZoneId: zoneID(a.Zone())})
}

func dialUNIX(ctx context.Context, path string) error {
	return dial(ctx, unix.AF_UNIX, &unix.SockaddrUnix{Name: path})
}
