// Package instance makes sure that a partition has one server at most, by a
// lock on its pid file. The number in that file is for people and scripts; it
// decides nothing, because numbers are recycled and files outlive their writers
// (contract/stack.md 1.7 and its list of five mended mistakes).
package instance

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrRunning means that a live server holds the pid file.
var ErrRunning = errors.New("already running")

// Instance is the right to be the partition's server.
type Instance struct {
	file *os.File
	path string
}

// Claim takes the pid file, or fails with ErrRunning. What the file holds does
// not matter. The number is written by Announce.
func Claim(path string) (*Instance, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("folder of the pid file: %w", err)
	}
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
		if err != nil {
			return nil, fmt.Errorf("pid file: %w", err)
		}
		if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
			defer f.Close()
			if errors.Is(err, unix.EWOULDBLOCK) {
				return nil, running(f)
			}
			return nil, fmt.Errorf("lock pid file %s: %w", path, err)
		}
		if isAt(f, path) {
			return &Instance{f, path}, nil
		}
		f.Close() // the one before us removed it between our open and our lock
	}
}

func running(f *os.File) error {
	text, _ := io.ReadAll(io.LimitReader(f, 32))
	if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		return fmt.Errorf("%w with pid %d", ErrRunning, pid)
	}
	return ErrRunning
}

// isAt reports whether f is still the file of that name.
func isAt(f *os.File, path string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}

// Announce writes the process's number, as soon as it listens. The file is
// overwritten and then cut, so that a reader never finds it empty.
func (i *Instance) Announce() error {
	text := strconv.Itoa(os.Getpid()) + "\n"
	if _, err := i.file.WriteAt([]byte(text), 0); err != nil {
		return fmt.Errorf("pid file: %w", err)
	}
	if err := i.file.Truncate(int64(len(text))); err != nil {
		return fmt.Errorf("pid file: %w", err)
	}
	return nil
}

// Release removes the file, if it is still ours, and gives up the lock.
func (i *Instance) Release() {
	if isAt(i.file, i.path) {
		os.Remove(i.path)
	}
	i.file.Close()
}
