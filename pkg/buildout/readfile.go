package buildout

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"slapmonitor/pkg/python"
)

// readFile reads a profile; name is how messages call it. Failures carry the
// class and sentence of Python's OSError.
func readFile(path, name string) ([]byte, error) {
	// Opening must not wait for the other end of a named pipe.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, osError(err, name)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, osError(err, name)
	}
	if info.IsDir() {
		return nil, osError(syscall.EISDIR, name)
	}
	if !info.Mode().IsRegular() {
		return nil, errorf(OSError, "%s is not a regular file; a profile must be one", name)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, osError(err, name)
	}
	if len(data) > maxFile {
		return nil, errorf(UserError, "%s is larger than %d MiB, which no profile is", name, maxFile>>20)
	}
	return data, nil
}

func osError(err error, name string) *Error {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return &Error{Class: OSError, Message: fmt.Sprintf("%s: %s", err, python.Repr(name)), Cause: err}
	}
	class := OSError
	switch errno {
	case syscall.ENOENT:
		class = FileNotFoundError
	case syscall.EISDIR:
		class = IsADirectoryError
	case syscall.ENOTDIR:
		class = NotADirectoryError
	case syscall.EACCES:
		class = PermissionError
	}
	return &Error{Class: class, Cause: err,
		Message: fmt.Sprintf("[Errno %d] %s: %s", int(errno), capitalize(errno.Error()), python.Repr(name))}
}
