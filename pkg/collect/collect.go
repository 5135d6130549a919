// Package collect owns the documents about what a partition uses: processor,
// memory, input and output, disk, process by process and over time
// (contract/app-wire.md 3.5). It takes the figures from the collector database
// of slapos.core, which root fills each minute (contract/promises.md 4), or,
// where there is none or nothing fills it, from /proc and from a walk over the
// partition.
//
// It must not know promises, nor how documents are served. It never writes to
// the database and never makes up a minute that was not measured.
package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"slapmonitor/pkg/monitorconf"
)

// How the sources are used.
const (
	databaseTime = 5 * time.Second  // for all queries of a pass, locked database included
	fresh        = 10 * time.Minute // a database without rows for longer is dead
	settled      = 30 * time.Second // a collector pass of the minute before is written to its end by then
	catchUp      = 6 * time.Hour    // what is made up for after a pause
	lockWait     = 20 * time.Second
)

// Collector makes passes.
type Collector struct {
	Now  func() time.Time
	Log  *slog.Logger
	Proc string // where /proc is; "" is /proc
}

// Run makes one pass for one partition, by its owner.
func (c *Collector) Run(ctx context.Context, conf *monitorconf.Config) error {
	t, err := newTarget(conf)
	if err != nil {
		return err
	}
	unlock, err := t.enter(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	g := c.gather(ctx, conf.CollectorDB, []*target{t}, false)
	return c.finish(t, g)
}

// Average is what conf's partition used in day, 2006-01-02, says the database.
func Average(ctx context.Context, conf *monitorconf.Config, day string) (Averages, error) {
	t, err := newTarget(conf)
	if err != nil {
		return Averages{}, err
	}
	if t.user == "" {
		return Averages{}, fmt.Errorf("the partition's owner, user %d, has no name to look for in the database", t.uid)
	}
	d, err := Open(ctx, conf.CollectorDB)
	if err != nil {
		return Averages{}, err
	}
	a, err := d.Averages(ctx, t.user, day)
	return a, errors.Join(err, d.Close())
}

// All makes one pass for every partition below root that this process may
// write: all of them for root, who acts in each as its owner. The database is
// asked once for all.
func (c *Collector) All(ctx context.Context, root, database string) error {
	folders, err := filepath.Glob(filepath.Join(escapeGlob(root), "*", "etc", "monitor.conf"))
	if err != nil {
		return fmt.Errorf("list the partitions below %s: %w", root, err)
	}
	if len(folders) == 0 {
		return fmt.Errorf("no partition below %s has an etc/monitor.conf; give the folder that holds the partitions", root)
	}
	var targets []*target
	var errs []error
	for _, file := range folders {
		t, err := c.open(ctx, file)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", filepath.Dir(filepath.Dir(file)), err))
		}
		if t != nil {
			defer t.unlock()
			targets = append(targets, t)
		}
	}
	g := c.gather(ctx, database, targets, true)
	for _, t := range targets {
		if err := t.asOwner(func() error { return c.finish(t, g) }); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.conf.Partition, err))
		}
	}
	return errors.Join(errs...)
}

// open prepares the partition that file configures; nil for one that belongs
// to somebody whom this process cannot act as.
func (c *Collector) open(ctx context.Context, file string) (*target, error) {
	st, err := os.Stat(filepath.Dir(filepath.Dir(file)))
	if err != nil {
		return nil, err
	}
	owner := ownerOf(st)
	if os.Geteuid() != 0 && os.Geteuid() != owner.uid {
		return nil, nil
	}
	var t *target
	err = owner.asOwner(func() error {
		conf, err := monitorconf.Load(file)
		if err != nil {
			return err
		}
		if t, err = newTarget(conf); err != nil {
			return err
		}
		if t.owner != owner {
			t = nil
			return errors.New("partition-folder belongs to somebody else; write its own folder")
		}
		t.unlock, err = t.enter(ctx)
		if err != nil {
			t = nil
		}
		return err
	})
	return t, err
}

// escapeGlob makes root mean itself in a pattern.
func escapeGlob(root string) string {
	var b []rune
	for _, r := range root {
		if r == '*' || r == '?' || r == '[' || r == '\\' {
			b = append(b, '\\')
		}
		b = append(b, r)
	}
	return string(b)
}
