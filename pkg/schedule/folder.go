package schedule

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// sizeLimit bounds a cron file; real ones have one line.
const sizeLimit = 1 << 20

// A folder is etc/cron.d as it was last read.
type folder struct {
	path string
	say  func(name, format string, args ...any) // complains, by file

	files map[string]file
	fault string // why the folder itself could not be read, as last said
}

type file struct {
	identity identity
	jobs     []*job
}

// An identity changes when a file is replaced, edited or given away.
type identity struct {
	device, inode uint64
	size          int64
	modified      time.Time
	changed       syscall.Timespec
}

// reread makes files what the folder holds now. A line that was there before
// stays the same job, so that it neither overlaps itself nor runs twice.
func (f *folder) reread() {
	entries, err := os.ReadDir(f.path)
	fault := ""
	if err != nil {
		fault = err.Error()
	}
	if fault != "" && fault != f.fault {
		f.say("", "nothing is run: %s", fault)
	}
	f.fault = fault
	now := map[string]file{}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") {
			continue
		}
		if read, ok := f.look(name); ok {
			now[name] = read
		}
	}
	f.files = now
}

// look reads a file unless it is as it was.
func (f *folder) look(name string) (file, bool) {
	path := filepath.Join(f.path, name)
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return file{}, false // it vanished just now, or is none of ours
	}
	st := info.Sys().(*syscall.Stat_t)
	id := identity{st.Dev, st.Ino, st.Size, info.ModTime(), st.Ctim}
	old, known := f.files[name]
	if known && old.identity == id {
		return old, true
	}
	text, err := read(path, info)
	if err != nil {
		f.say(name, "%v", err)
		return file{identity: id}, true
	}
	entries, bad := Parse(text)
	for _, b := range bad {
		f.say(name, "%v", b)
	}
	return file{id, jobs(name, entries, old.jobs)}, true
}

// read refuses what somebody else could have written: it is going to be run.
func read(path string, info fs.FileInfo) (string, error) {
	owner := info.Sys().(*syscall.Stat_t).Uid
	switch {
	case !info.Mode().IsRegular():
		return "", errors.New("it is not a regular file")
	case owner != 0 && int(owner) != os.Geteuid():
		return "", fmt.Errorf("it belongs to user %d, neither to root nor to user %d who would run it", owner, os.Geteuid())
	case info.Mode()&0o002 != 0:
		return "", errors.New("everybody may write to it; chmod o-w")
	case info.Size() > sizeLimit:
		return "", fmt.Errorf("it is longer than %d bytes", sizeLimit)
	}
	opened, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer opened.Close()
	text, err := io.ReadAll(io.LimitReader(opened, sizeLimit))
	return string(text), err
}

// jobs makes a job of each entry, or finds it among those of the file's
// earlier version.
func jobs(name string, entries []Entry, old []*job) []*job {
	before := map[Entry]*job{}
	for _, j := range old {
		before[j.Entry.bare()] = j
	}
	var now []*job
	for _, e := range entries {
		j := before[e.bare()]
		if j == nil {
			j = &job{name: name, Entry: e}
		}
		delete(before, e.bare())
		now = append(now, j)
	}
	return now
}

// bare is the entry as it was written.
func (e Entry) bare() Entry { return Entry{Spec: e.Spec, Command: e.Command} }
