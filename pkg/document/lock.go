package document

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// ErrLocked is the error of Lock when somebody else kept the lock.
var ErrLocked = errors.New("somebody else is at work")

// Lock takes the lock file at path for one writer of documents and waits for
// another one to finish, at most wait. One after the other, writers lose
// nothing of what they add to a document. The kernel lets go of the lock when
// its holder dies, however it dies.
func Lock(ctx context.Context, path string, wait time.Duration) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, SecretMode)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			_ = f.Close()
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, fmt.Errorf("lock %s, which was held for %s: %w", path, wait, ErrLocked)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
