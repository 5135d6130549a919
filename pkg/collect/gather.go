package collect

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// The names of the sources in the documents.
const (
	sourceDatabase = "collector"
	sourceProc     = "proc"
)

// gathered is what one pass found out, for all its targets.
type gathered struct {
	now    time.Time
	reason error               // why the database is not used; nil when it is
	byUser map[string][]minute // from the database
	newest time.Time           // the newest minute that byUser is complete for
	disks  map[string]float64  // MiB by user, from the database
	proc   *procView           // nil when /proc cannot be read
	noProc error
}

// gather asks the database for every target's minutes, and /proc for the
// processes of those whom the database says nothing about.
func (c *Collector) gather(ctx context.Context, database string, targets []*target, bulk bool) *gathered {
	g := &gathered{now: c.Now().UTC(), byUser: map[string][]minute{}}
	ctx, cancel := context.WithTimeout(ctx, databaseTime)
	defer cancel()
	g.reason = g.ask(ctx, database, targets, bulk)
	users := map[int]bool{}
	for _, t := range targets {
		if g.without(t) != nil {
			users[t.uid] = true
		}
	}
	root := c.Proc
	if root == "" {
		root = "/proc"
	}
	g.proc, g.noProc = viewProc(root, users, g.now)
	return g
}

// ask fills g from the database.
func (g *gathered) ask(ctx context.Context, path string, targets []*target, bulk bool) (err error) {
	if path == "" {
		return errors.New("monitor.conf names no collector-db")
	}
	d, err := Open(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no %s", path)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	last, err := d.Newest(ctx)
	if err != nil {
		return err
	}
	if age := g.now.Sub(last); age > fresh || age < -fresh {
		return fmt.Errorf("nothing was written to %s since %s UTC", path, last.Format(time.DateTime))
	}
	g.newest = last.Truncate(time.Minute)
	if g.newest.Equal(g.now.Truncate(time.Minute)) || g.now.Sub(last) < settled {
		g.newest = g.newest.Add(-time.Minute) // that pass may still be being written
	}
	if g.disks, err = d.disks(ctx, g.now); err != nil {
		return err
	}
	if bulk {
		return g.askForAll(ctx, d, targets)
	}
	for _, t := range targets {
		samples, err := d.samples(ctx, t.user, t.from(g.newest), g.newest)
		if err != nil {
			return err
		}
		g.byUser[t.user] = minutes(samples, sourceDatabase)
	}
	return nil
}

func (g *gathered) askForAll(ctx context.Context, d *Database, targets []*target) error {
	first := g.newest
	for _, t := range targets {
		if from := t.from(g.newest); from.Before(first) {
			first = from
		}
	}
	samples, err := d.allSamples(ctx, first, g.newest)
	if err != nil {
		return err
	}
	byUser := map[string][]sample{}
	for _, s := range samples {
		byUser[s.user] = append(byUser[s.user], s)
	}
	for user, list := range byUser {
		g.byUser[user] = minutes(list, sourceDatabase)
	}
	return nil
}

// without is why t has to do without the database; nil if it has not.
func (g *gathered) without(t *target) error {
	switch {
	case g.reason != nil:
		return g.reason
	case t.user == "":
		return fmt.Errorf("the partition's owner, user %d, has no name to look for in the database", t.uid)
	}
	return nil
}

// waits tells whether t's pass comes to nothing because a writer holds the
// database just now: the next pass makes up for it.
func (g *gathered) waits(t *target) bool {
	return isBusy(g.reason) && t.mem.Source == sourceDatabase && g.now.Sub(t.mem.Last) < fresh
}
