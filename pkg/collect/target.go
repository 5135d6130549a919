package collect

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

// target is a partition in the course of a pass.
type target struct {
	conf   *monitorconf.Config
	owner         // of the partition, whose processes count
	user   string // the owner's name, by which the database knows the partition; "" if there is none
	mem    *memory
	unlock func()
}

func newTarget(conf *monitorconf.Config) (*target, error) {
	st, err := os.Stat(conf.Partition)
	if err != nil {
		return nil, fmt.Errorf("find the partition: %w", err)
	}
	t := &target{conf: conf, owner: ownerOf(st)}
	if u, err := user.LookupId(strconv.Itoa(t.uid)); err == nil {
		t.user = u.Username
	}
	return t, nil
}

// enter keeps a second pass out, makes folders and reads what earlier passes
// remembered.
func (t *target) enter(ctx context.Context) (unlock func(), err error) {
	for _, dir := range []string{t.conf.DocumentFolder, t.conf.StateFolder} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, fmt.Errorf("make a folder for resource documents: %w", err)
		}
	}
	unlock, err = document.Lock(ctx, filepath.Join(t.conf.StateFolder, "collect.lock"), lockWait)
	if err != nil {
		return nil, err
	}
	document.RemoveLeftovers(t.conf.DocumentFolder, documentNames...)
	document.RemoveLeftovers(t.conf.StateFolder, memoryName)
	t.mem = recall(t.conf.StateFolder)
	return unlock, nil
}

// from is the first minute that this pass may write: the one after the last,
// or for a first pass the newest. After a long pause, and after the clock was
// set back, the past is let go.
func (t *target) from(newest time.Time) time.Time {
	last := t.mem.Last
	switch {
	case last.IsZero(), last.After(newest.Add(2 * time.Minute)):
		return newest
	case newest.Sub(last) > catchUp:
		return newest.Add(-catchUp)
	}
	return last.Add(time.Minute)
}
