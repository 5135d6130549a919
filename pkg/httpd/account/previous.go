package account

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"slapmonitor/pkg/document"
)

// PreviousFile is the name, in the state folder, of the document with the
// password that a change replaced: it stays good for some minutes, so that
// clients which have not heard of the change go on (design.md 8). pkg/parameter
// writes it.
const PreviousFile = "previous-password.json"

// previous is the password before the last change.
type previous struct {
	path string

	mu      sync.Mutex
	checked time.Time
	seen    os.FileInfo
	user    string
	entry   entry
	until   time.Time
}

type previousDocument struct {
	User  string          `json:"user"`
	Hash  string          `json:"hash"`
	Until json.RawMessage `json:"until"` // a date of the documents, RFC 3339, or epoch seconds
}

// lookup is the hash that is still good for user beside the current one.
func (p *previous) lookup(user string, now time.Time, age time.Duration) (entry, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.checked) >= age || now.Before(p.checked) {
		p.checked = now
		p.refresh()
	}
	ok := p.entry.matcher != nil && p.user == user && now.Before(p.until)
	return p.entry, ok
}

// refresh reads the document if it changed. One that cannot be read grants nothing.
func (p *previous) refresh() {
	st, err := os.Stat(p.path)
	if err != nil {
		p.seen, p.entry = nil, entry{}
		return
	}
	if p.seen != nil && same(p.seen, st) {
		return
	}
	p.seen, p.entry = st, entry{}
	data, err := os.ReadFile(p.path)
	if err != nil {
		return
	}
	var d previousDocument
	if json.Unmarshal(data, &d) != nil {
		return
	}
	until, err := parseUntil(d.Until)
	if err != nil {
		return
	}
	if e, err := parseHash(d.Hash); err == nil {
		p.user, p.entry, p.until = d.User, e, until
	}
}

func parseUntil(raw json.RawMessage) (time.Time, error) {
	text := string(bytes.Trim(raw, `"`))
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.UnixMilli(int64(seconds * 1000)), nil
	}
	if t, err := document.ParseDate(text); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, fmt.Errorf("until %q is not a date", text)
	}
	return t, nil
}
