package document

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// File is a document to be written.
type File struct {
	Path string
	Data []byte
	Mode fs.FileMode
}

// batchSize is from how many documents on one sync of the file system is
// cheaper than one of each file: half the CPU time for 500 of them.
const batchSize = 16

// WriteAll replaces many documents, each as whole as with Write, but without
// looking whether they change. The result has an error or nil for each file.
func WriteAll(files []File) []error {
	errs := make([]error, len(files))
	if len(files) < batchSize {
		for i, f := range files {
			_, errs[i] = Write(f.Path, f.Data, f.Mode)
		}
		return errs
	}
	for i, f := range files {
		errs[i] = f.writeTemporary()
	}
	synced := syncFolders(files)
	for i, f := range files {
		if errs[i] != nil {
			continue
		}
		if errs[i] = synced[filepath.Dir(f.Path)]; errs[i] == nil {
			errs[i] = os.Rename(f.temporary(), f.Path)
		}
		if errs[i] != nil {
			errs[i] = fmt.Errorf("write document %s: %w", f.Path, errors.Join(errs[i], os.Remove(f.temporary())))
		}
	}
	return errs
}

// temporary is a name that RemoveLeftovers knows. It is always the same one: a
// document has one writer, and what a killed one left is overwritten.
func (f File) temporary() string {
	return filepath.Join(filepath.Dir(f.Path), "."+filepath.Base(f.Path)+"0")
}

func (f File) writeTemporary() error {
	name := f.temporary()
	fd, err := unix.Open(name, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_NOFOLLOW|unix.O_CLOEXEC, uint32(f.Mode))
	if err != nil {
		return fmt.Errorf("write document %s: %w", f.Path, err)
	}
	n, err := unix.Write(fd, f.Data)
	if err == nil && n < len(f.Data) {
		err = unix.ENOSPC
	}
	err = errors.Join(err, unix.Fchmod(fd, uint32(f.Mode)), unix.Close(fd))
	if err != nil {
		return fmt.Errorf("write document %s: %w", f.Path, errors.Join(err, os.Remove(name)))
	}
	return nil
}

// syncFolders brings the file systems of all files to disk; the result says
// for each folder what went wrong.
func syncFolders(files []File) map[string]error {
	devices := map[uint64]error{}
	folders := map[string]error{}
	for _, f := range files {
		dir := filepath.Dir(f.Path)
		if _, known := folders[dir]; !known {
			folders[dir] = syncFolder(dir, devices)
		}
	}
	return folders
}

func syncFolder(dir string, done map[uint64]error) error {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fmt.Errorf("sync %s: %w", dir, err)
	}
	err, known := done[uint64(st.Dev)]
	if !known {
		if err = unix.Syncfs(fd); err != nil {
			err = fmt.Errorf("sync %s: %w", dir, err)
		}
		done[uint64(st.Dev)] = err
	}
	return err
}
