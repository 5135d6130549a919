package promise

import (
	"cmp"
	"errors"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

const (
	statusSuffix  = ".status.json"
	historySuffix = ".history.json"
)

// publisher turns results into documents and remembers what it has to.
type publisher struct {
	config    *monitorconf.Config
	state     *state
	histories *document.Histories
	statuses  document.Exchange
	kind      string // result.type of the status documents
}

func newPublisher(c *monitorconf.Config, kind string) (*publisher, error) {
	p := &publisher{config: c, kind: kind, statuses: document.Exchange{Folder: filepath.Join(c.StateFolder, "spare")}}
	// The Python stack has a link to slapgrid's results here.
	if _, err := os.Readlink(p.statusFolder()); err == nil {
		if err := os.Remove(p.statusFolder()); err != nil {
			return nil, err
		}
	}
	for _, dir := range []string{p.statusFolder(), c.StateFolder} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, err
		}
	}
	var err error
	p.state, err = loadState(filepath.Join(c.StateFolder, "promise.json"))
	p.histories = &document.Histories{
		Folder:  c.PublicFolder,
		Archive: &document.Archive{Folder: filepath.Join(c.StateFolder, "history")},
	}
	return p, err
}

// statusFolder is where status documents are, public/promise.
func (p *publisher) statusFolder() string { return filepath.Join(p.config.PublicFolder, "promise") }

// publish writes the documents of results: histories first, then status
// documents, then the state. A pass killed between them is told from the
// documents, which are newer than the state. One document that cannot be
// written does not keep the others back.
func (p *publisher) publish(results []Result, now time.Time) error {
	var errs []error
	before := map[string]string{}
	for i := range results {
		r := &results[i]
		name := r.Promise.Name
		rec := p.state.of(name)
		rec.settle(r)
		rec.File = fileTime(r.Promise)
		before[name] = rec.Status
		sample := document.Sample{Status: r.Status, Message: r.Message, Time: r.Start}
		errs = append(errs, p.histories.Add(name, &rec.Trace, sample))
	}
	errs = append(errs, p.histories.Flush())
	// What the next pass does not write again is written to last.
	var passing, lasting []document.File
	for _, r := range results {
		f, err := p.status(r)
		switch {
		case err != nil:
			errs = append(errs, err)
			continue
		case r.period > time.Minute:
			lasting = append(lasting, f)
		default:
			passing = append(passing, f)
		}
		logChange(r, before[r.Promise.Name])
	}
	errs = append(errs, p.statuses.WriteAll(passing)...)
	errs = append(errs, document.WriteAll(lasting)...)
	errs = append(errs, p.statistics(now), p.state.save())
	return errors.Join(errs...)
}

// due drops the promises whose period is not over; failed is how many of those
// were broken when they last ran.
func (p *publisher) due(promises []*Promise, now time.Time) (due []*Promise, failed int) {
	for _, one := range promises {
		rec := p.state.promises[one.Name]
		if one.ran != nil {
			if isNews := one.ran.Promise != nil && (rec == nil || rec.Ran != one.ran.Start.Unix()); isNews {
				due = append(due, one)
			} else if rec != nil && rec.Status == document.Error {
				failed++
			}
			continue
		}
		if rec == nil || one.Fault != "" || rec.due(now, rec.File != fileTime(one)) || !p.shown(one) {
			due = append(due, one)
		} else if rec.Status == document.Error {
			failed++
		}
	}
	return due, failed
}

// shown tells whether a promise has its document: one that somebody removed, or
// that a full disk or a power cut emptied, is not missed for a whole period.
func (p *publisher) shown(one *Promise) bool {
	st, err := os.Lstat(filepath.Join(p.statusFolder(), one.Name+statusSuffix))
	return err == nil && st.Size() > 0
}

// fileTime is when a plugin file was written; a new one runs at once.
func fileTime(p *Promise) int64 {
	if p.Plugin == nil {
		return 0
	}
	st, err := os.Stat(p.Path)
	if err != nil {
		return 0
	}
	return st.ModTime().UnixNano()
}

// status is the status document of a result.
func (p *publisher) status(r Result) (document.File, error) {
	doc := document.PromiseStatus{
		Status:        r.Status,
		Type:          "status",
		Title:         r.Promise.Name,
		Name:          filepath.Base(r.Promise.Path),
		Path:          r.Promise.Path,
		StartDate:     document.StartDate(r.Start),
		ChangeTime:    p.state.of(r.Promise.Name).Change,
		ExecutionTime: round(r.Duration),
		Message:       r.Message,
		Instance:      p.config.Title,
		Hosting:       p.config.RootTitle,
		Links:         links(p.config),
		Result: &document.PromiseResult{
			Type: cmp.Or(r.kind, p.kind), Failed: r.Failed(), Date: document.Date(r.Start),
			Message: cmp.Or(r.said, r.Message),
		},
	}
	data, err := document.EncodeJSON(doc)
	path := filepath.Join(p.statusFolder(), r.Promise.Name+statusSuffix)
	return document.File{Path: path, Data: data, Mode: document.PublicMode}, err
}

// links are those of every status document: to the instance's own documents.
func links(c *monitorconf.Config) document.Links {
	return document.Links{"monitor": {Href: c.BaseURL + "/share/private/"}}
}

// round is d in seconds with a precision that a reader can use.
func round(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

func logChange(r Result, before string) {
	if before != r.Status && (before != "" || r.Failed()) {
		line, _, _ := strings.Cut(r.Message, "\n")
		slog.Info("promise changed", "name", r.Promise.Name, "status", r.Status, "message", line)
	}
}

// forget removes the documents and the memory of every promise that is not in
// the list any more; their histories are archived first.
func (p *publisher) forget(live []*Promise) error {
	known := map[string]bool{}
	for _, one := range live {
		known[one.Name] = true
	}
	gone := map[string]bool{}
	for name := range p.state.promises {
		gone[name] = !known[name]
	}
	entries, err := os.ReadDir(p.statusFolder())
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), statusSuffix); ok && !strings.HasPrefix(name, ".") {
			gone[name] = !known[name]
		}
	}
	var errs []error
	for name, isGone := range gone {
		if isGone {
			errs = append(errs, p.forgetOne(name))
		}
	}
	return errors.Join(errs...)
}

func (p *publisher) forgetOne(name string) error {
	rec := p.state.of(name)
	if err := p.histories.Remove(name, &rec.Trace); err != nil {
		return err
	}
	if err := p.statuses.Remove(filepath.Join(p.statusFolder(), name+statusSuffix)); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(p.config.PublicFolder, name+statsSuffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	delete(p.state.promises, name)
	slog.Info("promise removed", "name", name)
	return nil
}

// sweep removes what killed passes left half written.
func (p *publisher) sweep(live []*Promise) {
	var statuses, histories []string
	for _, one := range live {
		statuses = append(statuses, one.Name+statusSuffix)
		histories = append(histories, one.Name+historySuffix)
	}
	document.RemoveLeftovers(p.statusFolder(), statuses...)
	document.RemoveLeftovers(p.config.PublicFolder, histories...)
	document.RemoveLeftovers(p.config.StateFolder, filepath.Base(p.state.path))
}
