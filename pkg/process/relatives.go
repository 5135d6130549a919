package process

import (
	"cmp"
	"context"
	"os"
	"slices"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// A relative is a living process that descends from this one.
type relative struct{ pid, group, session int }

// relatives lists what this process started, directly or not, and what it
// adopted. An ended process counts until it is reaped if that is our business.
func relatives() []relative {
	children := map[int][]relative{}
	self := os.Getpid()
	all, err := procfs.AllProcs()
	if err != nil {
		return nil
	}
	for _, p := range all {
		s, err := p.Stat()
		if err != nil || s.State == "X" {
			continue // it ended while we looked
		}
		if s.State == "Z" && s.PPID != self && s.NumThreads <= 1 {
			continue // a zombie, all of it: its parent has to reap it
		}
		children[s.PPID] = append(children[s.PPID], relative{s.PID, s.PGRP, s.Session})
	}
	found := slices.Clone(children[self])
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i].pid]...)
	}
	return found
}

// reluctance is how long a killed process may take to vanish: it may sit in a
// disk write.
const reluctance = 5 * time.Second

// end ends the relatives that which selects and returns the ids of those that
// would not go.
func (f *Family) end(ctx context.Context, grace time.Duration, which func(relative) bool) []int {
	term, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	f.signal(unix.SIGTERM, which)
	if f.gone(term, which, nil) {
		return nil
	}
	kill, cancel := context.WithTimeout(context.Background(), reluctance)
	defer cancel()
	f.gone(kill, which, func() { f.signal(unix.SIGKILL, which) })
	var left []int
	for _, r := range selected(which) {
		left = append(left, r.pid)
	}
	return left
}

// signal signals whole process groups, those of the newest program first, so
// that a process which is being forked meanwhile gets it too. While the lock is
// held nothing is reaped, hence no process id changes hands.
func (f *Family) signal(sig unix.Signal, which func(relative) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found := selected(which)
	slices.SortStableFunc(found, func(a, b relative) int {
		return cmp.Compare(f.number(b.session), f.number(a.session))
	})
	own := unix.Getpgrp()
	told := map[int]bool{}
	for _, r := range found {
		switch {
		case r.group == own:
			_ = unix.Kill(r.pid, sig) // it may have ended: that is what we want
		case !told[r.group]:
			told[r.group] = true
			_ = unix.Kill(-r.group, sig)
		}
	}
}

// number tells how many programs were started before the one that leads a
// session, 0 when it has ended.
func (f *Family) number(session int) int {
	if c := f.children[session]; c != nil {
		return c.number
	}
	return 0
}

// gone waits until which selects nothing any more, false when ctx ends first.
// It calls again, if given, before each look.
func (f *Family) gone(ctx context.Context, which func(relative) bool, again func()) bool {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		if again != nil {
			again()
		}
		if len(selected(which)) == 0 {
			return true
		}
		look := time.NewTimer(pause)
		select {
		case <-f.reaped:
		case <-look.C:
		case <-ctx.Done():
			look.Stop()
			return false
		}
		look.Stop()
	}
}

func selected(which func(relative) bool) []relative {
	return slices.DeleteFunc(relatives(), func(r relative) bool { return !which(r) })
}
