package document

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// Series is a growing table of samples that the browser application draws
// (contract/app-wire.md 3.5): {"date":…,"data":["<header>","<row>",…]}, rows of
// comma separated values, newest last.
type Series struct {
	Path    string
	Header  string
	MaxRows int // rows kept; the oldest go first. 0: all
}

// Append adds rows, in one write. The bytes of the older rows are copied, not parsed, so a
// long series costs hardly more than a short one. A damaged series is salvaged
// row by row and the damaged file kept beside it; a series of other columns is
// set aside whole.
func (s Series) Append(now time.Time, rows ...string) error {
	for _, row := range rows {
		if !plainRow(row) {
			return fmt.Errorf("series %s: row %q holds a quote, a backslash or a control character", s.Path, row)
		}
	}
	raw, err := read(s.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read series: %w", err)
	}
	t, ok := s.scan(raw)
	if !ok && len(raw) > 0 {
		t = s.salvage(raw)
		if err := SetAside(s.Path, raw, t.rows); err != nil {
			return err
		}
	}
	if t.date == 0 {
		t.date = Epoch(now)
	}
	_, err = Write(s.Path, s.join(t, rows), PublicMode)
	return err
}

// table is the body of a series: its rows as they stand in the file, quoted
// and separated by commas.
type table struct {
	date float64
	body []byte
	rows int
}

// join is the document of t's rows and more.
func (s Series) join(t table, rows []string) []byte {
	body := t.body
	for n := t.rows + len(rows); s.MaxRows > 0 && n > s.MaxRows && len(body) > 0; n-- {
		_, end, _ := nextRow(body, 0)
		body = body[end:]
	}
	if n := len(rows) - s.MaxRows; s.MaxRows > 0 && n > 0 {
		rows = rows[n:]
	}
	var b bytes.Buffer
	b.Grow(len(body) + len(s.Header) + 64 + 80*len(rows))
	fmt.Fprintf(&b, `{"date":%.2f,"data":["%s"`, t.date, s.Header)
	if body = bytes.TrimLeft(body, ", \t\r\n"); len(body) > 0 {
		b.WriteByte(',')
		b.Write(body)
	}
	for _, row := range rows {
		b.WriteString(`,"` + row + `"`)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// scan reads raw as a sound series; ok is false when any byte is out of place.
func (s Series) scan(raw []byte) (t table, ok bool) {
	date, ok := dateOf(raw)
	start := dataStart(raw)
	if !ok || start < 0 || raw[0] != '{' {
		return t, false
	}
	header, i, ok := nextRow(raw, start)
	if !ok || string(header) != s.Header {
		return t, false
	}
	t = table{date: date}
	from := i
	for {
		if j := skipSpace(raw, i); j < len(raw) && raw[j] == ']' {
			t.body = bytes.TrimSpace(raw[from:i])
			j = skipSpace(raw, j+1)
			return t, j < len(raw) && raw[j] == '}' && skipSpace(raw, j+1) == len(raw)
		}
		if _, i, ok = nextRow(raw, i); !ok {
			return table{}, false
		}
		t.rows++
	}
}

// salvage takes from raw each row that is whole and has the header's columns.
func (s Series) salvage(raw []byte) (t table) {
	t.date, _ = dateOf(raw)
	columns := strings.Count(s.Header, ",")
	var b bytes.Buffer
	pieces := bytes.Split(raw, []byte(`"`))
	for _, piece := range pieces[:len(pieces)-1] { // the last one has no closing quote
		row := string(piece)
		if row == s.Header || strings.Count(row, ",") != columns || !plainRow(row) || !startsWithDate(row) {
			continue
		}
		fmt.Fprintf(&b, `,"%s"`, row)
		t.rows++
	}
	t.body = b.Bytes()
	return t
}

// nextRow finds the quoted string at or behind i, after white space and at
// most one comma; end is the offset behind its closing quote.
func nextRow(raw []byte, i int) (row []byte, end int, ok bool) {
	if i = skipSpace(raw, i); i < len(raw) && raw[i] == ',' {
		i = skipSpace(raw, i+1)
	}
	if i >= len(raw) || raw[i] != '"' {
		return nil, i, false
	}
	n := bytes.IndexByte(raw[i+1:], '"')
	if n < 0 {
		return nil, i, false
	}
	row = raw[i+1 : i+1+n]
	return row, i + n + 2, plainRow(string(row))
}

// plainRow tells whether row needs no escape in JSON.
func plainRow(row string) bool {
	for i := range len(row) {
		if c := row[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// startsWithDate tells a row from the rest of a damaged file: each row's first
// column is a date, 2006-01-02…
func startsWithDate(row string) bool {
	return len(row) >= 10 && row[4] == '-' && row[7] == '-' && row[0] >= '0' && row[0] <= '9'
}
