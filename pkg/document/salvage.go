package document

import (
	"bytes"
	"encoding/json"
	"time"
)

// decodeHistory reads a history document, of ours or of the Python stack, and
// of a damaged one whatever entries are whole. whole is false when anything had
// to be left out.
func decodeHistory(raw []byte) (entries []HistoryEntry, date float64, whole bool) {
	var h History
	if json.Unmarshal(raw, &h) == nil && h.Date > 0 && h.Data != nil {
		for _, e := range h.Data {
			if e, ok := normal(e); ok {
				entries = append(entries, e)
			}
		}
		return entries, h.Date, len(entries) == len(h.Data)
	}
	body := raw
	if i := dataStart(raw); i >= 0 {
		body = raw[i:]
	}
	entries, _ = salvageEntries(body)
	if date, _ = dateOf(raw); date == 0 && len(entries) > 0 {
		date = entries[0].ChangeTime
	}
	return entries, date, false
}

// salvageEntries finds each whole entry in body, which may begin and end
// anywhere and hold anything between entries. whole tells that there was
// nothing but entries and commas.
func salvageEntries(body []byte) (entries []HistoryEntry, whole bool) {
	whole = true
	for len(body) > 0 {
		i := bytes.IndexByte(body, '{')
		if i < 0 {
			return entries, whole && len(bytes.Trim(body, ", \n")) == 0
		}
		whole = whole && len(bytes.Trim(body[:i], ", \n")) == 0
		body = body[i:]
		n := objectEnd(body)
		var e HistoryEntry
		if n > 0 && json.Unmarshal(body[:n], &e) == nil {
			if e, ok := normal(e); ok {
				entries = append(entries, e)
				body = body[n:]
				continue
			}
		}
		whole, body = false, body[1:]
	}
	return entries, whole
}

// maxDepth is deeper than objects nest in any history entry. Without a bound a
// damaged file full of braces would be read again from each of them.
const maxDepth = 8

// objectEnd is the offset behind the JSON object that b begins with, found by
// counting braces outside strings; 0 if b ends, or a control character that no
// JSON string can hold turns up, before it closes.
func objectEnd(b []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c < ' ' && quoted:
			return 0
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			if depth++; depth > maxDepth {
				return 0
			}
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// normal fills the fields that entries of the Python stack lack; ok is false
// for an object that is no entry.
func normal(e HistoryEntry) (_ HistoryEntry, ok bool) {
	if e.Status != OK && e.Status != Error && e.Status != Warning {
		return e, false
	}
	if e.Date == "" {
		if t, err := time.ParseInLocation(StartLayout, e.StartDate, time.Local); err == nil {
			e.Date = Date(t)
		} else {
			e.Date = Date(epochTime(e.ChangeTime))
		}
	}
	if e.ChangeDate == "" || e.ChangeTime == 0 {
		if t, err := ParseDate(e.ChangeDate); err == nil {
			e.ChangeTime = Epoch(t)
		}
		e.ChangeDate = Date(epochTime(e.ChangeTime))
	}
	e.Failed = e.Status == Error
	e.Count = max(e.Count, 1)
	if e.LastDate == "" {
		e.LastDate = e.Date
	}
	return e, true
}

// epochTime is the time that Epoch made s of.
func epochTime(s float64) time.Time {
	return time.UnixMilli(int64(s*1000 + 0.5))
}
