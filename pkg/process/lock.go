package process

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// A Lock is the exclusive use of a folder by one process. It ends with the
// process at the latest.
type Lock struct{ dir *os.File }

// A HeldError says that another process has the lock.
type HeldError struct {
	Dir string
	PID string // "" when it cannot be known
}

func (e *HeldError) Error() string {
	if e.PID == "" {
		return "another process already looks after " + e.Dir
	}
	return fmt.Sprintf("process %s already looks after %s", e.PID, e.Dir)
}

// Exclusive takes the lock of a folder that exists, or fails at once with a
// *HeldError. The folder's content does not change: it is locked itself.
func Exclusive(dir string) (*Lock, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	err = unix.Flock(int(d.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return &Lock{d}, nil
	}
	defer d.Close()
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, &HeldError{dir, holder(d)}
	}
	return nil, fmt.Errorf("lock %s: %w", dir, err)
}

// Release gives the folder back.
func (l *Lock) Release() error { return l.dir.Close() }

// holder finds who has locked the folder in the kernel's list of locks, whose
// lines are "N: FLOCK ADVISORY WRITE PID MAJOR:MINOR:INODE START END".
func holder(d *os.File) string {
	var st unix.Stat_t
	locks, err := os.Open("/proc/locks")
	if err != nil || unix.Fstat(int(d.Fd()), &st) != nil {
		return ""
	}
	defer locks.Close()
	file := fmt.Sprintf("%02x:%02x:%d", unix.Major(st.Dev), unix.Minor(st.Dev), st.Ino)
	for lines := bufio.NewScanner(locks); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) >= 6 && f[1] == "FLOCK" && f[5] == file {
			return f[4]
		}
	}
	return ""
}
