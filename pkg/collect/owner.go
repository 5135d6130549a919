package collect

import (
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// owner is whose a partition is.
type owner struct{ uid, gid int }

func ownerOf(st os.FileInfo) owner {
	s := st.Sys().(*syscall.Stat_t) // always, on Linux
	return owner{int(s.Uid), int(s.Gid)}
}

// asOwner lets root do f with the owner's rights on files and nothing more: in
// folders that somebody else controls, root must not follow links. Anybody else
// just does f. f must not start goroutines: the rights belong to one thread,
// which ends with f.
func (o owner) asOwner(f func() error) error {
	if os.Geteuid() != 0 || o.uid == 0 {
		return f()
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked
		done <- o.become(f)
	}()
	return <-done
}

func (o owner) become(f func() error) error {
	// The raw call is for this thread; the syscall package's is for all.
	if _, _, e := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); e != 0 {
		return fmt.Errorf("give up root's groups: %w", e)
	}
	if err := unix.Setfsgid(o.gid); err != nil {
		return fmt.Errorf("act as group %d: %w", o.gid, err)
	}
	if err := unix.Setfsuid(o.uid); err != nil {
		return fmt.Errorf("act as user %d: %w", o.uid, err)
	}
	// Neither call reports a refusal; asking for a user that cannot be tells
	// who it is now.
	if uid, _ := unix.SetfsuidRetUid(-1); uid != o.uid {
		return fmt.Errorf("act as user %d: refused", o.uid)
	}
	return f()
}
