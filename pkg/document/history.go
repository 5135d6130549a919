package document

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A history document is cut when it passes either bound: the older half goes
// to the archive. A browser downloads the whole document each time.
const (
	maxEntries = 400
	maxBytes   = 256 << 10
)

// refresh is how old the count and last-date of the newest entry may get in
// the document while results repeat; between refreshes they live in the Trace.
const refresh = time.Hour

// Sample is one result to enter into a history.
type Sample struct {
	Status  string // OK, Error or Warning
	Message string
	Time    time.Time
}

// Trace is what must be remembered of one history from sample to sample. Its
// owner stores it; a lost Trace is made again from the document.
type Trace struct {
	Mark    Mark    `json:"mark"`
	Day     string  `json:"day"`    // UTC day of the document
	Status  string  `json:"status"` // of the newest entry
	Digest  uint64  `json:"digest"` // of its status and message
	Change  float64 `json:"change"` // epoch seconds when the status last changed
	Count   int     `json:"count"`  // results that the newest entry stands for
	Last    int64   `json:"last"`   // epoch seconds of the last of them
	Written int64   `json:"written"`
}

// Histories keeps the NAME.history.json documents of one folder: consecutive
// equal results fold into one entry, each UTC day begins a new document, and
// what leaves a document goes to the Archive first. Add and Remove collect
// changes, Flush writes them.
type Histories struct {
	Folder  string
	Archive *Archive
	changes []*change
}

// change is a history to be written, or to be removed (journal nil).
type change struct {
	name    string
	path    string
	journal *journal
	archive []HistoryEntry
	trace   *Trace
	before  Trace
}

func (h *Histories) path(name string) string {
	return filepath.Join(h.Folder, name+".history.json")
}

// Add enters s into the history of name and updates t. A repeat of the newest
// entry costs one stat; t then holds what the document does not know yet.
func (h *Histories) Add(name string, t *Trace, s Sample) error {
	path, before := h.path(name), *t
	touched := !t.Mark.untouched(path)
	digest := digestOf(s.Status, s.Message)
	repeat := t.Count > 0 && t.Digest == digest && t.Day == dayOf(s.Time)
	if repeat && !touched && !refreshDue(name, t.Written, s.Time) {
		t.Count, t.Last = t.Count+1, s.Time.Unix()
		return nil
	}
	j, err := openJournal(path, t.Mark)
	if err != nil {
		return err
	}
	if touched {
		t.adopt(j)
	}
	c := &change{name: name, path: path, journal: j, trace: t, before: before}
	j.newest.Count, j.newest.LastDate = t.Count, Date(time.Unix(t.Last, 0))
	if t.Status != s.Status || t.Change == 0 {
		t.Status, t.Change = s.Status, Epoch(s.Time)
	}
	if !j.empty() && j.day() == dayOf(s.Time) && t.Digest == digest {
		t.Count++
		j.newest.Count, j.newest.LastDate = t.Count, Date(s.Time)
	} else {
		c.archive = t.begin(j, s, digest)
	}
	t.Last, t.Written = s.Time.Unix(), s.Time.Unix()
	h.changes = append(h.changes, c)
	return nil
}

// begin makes s a new entry of j, after a turn of the day in a new document,
// and returns the entries that have to be archived.
func (t *Trace) begin(j *journal, s Sample, digest uint64) (leaving []HistoryEntry) {
	t.Digest, t.Count, t.Day = digest, 1, dayOf(s.Time)
	if !j.empty() && j.day() != t.Day {
		leaving = j.take(j.count + 1)
	}
	if j.empty() {
		j.date = Epoch(s.Time)
	}
	j.append(HistoryEntry{
		Status: s.Status, Date: Date(s.Time), StartDate: StartDate(s.Time), ChangeTime: t.Change,
		ChangeDate: Date(epochTime(t.Change)), Message: s.Message, Failed: s.Status == Error, Count: 1, LastDate: Date(s.Time),
	})
	for j.count >= maxEntries || len(j.older) > maxBytes {
		leaving = append(leaving, j.take(max((j.count+1)/2, j.count+1-maxEntries/2))...)
	}
	return leaving
}

