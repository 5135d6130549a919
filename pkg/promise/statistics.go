package promise

import (
	"errors"
	"path/filepath"
	"time"

	"slapmonitor/pkg/document"
)

const statsSuffix = ".stats.json"

// statistics adds the days that ended to the statistics of each promise. They
// are made of the archive, where a day's entries are once the history turned to
// the next; that is once a day, so a pass has nothing to do as a rule.
func (p *publisher) statistics(now time.Time) error {
	today, yesterday := now.UTC().Format(time.DateOnly), now.UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	since := yesterday
	for _, rec := range p.state.promises {
		if rec.Day == today && rec.Stats < since {
			since = rec.Stats
		}
	}
	if since == yesterday {
		return nil
	}
	days, err := p.histories.Archive.Days()
	if err != nil {
		return err
	}
	for _, day := range days {
		if day > since && day < today {
			err = errors.Join(err, p.dayStatistics(day, today, now))
		}
	}
	if err != nil {
		return err
	}
	for _, rec := range p.state.promises {
		if rec.Day == today {
			rec.Stats = yesterday
		}
	}
	return nil
}

// dayStatistics adds one day to the statistics of those that lack it.
func (p *publisher) dayStatistics(day, today string, now time.Time) error {
	archived, err := p.histories.Archive.Read(day)
	if err != nil {
		return err
	}
	entries := map[string][]document.HistoryEntry{}
	for _, a := range archived {
		if rec := p.state.promises[a.Name]; rec != nil && rec.Day == today && rec.Stats < day {
			entries[a.Name] = append(entries[a.Name], a.HistoryEntry)
		}
	}
	var errs []error
	for name, list := range entries {
		path := filepath.Join(p.config.PublicFolder, name+statsSuffix)
		errs = append(errs, document.AddDay(path, document.Epoch(now), document.DayOf(day, list)))
	}
	return errors.Join(errs...)
}
