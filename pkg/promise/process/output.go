package process

import (
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

// output is the read end of a pipe that a program writes to.
type output struct {
	fd   int
	tail Tail
}

// open makes the pipe and returns its write end, for the program.
func (o *output) open(keep int) (write int, err error) {
	var fds [2]int
	o.fd = -1
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		return -1, fmt.Errorf("pipe for output: %w", err)
	}
	o.fd, o.tail.limit = fds[0], keep
	return fds[1], nil
}

func (o *output) close() {
	if o.fd >= 0 {
		unix.Close(o.fd)
		o.fd = -1
	}
}

// buffers hold a pipe's content each.
var buffers = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// read takes what poll said is there; false at the end of the output.
func (o *output) read() bool {
	buf := buffers.Get().(*[64 << 10]byte)
	defer buffers.Put(buf)
	n, err := unix.Read(o.fd, buf[:])
	if n > 0 {
		o.tail.add(buf[:n])
	}
	return n > 0 || err == unix.EINTR || err == unix.EAGAIN
}

// pipeful is more than a pipe holds: what an ended program has left in it. A
// process that escaped and goes on writing is not listened to for longer.
const pipeful = 1 << 20

// drain takes what is in the pipe without waiting for its other holders.
func (o *output) drain() {
	for from := o.tail.Total; o.fd >= 0 && o.tail.Total-from < pipeful; {
		n, err := unix.IoctlGetInt(o.fd, unix.TIOCINQ)
		if err != nil || n == 0 || !o.read() {
			return
		}
	}
}

// Tail is the end of an output.
type Tail struct {
	Data  []byte // the last bytes, at most as many as were to be kept
	Total int64  // bytes written
	limit int
}

// add appends p, forgetting the oldest bytes beyond the limit.
func (t *Tail) add(p []byte) {
	t.Total += int64(len(p))
	if len(p) >= t.limit {
		t.Data = append(t.Data[:0], p[len(p)-t.limit:]...)
		return
	}
	if over := len(t.Data) + len(p) - t.limit; over > 0 {
		t.Data = t.Data[:copy(t.Data, t.Data[over:])]
	}
	t.Data = append(t.Data, p...)
}
