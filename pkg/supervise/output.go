package supervise

import (
	"bytes"
	"strings"
	"sync"
	"time"
	"unicode"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/rotate"
)

// lineLimit bounds what is remembered of a line, in bytes.
const lineLimit = 500

// An output is the log of one life of a program; it remembers the last line.
type output struct {
	log *rotate.File

	mu      sync.Mutex
	current []byte // the line that is being printed
	full    []byte // the last one that was not blank
}

func openLog(path string) (*output, error) {
	log, err := rotate.Open(path, logLimit)
	return &output{log: log}, err
}

// Write appends to the log. Remembering comes first: a full disk must not hide
// why a program ended.
func (o *output) Write(p []byte) (int, error) {
	o.remember(p)
	return o.log.Write(p)
}

func (o *output) remember(p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(p) > 0 {
		line, rest, complete := bytes.Cut(p, []byte("\n"))
		if room := lineLimit - len(o.current); room > 0 {
			o.current = append(o.current, line[:min(room, len(line))]...)
		}
		if complete {
			if len(bytes.TrimSpace(o.current)) > 0 {
				o.full = append(o.full[:0], o.current...)
			}
			o.current = o.current[:0]
		}
		p = rest
	}
}

// last is the last line that was not blank, safe to show on a terminal.
func (o *output) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	line := o.full
	if len(bytes.TrimSpace(o.current)) > 0 {
		line = o.current
	}
	return Printable(string(line))
}

// note adds a line of our own, with the date that programs often leave out.
func (o *output) note(text string) {
	_, _ = o.log.Write([]byte(document.Date(time.Now()) + " supervisor: " + text + "\n"))
}

// Close closes the log.
func (o *output) Close() error { return o.log.Close() }

// Printable is one line of foreign text without what a terminal might obey.
func Printable(text string) string {
	clean := strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.TrimSpace(clean)
}
