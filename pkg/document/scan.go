package document

import (
	"bytes"
	"encoding/json"
)

// indexFrom is the offset of s in raw at or behind from, or -1.
func indexFrom(raw []byte, s string, from int) int {
	if i := bytes.Index(raw[from:], []byte(s)); i >= 0 {
		return from + i
	}
	return -1
}

// skipSpace is the first offset at or behind i that holds no white space.
func skipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// dateOf reads the date of a {"date":…,"data":[…]} document whose rest may be
// damaged; ok is false where it cannot be read.
func dateOf(raw []byte) (date float64, ok bool) {
	i := indexFrom(raw[:min(len(raw), 200)], `"date"`, 0)
	if i < 0 {
		return 0, false
	}
	if i = skipSpace(raw, i+len(`"date"`)); i >= len(raw) || raw[i] != ':' {
		return 0, false
	}
	i = skipSpace(raw, i+1)
	end := i
	for end < len(raw) && bytes.IndexByte([]byte("0123456789.eE+-"), raw[end]) >= 0 {
		end++
	}
	if end == len(raw) { // cut inside the number
		return 0, false
	}
	return date, json.Unmarshal(raw[i:end], &date) == nil && date > 0
}
