package tree

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ErrOutside means that a path leads out of what may be served, or to something
// that is neither a file nor a folder. It is an fs.ErrPermission.
var ErrOutside = &outside{}

type outside struct{}

func (*outside) Error() string        { return "leads to something that is not served" }
func (*outside) Is(target error) bool { return target == fs.ErrPermission }

// File is an opened file or folder of a tree. It is a bare descriptor: files are
// opened and closed once per request, and an os.File costs more than both.
type File struct {
	fd    int
	Size  int64
	MTime time.Time
	CTime time.Time
	Mode  fs.FileMode
}

// Entry describes the file as its parent's entry of that name would.
func (f *File) Entry(name string) Entry {
	return Entry{Name: name, Size: f.Size, MTime: f.MTime, CTime: f.CTime, Mode: f.Mode}
}

// IsDir reports whether f is a folder.
func (f *File) IsDir() bool { return f.Mode.IsDir() }

// Open opens what path names for reading. It never waits: a FIFO or a socket is
// refused like everything that is not a regular file or a folder.
func (t *Tree) Open(path string) (*File, error) {
	fd, err := t.open(path)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	f := &File{fd: fd}
	if err = f.stat(); err == nil && !f.Mode.IsRegular() && !f.Mode.IsDir() {
		err = ErrOutside
	}
	if err != nil {
		unix.Close(fd)
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return f, nil
}

// flags of every open: none waits, none is inherited.
const flags = unix.O_RDONLY | unix.O_NONBLOCK | unix.O_CLOEXEC | unix.O_NOCTTY

// open opens path and makes sure that what was opened may be served. When the
// kernel says that there is no link on the way, the path says where it lies; the
// detour through /proc takes a tenth of a small request.
func (t *Tree) open(path string) (int, error) {
	if t.Roots.contain(path) {
		fd, err := unix.Openat2(unix.AT_FDCWD, path, &unix.OpenHow{Flags: flags, Resolve: unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS})
		switch err {
		case nil, unix.ENOENT, unix.ENOTDIR, unix.EACCES, unix.ENAMETOOLONG:
			return fd, err
		}
	}
	return t.openLinked(unix.AT_FDCWD, path)
}

// openLinked opens a path in a folder, whatever links are on the way.
func (t *Tree) openLinked(folder int, path string) (int, error) {
	fd, err := unix.Openat(folder, path, flags, 0)
	for err == unix.EINTR {
		fd, err = unix.Openat(folder, path, flags, 0)
	}
	if err == unix.ENXIO || err == unix.ENODEV { // a socket, or a device without a driver
		return -1, ErrOutside
	}
	if err != nil {
		return -1, err
	}
	var buffer [1024]byte
	n, err := unix.Readlink("/proc/self/fd/"+strconv.Itoa(fd), buffer[:])
	if err != nil || n == len(buffer) || !t.Roots.Allow(string(buffer[:n])) {
		unix.Close(fd)
		return -1, ErrOutside
	}
	return fd, nil
}

func (f *File) stat() error {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return err
	}
	f.Size, f.MTime, f.CTime, f.Mode = st.Size, time.Unix(st.Mtim.Unix()), time.Unix(st.Ctim.Unix()), mode(st.Mode)
	return nil
}

func mode(m uint32) fs.FileMode {
	out := fs.FileMode(m & 0o777)
	switch m & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		out |= fs.ModeDir
	case unix.S_IFLNK:
		out |= fs.ModeSymlink
	default:
		out |= fs.ModeIrregular
	}
	return out
}

// ReadAt implements io.ReaderAt.
func (f *File) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		got, err := unix.Pread(f.fd, p[n:], off+int64(n))
		switch {
		case err == unix.EINTR:
		case err != nil:
			return n, err
		case got == 0:
			return n, io.EOF
		default:
			n += got
		}
	}
	return n, nil
}

// Close closes the file.
func (f *File) Close() error { return unix.Close(f.fd) }

// Dir gives the folder as an os.File, for its entries. It has its own
// descriptor; the caller closes it.
func (f *File) Dir(name string) (*os.File, error) {
	fd, err := unix.FcntlInt(uintptr(f.fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

// IsMissing reports whether err says that there is nothing of that name: also
// below a file, and with a name that no file system could hold.
func IsMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG)
}
