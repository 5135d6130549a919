package check

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"slapmonitor/pkg/python"
)

// errnoText is err as Python shows an OSError: [Errno 2] No such file or
// directory. Other errors are shown as they are.
func errnoText(err error) string {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return err.Error()
	}
	text := no.Error()
	return fmt.Sprintf("[Errno %d] %s", int(no), strings.ToUpper(text[:1])+text[1:])
}

// errnoClass is the name of Python's exception for err.
func errnoClass(err error) string {
	var no syscall.Errno
	errors.As(err, &no)
	switch no {
	case syscall.ECONNREFUSED:
		return "ConnectionRefusedError"
	case syscall.ECONNRESET:
		return "ConnectionResetError"
	case syscall.ENOENT:
		return "FileNotFoundError"
	case syscall.EACCES, syscall.EPERM:
		return "PermissionError"
	case syscall.EISDIR:
		return "IsADirectoryError"
	case syscall.ENOTDIR:
		return "NotADirectoryError"
	case syscall.ETIMEDOUT:
		return "TimeoutError"
	}
	return "OSError"
}

// errorRepr is err as Python's repr shows it, IsADirectoryError(21, 'Is a directory').
func errorRepr(err error) string {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return fmt.Sprintf("OSError(%s)", python.Repr(err.Error()))
	}
	text := no.Error()
	return fmt.Sprintf("%s(%d, %s)", errnoClass(err), int(no), python.Repr(strings.ToUpper(text[:1])+text[1:]))
}

// fileErrorText is err as Python shows it for a file: with the quoted name.
func fileErrorText(err error, path string) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return errnoText(err) + ": " + python.Repr(path)
	}
	return err.Error()
}
