package collect

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const (
	walkBudget = 5000      // files that a pass looks at
	walkAgain  = time.Hour // from the end of a walk to the next one
)

// walk adds up what a partition takes on disk, a few thousand files a pass, so
// that it takes an hour rather than the disk. It is kept between passes.
type walk struct {
	Used    int64     `json:"used"`  // bytes, of the last whole walk
	Ended   time.Time `json:"ended"` // zero: there was none
	Sum     int64     `json:"sum,omitempty"`
	Pending []place   `json:"pending,omitempty"`
}

// place is a folder that is still to be added up.
type place struct {
	Folder []byte `json:"folder"` // names need not be UTF-8
	Device uint64 `json:"device"` // the walk stays on it
	Done   int    `json:"done,omitempty"`
}

// step goes on, or begins a new walk when it is time. It has a thread of its
// own with idle priority, for processor and disk, and the owner's rights.
func (w *walk) step(partition string, o owner, now time.Time) {
	if len(w.Pending) == 0 {
		if age := now.Sub(w.Ended); age >= 0 && age < walkAgain {
			return
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the priority is the thread's
		goIdle()
		work := func() error {
			if len(w.Pending) == 0 {
				w.begin(partition)
			}
			w.spend(walkBudget)
			return nil
		}
		if os.Geteuid() == 0 && o.uid != 0 {
			_ = o.become(work) // refused: nothing is looked at
		} else {
			_ = work()
		}
	}()
	<-done
	if len(w.Pending) == 0 {
		w.Used, w.Sum, w.Ended = w.Sum, 0, now.UTC()
	}
}

// goIdle cannot fail in a way that matters.
func goIdle() {
	const class, idle = 13, 3
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, 19)
	_, _, _ = unix.RawSyscall(unix.SYS_IOPRIO_SET, 1, 0, idle<<class)
}

// begin takes the partition and, as the collector does, what the links in its
// DATA folder lead to.
func (w *walk) begin(partition string) {
	w.Sum = 0
	w.add(partition)
	links, _ := os.ReadDir(filepath.Join(partition, "DATA"))
	for _, l := range links {
		if l.Type()&os.ModeSymlink == 0 {
			continue
		}
		if real, err := filepath.EvalSymlinks(filepath.Join(partition, "DATA", l.Name())); err == nil {
			w.add(real)
		}
	}
}

func (w *walk) add(folder string) {
	var st unix.Stat_t
	if unix.Lstat(folder, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR {
		w.Pending = append(w.Pending, place{Folder: []byte(folder), Device: st.Dev})
	}
}

// spend looks at so many files. What vanishes meanwhile, or may not be read,
// takes no space.
func (w *walk) spend(budget int) {
	for budget > 0 && len(w.Pending) > 0 {
		last := len(w.Pending) - 1
		p := w.Pending[last]
		w.Pending = w.Pending[:last]
		f, err := os.OpenFile(string(p.Folder), os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
		if err != nil {
			continue
		}
		budget = w.folder(f, p, budget)
		_ = f.Close()
	}
}

// folder adds up p's entries, folders among them for later, and returns what
// is left of the budget. When that is used up p is put back.
func (w *walk) folder(f *os.File, p place, budget int) int {
	seen := 0
	for {
		names, err := f.Readdirnames(256)
		for _, name := range names {
			if seen++; seen <= p.Done {
				continue
			}
			if budget == 0 {
				p.Done = seen - 1
				w.Pending = append(w.Pending, p)
				return 0
			}
			budget--
			w.entry(f, name, p)
		}
		if errors.Is(err, io.EOF) || len(names) == 0 {
			return budget
		}
	}
}

func (w *walk) entry(f *os.File, name string, p place) {
	var st unix.Stat_t
	if unix.Fstatat(int(f.Fd()), name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil || st.Dev != p.Device {
		return
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFDIR:
		w.Sum += st.Blocks * 512
		w.Pending = append(w.Pending, place{Folder: []byte(filepath.Join(string(p.Folder), name)), Device: p.Device})
	default:
		// Each name of a file counts for its share.
		w.Sum += st.Blocks * 512 / int64(max(1, st.Nlink))
	}
}
