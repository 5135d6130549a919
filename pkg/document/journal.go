package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"time"
)

// Mark is what the writer of a history remembers of the file between passes:
// enough to see that nobody else touched it and to replace its newest entry
// without reading the others.
type Mark struct {
	Size    int64  `json:"size"`
	Time    int64  `json:"mtime"` // nanoseconds
	Sum     uint32 `json:"sum"`   // CRC-32C of the file
	Newest  int    `json:"newest"`
	Entries int    `json:"entries"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// untouched tells whether the file still looks as it was left.
func (m Mark) untouched(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Size() == m.Size && st.ModTime().UnixNano() == m.Time
}

// journal is a history document in memory. The older entries stay the bytes
// that they are in the file; only the newest one is a value.
type journal struct {
	date    float64 // epoch seconds when this history began
	older   []byte  // entries joined by commas
	count   int     // how many older ones
	newest  HistoryEntry
	damaged bool // something was lost; what was found is kept beside
}

func (j *journal) empty() bool { return j.newest.Status == "" }

// day is the UTC day that the history belongs to.
func (j *journal) day() string { return dayOf(time.Unix(int64(j.date), 0)) }

func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// openJournal reads the history at path; a missing one is an empty journal.
// With the mark of the same bytes nothing but the newest entry is decoded, else
// every entry is, and those of a damaged file are salvaged one by one.
func openJournal(path string, m Mark) (*journal, error) {
	raw, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &journal{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	if j := markedJournal(raw, m); j != nil {
		return j, nil
	}
	entries, date, whole := decodeHistory(raw)
	j := newJournal(date, entries)
	if !whole {
		j.damaged = true
		if err := SetAside(path, raw, len(entries)); err != nil {
			return nil, err
		}
	}
	return j, nil
}

// markedJournal is the journal of raw where m describes these very bytes.
func markedJournal(raw []byte, m Mark) *journal {
	start := dataStart(raw)
	if int64(len(raw)) != m.Size || crc32.Checksum(raw, castagnoli) != m.Sum ||
		start < 0 || m.Newest < start || m.Newest >= len(raw)-2 {
		return nil
	}
	date, ok := dateOf(raw)
	j := &journal{date: date, older: bytes.TrimSuffix(raw[start:m.Newest], []byte(",")), count: m.Entries - 1}
	if !ok || json.Unmarshal(raw[m.Newest:len(raw)-2], &j.newest) != nil {
		return nil
	}
	return j
}

// newJournal is the journal of entries, oldest first.
func newJournal(date float64, entries []HistoryEntry) *journal {
	j := &journal{date: date}
	if len(entries) == 0 {
		return j
	}
	j.count = len(entries) - 1
	j.newest = entries[j.count]
	for i, e := range entries[:j.count] {
		if i > 0 {
			j.older = append(j.older, ',')
		}
		j.older = append(j.older, encodeEntry(e)...)
	}
	return j
}

// append makes e the newest entry.
func (j *journal) append(e HistoryEntry) {
	if !j.empty() {
		if len(j.older) > 0 {
			j.older = append(j.older[:len(j.older):len(j.older)], ',')
		}
		j.older = append(j.older, encodeEntry(j.newest)...)
		j.count++
	}
	j.newest = e
}

// take removes the n oldest entries and returns them.
func (j *journal) take(n int) []HistoryEntry {
	entries, _ := salvageEntries(j.older)
	if n > len(entries) {
		entries = append(entries, j.newest)
		*j = journal{date: j.date, damaged: j.damaged}
		return entries
	}
	rest := newJournal(j.date, append(entries[n:len(entries):len(entries)], j.newest))
	rest.damaged = j.damaged
	*j = *rest
	return entries[:n]
}

// bytes is the document, and the mark to remember it by once it is written
// (Size, Sum, Newest and Entries; the time comes from the file).
func (j *journal) bytes() ([]byte, Mark) {
	b := make([]byte, 0, len(j.older)+len(j.newest.Message)+400)
	b = fmt.Appendf(b, `{"date":%.2f,"data":[`, j.date)
	if b = append(b, j.older...); len(j.older) > 0 {
		b = append(b, ',')
	}
	m := Mark{Newest: len(b), Entries: j.count + 1}
	b = append(append(b, encodeEntry(j.newest)...), ']', '}')
	m.Size, m.Sum = int64(len(b)), crc32.Checksum(b, castagnoli)
	return b, m
}

// encodeEntry cannot fail: an entry holds strings and numbers that are finite.
func encodeEntry(e HistoryEntry) []byte {
	b, err := EncodeJSON(e)
	if err != nil {
		panic(fmt.Sprintf("history entry %+v: %v", e, err))
	}
	return b
}