// adopt takes over what a document says that is not as t remembers it: written
// by a pass that was killed before it could store its traces, by the Python
// stack, or salvaged. What t knows of later results stays: repeats of the same
// entry, and when the status changed.
func (t *Trace) adopt(j *journal) {
	if j.empty() {
		t.Count = 0 // nothing to fold into
		return
	}
	e := j.newest
	last, err := ParseDate(e.LastDate)
	if err != nil {
		last = epochTime(e.ChangeTime)
	}
	digest := digestOf(e.Status, e.Message)
	newer := t.Change == 0 || last.Unix() > t.Last
	if digest == t.Digest && t.Count >= e.Count && !newer {
		return
	}
	if newer {
		t.Status, t.Change = e.Status, e.ChangeTime
	}
	t.Digest, t.Day, t.Count, t.Last = digest, j.day(), e.Count, last.Unix()
}

// Remove takes the history of name out of the folder; its entries are kept in
// the archive. A history that is not there is no error.
func (h *Histories) Remove(name string, t *Trace) error {
	j, err := openJournal(h.path(name), t.Mark)
	if err != nil {
		return err
	}
	c := &change{name: name, path: h.path(name), trace: t, before: *t}
	if !j.empty() {
		if t.Mark.untouched(c.path) && t.Count > 0 {
			j.newest.Count, j.newest.LastDate = t.Count, Date(time.Unix(t.Last, 0))
		}
		c.archive = j.take(j.count + 1)
	}
	h.changes = append(h.changes, c)
	return nil
}

// Flush archives what leaves the documents and then writes them. A change that
// cannot be written is undone in its trace too, so that the next sample tries
// again; the error then says which documents stayed as they were.
func (h *Histories) Flush() error {
	changes := h.changes
	h.changes = nil
	if len(changes) == 0 {
		return nil
	}
	if err := h.archive(changes); err != nil {
		for _, c := range changes {
			*c.trace = c.before
		}
		return err
	}
	errs := write(changes)
	for i, c := range changes {
		if errs[i] != nil {
			*c.trace = c.before
		}
	}
	return errors.Join(errs...)
}

func (h *Histories) archive(changes []*change) error {
	var leaving []Archived
	for _, c := range changes {
		for _, e := range c.archive {
			leaving = append(leaving, Archived{Name: c.name, HistoryEntry: e})
		}
	}
	return h.Archive.Append(leaving)
}

// write replaces or removes the documents and marks what it wrote.
func write(changes []*change) []error {
	errs := make([]error, len(changes))
	var files []File
	var at []int
	for i, c := range changes {
		if c.journal == nil {
			if err := os.Remove(c.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs[i] = fmt.Errorf("remove history: %w", err)
			}
			continue
		}
		raw, mark := c.journal.bytes()
		c.trace.Mark = mark
		files, at = append(files, File{c.path, raw, PublicMode}), append(at, i)
	}
	for k, err := range WriteAll(files) {
		i := at[k]
		st, missing := os.Stat(files[k].Path)
		if errs[i] = errors.Join(err, missing); errs[i] == nil {
			changes[i].trace.Mark.Time = st.ModTime().UnixNano()
		}
	}
	return errs
}

// digestOf tells results apart without keeping their messages.
func digestOf(status, message string) uint64 {
	d := fnv.New64a()
	d.Write([]byte(status + "\x00" + message))
	return d.Sum64()
}

// refreshDue tells whether an hour of name's own began since written; the
// histories of a partition do not all have theirs at once.
func refreshDue(name string, written int64, now time.Time) bool {
	phase := int64(digestOf(name, "") % uint64(refresh/time.Second))
	hour := int64(refresh / time.Second)
	return (written-phase)/hour != (now.Unix()-phase)/hour
}
