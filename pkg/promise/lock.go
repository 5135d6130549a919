package promise

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// ErrBusy tells that another process holds the lock.
var ErrBusy = errors.New("another run is in progress")

// lock is a flock on a file. The kernel gives it back when the holder dies, so
// no pid has to be believed. The file's content is the mark of the processes
// that the holder starts: a holder that ends in order empties it.
type lock struct {
	file *os.File
	left string // mark of a holder that was killed, "" if it ended in order
}

// lockWait is how long a lock may stay held after its holder was killed: by a
// child of it that was between fork and exec.
const lockWait = 300 * time.Millisecond

// acquire takes the lock at path; ErrBusy if it is held for longer than lockWait.
func acquire(path string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	for end := time.Now().Add(lockWait); err == unix.EWOULDBLOCK && time.Now().Before(end); {
		time.Sleep(lockWait / 20)
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err != nil {
		f.Close()
		if err == unix.EWOULDBLOCK {
			return nil, ErrBusy
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	left, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &lock{file: f, left: string(left)}, nil
}

// mark writes down how the processes of this holder can be found.
func (l *lock) mark(mark string) error {
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("mark lock: %w", err)
	}
	if _, err := l.file.WriteAt([]byte(mark), 0); err != nil {
		return fmt.Errorf("mark lock: %w", err)
	}
	return nil
}

// release empties the file and gives the lock back.
func (l *lock) release() error {
	return errors.Join(l.file.Truncate(0), l.file.Close())
}
