package tree

import (
	"errors"
	"io"
	"io/fs"
	"time"

	"golang.org/x/sys/unix"
)

// Entry is a child of a folder.
type Entry struct {
	Name  string
	Size  int64
	MTime time.Time
	CTime time.Time
	Mode  fs.FileMode // of the child itself; ModeSymlink when it is a link
}

// Entries calls each for the children of an open folder in the folder's order,
// without opening them and without following links, until each returns false.
// What vanishes meanwhile is left out.
func (f *File) Entries(each func(Entry) bool) error {
	dir, err := f.Dir("folder")
	if err != nil {
		return err
	}
	defer dir.Close()
	for {
		batch, err := dir.ReadDir(512)
		for _, d := range batch {
			if Reserved(d.Name()) {
				continue
			}
			if e, ok := f.entry(d.Name()); ok && !each(e) {
				return nil
			}
		}
		switch {
		case errors.Is(err, io.EOF) || err == nil && len(batch) == 0:
			return nil
		case err != nil:
			return err
		}
	}
}

func (f *File) entry(name string) (Entry, bool) {
	var st unix.Stat_t
	if err := unix.Fstatat(f.fd, name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return Entry{}, false
	}
	return entryOf(name, &st), true
}

func entryOf(name string, st *unix.Stat_t) Entry {
	return Entry{Name: name, Size: st.Size, MTime: time.Unix(st.Mtim.Unix()), CTime: time.Unix(st.Ctim.Unix()), Mode: mode(st.Mode)}
}

// Readable is what a GET of the child of an open folder would find: links are
// followed; ok is false when a GET would refuse it.
func (t *Tree) Readable(f *File, e Entry) (Entry, bool) {
	if e.Mode&fs.ModeSymlink != 0 {
		return t.follow(f, e)
	}
	if !e.Mode.IsRegular() && !e.Mode.IsDir() {
		return e, false
	}
	return e, unix.Faccessat(f.fd, e.Name, unix.R_OK, unix.AT_EACCESS) == nil
}

func (t *Tree) follow(f *File, e Entry) (Entry, bool) {
	fd, err := t.openLinked(f.fd, e.Name)
	if err != nil {
		return e, false
	}
	target := File{fd: fd}
	defer target.Close()
	if err := target.stat(); err != nil || !target.Mode.IsRegular() && !target.Mode.IsDir() {
		return e, false
	}
	e.Size, e.MTime, e.Mode = target.Size, target.MTime, target.Mode
	return e, true
}
