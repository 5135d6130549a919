package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Adopt makes the calling process the parent of every descendant whose own
// parent ends, so that Reap finds the ones that left their group.
func Adopt() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("become the reaper of escaped processes: %w", err)
	}
	return nil
}

// Reap kills every child of the calling process and, as they come to it after
// Adopt, all their descendants; it returns how many. To be called only while
// the process has no child that it wants to keep. It gives up after a second.
func Reap() (killed int) {
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		switch {
		case err == unix.ECHILD:
			return killed
		case err == nil && pid == 0:
			for _, child := range children(os.Getpid()) {
				unix.Kill(child, unix.SIGKILL)
			}
			time.Sleep(time.Millisecond)
		case err == nil:
			killed++
		}
	}
	return killed
}

// children lists the processes whose parent is pid.
func children(pid int) (found []int) {
	each(func(p int) {
		stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p), "stat"))
		if err != nil {
			return
		}
		// pid (name that may hold anything) state ppid …
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			found = append(found, p)
		}
	})
	return found
}

// KillMarked kills every process whose environment has a variable that begins
// with mark ("NAME=value…"), but not the calling one; it returns how many. This
// finds what killed runners left behind, when no parent knows it any more. A
// process may fork while it is looked for, so it looks until none is left, for
// a second at most.
func KillMarked(mark string) (killed int) {
	dead := map[int]bool{}
	for end := time.Now().Add(time.Second); ; time.Sleep(time.Millisecond) {
		alive := 0
		each(func(p int) {
			env, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p), "environ"))
			if err == nil && p != os.Getpid() && strings.Contains("\x00"+string(env), "\x00"+mark) && unix.Kill(p, unix.SIGKILL) == nil {
				alive++
				dead[p] = true
			}
		})
		if alive == 0 || time.Now().After(end) {
			return len(dead)
		}
	}
}

// each calls f with the number of every process.
func each(f func(pid int)) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			f(pid)
		}
	}
}
