package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// folderMode and fileMode are those of what clients make; who else is in the
// partition's group may read it (umask 027). secretMode is that of parameters:
// they hold passwords.
const (
	folderMode = 0o750
	fileMode   = 0o640
	secretMode = 0o600
)

// parent opens the folder that holds path, so that what follows acts in the
// folder that was checked, whatever links become meanwhile.
func (t *Tree) parent(path string) (folder *File, name string, err error) {
	folder, err = t.Open(filepath.Dir(path))
	if err != nil {
		return nil, "", err
	}
	if !folder.IsDir() {
		folder.Close()
		return nil, "", &fs.PathError{Op: "open", Path: path, Err: unix.ENOTDIR}
	}
	return folder, filepath.Base(path), nil
}

// Lstat describes what is at path itself, without following a last link.
func (t *Tree) Lstat(path string) (Entry, error) {
	folder, name, err := t.parent(path)
	if err != nil {
		return Entry{}, err
	}
	defer folder.Close()
	var st unix.Stat_t
	if err := unix.Fstatat(folder.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return Entry{}, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	return entryOf(name, &st), nil
}

// Mkdir makes one folder.
func (t *Tree) Mkdir(path string) error {
	folder, name, err := t.parent(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := unix.Mkdirat(folder.fd, name, folderMode); err != nil {
		return &fs.PathError{Op: "mkdir", Path: path, Err: err}
	}
	return nil
}

// Remove removes a file, a link (not what it leads to) or a folder with all that
// is in it. It walks through no link.
func (t *Tree) Remove(path string) error {
	folder, name, err := t.parent(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return os.RemoveAll("/proc/self/fd/" + strconv.Itoa(folder.fd) + "/" + name)
}

// Rename moves a file or folder. A file at the new path is replaced at once; a
// folder there is removed first.
func (t *Tree) Rename(from, to string) error {
	source, name, err := t.parent(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, newName, err := t.parent(to)
	if err != nil {
		return err
	}
	defer target.Close()
	err = unix.Renameat(source.fd, name, target.fd, newName)
	if errors.Is(err, unix.EISDIR) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.EEXIST) {
		if err = t.Remove(to); err == nil {
			err = unix.Renameat(source.fd, name, target.fd, newName)
		}
	}
	if err != nil {
		return &fs.PathError{Op: "rename", Path: from, Err: err}
	}
	return errors.Join(unix.Fsync(target.fd), unix.Fsync(source.fd))
}
