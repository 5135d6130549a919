package document

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Exchange writes documents that change at every pass. Each has two files, the
// document and a spare one: the spare is written, and then the two change places
// in one step. Making and deleting a file each time costs ten times as much on
// ext4, which looks for inodes that were not deleted lately. Nothing is synced: a
// power cut may damage what the first pass after it writes anew, and what must
// outlive one, histories and states, is written by Write.
type Exchange struct {
	Folder string // of the spares; on the documents' file system, not served
}

const (
	// settle is how long the previous content of a document stays as it is
	// after the exchange: whoever opened the document before has read it.
	settle = 5 * time.Second
	// maxExchanged is the largest document that every reader is sure to read
	// faster than that, in one or two system calls.
	maxExchanged = 16 << 10
)

// WriteAll replaces documents; a reader sees the old one or the new one, whole.
// The result has an error or nil for each file.
func (x Exchange) WriteAll(files []File) []error {
	if err := os.MkdirAll(x.Folder, 0o750); err != nil {
		return []error{fmt.Errorf("folder of spare documents: %w", err)}
	}
	return each(files, x.write)
}

// Remove deletes the document at path and its spare; a missing one is no error.
func (x Exchange) Remove(path string) error {
	var errs []error
	for _, p := range []string{path, x.spare(path)} {
		if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (x Exchange) spare(path string) string { return filepath.Join(x.Folder, filepath.Base(path)) }

func (x Exchange) write(f File) error {
	spare := x.spare(f.Path)
	if len(f.Data) > maxExchanged {
		return replace(f.Path, f.Data, f.Mode)
	}
	switch err := fill(spare, f); err {
	case nil:
	case errUnusable:
		return replace(f.Path, f.Data, f.Mode)
	default:
		return err
	}
	err := unix.Renameat2(unix.AT_FDCWD, spare, unix.AT_FDCWD, f.Path, unix.RENAME_EXCHANGE)
	if err == unix.ENOENT { // the first time
		err = unix.Rename(spare, f.Path)
	}
	if err != nil { // another file system, or one that cannot exchange
		return errors.Join(replace(f.Path, f.Data, f.Mode), os.Remove(spare))
	}
	return nil
}

// errUnusable tells that the spare file must not be written to.
var errUnusable = errors.New("spare file cannot be used")

// fill makes the spare file hold f.
func fill(spare string, f File) error {
	fd, err := unix.Open(spare, unix.O_WRONLY|unix.O_CREAT|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, uint32(f.Mode))
	if err != nil {
		return errUnusable
	}
	err = fillOpen(fd, f)
	if closing := unix.Close(fd); err == nil {
		err = closing
	}
	return err
}

func fillOpen(fd int, f File) error {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	fresh := time.Since(time.Unix(st.Ctim.Unix())) < settle
	if st.Mode&unix.S_IFMT != unix.S_IFREG || st.Nlink != 1 || fresh && st.Size > 0 || st.Size > maxExchanged {
		return errUnusable
	}
	if st.Mode&0o7777 != uint32(f.Mode) {
		if err := unix.Fchmod(fd, uint32(f.Mode)); err != nil {
			return err
		}
	}
	if n, err := unix.Write(fd, f.Data); err != nil || n < len(f.Data) {
		return errors.Join(err, fmt.Errorf("%d of %d bytes written", n, len(f.Data)))
	}
	if st.Size > int64(len(f.Data)) {
		if err := unix.Ftruncate(fd, int64(len(f.Data))); err != nil {
			return err
		}
	}
	return nil
}
