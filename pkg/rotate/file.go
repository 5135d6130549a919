// Package rotate owns log files that never outgrow a bound: a full file is
// kept once, as NAME.1, and a new one begun.
//
// It must not know who writes, nor what.
package rotate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// A File is an append-only log. It notices when something else (logrotate, an
// admin) moves or truncates the file.
type File struct {
	path  string
	limit int64

	mu   sync.Mutex
	file *os.File // nil after a failure to open; the next write tries again
}

// Mode is that of every log: private to the owner and the partition's group.
const Mode fs.FileMode = 0o640

// Open opens or makes the log at path, whose folder exists. It and its
// predecessor take up to limit bytes each.
func Open(path string, limit int64) (*File, error) {
	f := &File{path: path, limit: limit}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f, f.open()
}

func (f *File) open() error {
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|unix.O_NOFOLLOW, Mode)
	if err != nil {
		return fmt.Errorf("open log %s: %w", f.path, err)
	}
	if st, err := file.Stat(); err == nil && st.Size() == 0 {
		_ = file.Chmod(Mode) // whatever the umask; another owner's file stays as it is
	}
	f.file = file
	return nil
}

// Write appends p, whole, to one file.
func (f *File) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.prepare(int64(len(p))); err != nil {
		return 0, err
	}
	return f.file.Write(p)
}

// prepare makes f.file the file at path with room for size more bytes.
func (f *File) prepare(size int64) error {
	if f.file == nil {
		return f.open()
	}
	now, err := os.Stat(f.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at log %s: %w", f.path, err)
	}
	if err == nil {
		mine, err := f.file.Stat()
		if err != nil {
			return fmt.Errorf("look at log %s: %w", f.path, err)
		}
		same := os.SameFile(now, mine)
		if same && (now.Size() == 0 || now.Size()+size <= f.limit) {
			return nil
		}
		if same {
			if err := os.Rename(f.path, f.path+".1"); err != nil {
				return fmt.Errorf("keep the full log %s: %w", f.path, err)
			}
		}
	}
	_ = f.file.Close() // nothing is buffered
	f.file = nil
	return f.open()
}

// Close closes the file; a later write would open it again.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}
