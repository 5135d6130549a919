// Package publish turns the promises' results of one partition into the
// documents that clients read: the global state, the RSS feed, the OPML and
// the lists of documents (contract/app-wire.md 3). It owns those documents and
// is their one writer.
//
// It must not know how promises are found or run: it sees their
// NAME.status.json only, whichever program and era wrote them. Nor does it
// read histories, so a pass costs the same however long they are.
//
// What it writes depends on what it reads, not on the clock: the date in feed
// and global state is that of the newest result. A pass over unchanged results
// therefore rewrites nothing but the progression series, which gets a row.
package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

// seriesRows bounds monitor_state.data.json: two days of one row a minute.
const seriesRows = 2880

// Publisher makes one pass over one partition.
type Publisher struct {
	Conf *monitorconf.Config
	Now  func() time.Time
	Log  *slog.Logger
	// Titles asks a sub-instance for its title; nil means over HTTPS.
	Titles func(ctx context.Context, baseURL string) (string, error)
}

// Run makes one pass. A document that cannot be written does not keep the
// others from being written; the error then names each. The promise output
// file is left empty when all went well and else says what did not.
func (p *Publisher) Run(ctx context.Context) error {
	if p.Conf.BaseURL == "" {
		return fmt.Errorf("%s: base-url of [monitor] is missing; write the address that clients use", p.Conf.File)
	}
	if err := p.makeFolders(); err != nil {
		return err
	}
	unlock, err := p.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	p.sweep()
	err = p.pass(ctx)
	return errors.Join(err, p.report(err))
}

func (p *Publisher) pass(ctx context.Context) error {
	now := p.Now()
	mem := p.recall(now)
	promises, err := readPromises(p.promiseFolder())
	if err != nil {
		return err
	}
	s := p.summarize(promises, mem.Created, now)

	var errs []error
	keep := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	keep(p.write(filepath.Join(p.Conf.PublicFolder, "feed"), p.feed(s), document.PublicMode))
	keep(p.writeStates(ctx, s))
	keep(p.writeSeries(s, mem, now))
	keep(p.writeLists())
	feeds := filepath.Join(p.Conf.PublicFolder, "feeds")
	if _, err := os.Lstat(feeds); err != nil { // clients must not wait for sub-instances, nor for the master
		keep(p.write(feeds, p.opml(mem, now), document.PublicMode))
	}
	keep(p.refreshConnection(ctx))
	p.askTitles(ctx, mem, now)
	keep(p.write(feeds, p.opml(mem, now), document.PublicMode))
	keep(p.remember(mem))
	return errors.Join(errs...)
}

// writeSeries adds the counts of this pass to the promises' progression, but
// none before the first result is there: it would show a change that never was.
// The first pass of a day archives the days before.
func (p *Publisher) writeSeries(s *summary, mem *memory, now time.Time) error {
	series := document.Series{
		Path:    filepath.Join(p.Conf.DocumentFolder, "monitor_state.data.json"),
		Header:  "Date, Success, Error, Warning",
		MaxRows: seriesRows,
	}
	var err error
	if day := now.UTC().Format(time.DateOnly); day != mem.Archived {
		err = series.ArchiveDays(filepath.Join(p.Conf.StateFolder, "series", "monitor_state"), now,
			time.Duration(p.Conf.ArchiveDays)*24*time.Hour)
		mem.Archived = day
	}
	mem.Counted = mem.Counted || len(s.promises) > 0
	if !mem.Counted {
		return errors.Join(err, series.Append(now))
	}
	row := fmt.Sprintf("%s, %d, %d, %d", document.Date(now), s.success, s.failed, s.warning)
	return errors.Join(err, series.Append(now, row))
}

func (p *Publisher) write(path string, data []byte, mode os.FileMode) error {
	_, err := document.Write(path, data, mode)
	return err
}

// lock keeps a second pass out. A pass is bounded by titleBudget and the disk.
func (p *Publisher) lock(ctx context.Context) (unlock func(), err error) {
	return document.Lock(ctx, filepath.Join(p.Conf.StateFolder, "publish.lock"), 30*time.Second)
}

func (p *Publisher) promiseFolder() string { return filepath.Join(p.Conf.PublicFolder, "promise") }

func (p *Publisher) makeFolders() error {
	for _, dir := range []string{p.Conf.PublicFolder, p.Conf.PrivateFolder, p.Conf.DocumentFolder,
		p.Conf.StateFolder, filepath.Dir(p.Conf.BootstrapStatus)} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("make a folder for published documents: %w", err)
		}
	}
	return nil
}

// sweep removes what killed passes left.
func (p *Publisher) sweep() {
	document.RemoveLeftovers(p.Conf.PublicFolder, "feed", "feeds", "monitor.global.json", "_document_list")
	document.RemoveLeftovers(p.Conf.PrivateFolder, "_document_list")
	document.RemoveLeftovers(p.Conf.DocumentFolder, "monitor_state.data.json", "_document_list")
	document.RemoveLeftovers(p.Conf.StateFolder, memoryName)
}

// report tells the bootstrap promise, which reads the promise output file,
// how the pass went: an empty file means well.
func (p *Publisher) report(pass error) error {
	text := ""
	if pass != nil {
		text = "monitor-publish: " + pass.Error() + "\n"
	}
	return p.write(p.Conf.BootstrapStatus, []byte(text), document.PublicMode)
}
