// Package logfile writes the server's logs: buffered, rotated when they grow
// too big, reopened on request, and never with anything that a client must not
// see again, such as credentials. It must not know what is logged.
package logfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

const (
	maxSize  = 32 << 20 // of one file; logrotate normally comes first
	keep     = 3        // old files: name.1 is the latest
	maxDelay = time.Second
	bufSize  = 8 << 10
)

// File is a log. Its Write is safe for concurrent use and does not wait for the
// disk; lines appear there after a second at most.
type File struct {
	path  string
	limit int64

	mu      sync.Mutex
	file    *os.File
	size    int64
	buffer  []byte
	pending bool // a flush is due
	closed  bool
}

// Open appends to the log at path, whose folder it makes if need be.
func Open(path string) (*File, error) {
	f := &File{path: path, limit: maxSize, buffer: make([]byte, 0, bufSize)}
	if err := f.open(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) open() error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o750); err != nil {
		return fmt.Errorf("folder of log %s: %w", f.path, err)
	}
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	st, err := file.Stat()
	if err != nil {
		file.Close()
		return fmt.Errorf("log: %w", err)
	}
	f.file, f.size = file, st.Size()
	return nil
}

// Write adds one line or several whole ones.
func (f *File) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return 0, os.ErrClosed
	}
	if len(f.buffer)+len(line) > bufSize {
		f.flush()
	}
	f.buffer = append(f.buffer, line...)
	if !f.pending {
		f.pending = true
		time.AfterFunc(maxDelay, f.Flush)
	}
	return len(line), nil
}

// Flush writes what is buffered.
func (f *File) Flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = false
	if !f.closed {
		f.flush()
	}
}

// flush loses lines rather than the server when the disk is full.
func (f *File) flush() {
	if f.size > 0 && f.size+int64(len(f.buffer)) > f.limit {
		f.rotate()
	}
	n, _ := f.file.Write(f.buffer)
	f.size += int64(n)
	f.buffer = f.buffer[:0]
	if cap(f.buffer) > 2*bufSize {
		f.buffer = make([]byte, 0, bufSize)
	}
}

func (f *File) rotate() {
	for n := keep - 1; n > 0; n-- {
		os.Rename(f.path+"."+strconv.Itoa(n), f.path+"."+strconv.Itoa(n+1))
	}
	if err := os.Rename(f.path, f.path+".1"); err != nil {
		f.limit += maxSize // not allowed to: try again much later
		return
	}
	old := f.file
	if f.open() == nil {
		old.Close()
	}
}

// Reopen goes on in a new file, after logrotate moved the old one away, or
// somebody its folder.
func (f *File) Reopen() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return os.ErrClosed
	}
	f.flush()
	old := f.file
	if err := f.open(); err != nil {
		return err
	}
	return old.Close()
}

// Close writes what is buffered and closes the log.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.flush()
	f.closed = true
	return f.file.Close()
}
