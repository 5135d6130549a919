package publish

import (
	"encoding/json"
	"strconv"
	"strings"

	"slapmonitor/pkg/document"
)

// decodeStatus reads a status document. A pass reads one for each promise, and
// encoding/json would take half of its time, so the plain form that runners
// write is read by a scanner, and whatever it does not know for certain by
// encoding/json: what comes out is the same.
func decodeStatus(data []byte) (statusDocument, error) {
	var d statusDocument
	s := scanner{data: data, plain: true}
	s.status(&d)
	if s.space(); s.plain && s.at == len(data) {
		return d, nil
	}
	d = statusDocument{}
	err := json.Unmarshal(data, &d)
	return d, err
}

// scanner goes through JSON once, from left to right. It checks as much as
// encoding/json does and gives up sooner: plain is false then.
type scanner struct {
	data  []byte
	at    int
	plain bool
}

func (s *scanner) status(d *statusDocument) {
	s.object(0, func(key []byte) bool {
		switch string(key) {
		case "status":
			d.Status = s.text(document.OK)
		case "start-date":
			d.StartDate = s.text("")
		case "message":
			d.Message = s.text("")
		case "change-time":
			d.ChangeTime = s.number()
		case "result":
			s.plain = s.plain && d.Result == nil // a second one would be merged
			d.Result = new(statusResult)
			s.result(d.Result, d.Message)
		default:
			return false
		}
		return true
	})
}

// result reads the nested result; its message is most often the flat one.
func (s *scanner) result(r *statusResult, message string) {
	s.object(1, func(key []byte) bool {
		switch string(key) {
		case "failed":
			word := s.word()
			failed := word == "true"
			s.plain = s.plain && (failed || word == "false")
			r.Failed = &failed
		case "date":
			r.Date = s.text("")
		case "message":
			r.Message = s.text(message)
		default:
			return false
		}
		return true
	})
}

// object reads one object and gives each key to member, which reads the value
// or says that it does not want it. depth is how many objects are around it.
func (s *scanner) object(depth int, member func(key []byte) bool) {
	if s.space(); !s.take('{') {
		s.plain = false
		return
	}
	if s.space(); s.take('}') {
		return
	}
	for s.plain {
		s.space()
		key, escaped := s.quoted()
		for _, c := range key { // encoding/json takes a key in capitals for the same key
			s.plain = s.plain && (c < 'A' || c > 'Z')
		}
		s.plain = s.plain && !escaped
		if s.space(); !s.take(':') {
			s.plain = false
		}
		if s.space(); s.plain && !member(key) {
			s.skip(depth)
		}
		if s.space(); s.take('}') {
			return
		}
		if !s.take(',') {
			s.plain = false
		}
	}
}

// skip goes behind a value that nobody wants.
func (s *scanner) skip(depth int) {
	switch c := s.peek(); {
	case c == '"':
		if raw, escaped := s.quoted(); escaped {
			s.plain = s.plain && json.Valid(s.data[s.at-len(raw)-2:s.at])
		}
	case c == '{' && depth < 4:
		s.object(depth+1, func([]byte) bool { return false })
	case c == '-' || c >= '0' && c <= '9':
		s.number()
	case c == 't' || c == 'f' || c == 'n':
		word := s.word()
		s.plain = s.plain && (word == "true" || word == "false" || word == "null")
	default: // lists, too: no runner writes one
		s.plain = false
	}
}

// text is a string's value. If it is the expected one, that is returned: each
// copy takes memory.
func (s *scanner) text(expected string) string {
	raw, escaped := s.quoted()
	switch {
	case !escaped && string(raw) == expected:
		return expected
	case !escaped:
		return string(raw)
	}
	var text string
	if s.plain && json.Unmarshal(s.data[s.at-len(raw)-2:s.at], &text) != nil {
		s.plain = false
	}
	return text
}

// quoted is what stands between quotes, as it is written; escaped tells that
// this is not yet its value.
func (s *scanner) quoted() (raw []byte, escaped bool) {
	if !s.take('"') {
		s.plain = false
		return nil, false
	}
	for start := s.at; s.at < len(s.data); s.at++ {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			return s.data[start : s.at-1], escaped
		case c < ' ':
			s.plain = false
			return nil, false
		case c == '\\':
			s.at++
			escaped = true
		case c > '~':
			escaped = true // it may not be UTF-8
		}
	}
	s.plain = false
	return nil, false
}

// number is a number without exponent.
func (s *scanner) number() float64 {
	start := s.at
	s.take('-')
	if whole := s.digits(); whole == 0 || whole > 1 && s.data[s.at-whole] == '0' {
		s.plain = false
	}
	if s.take('.') && s.digits() == 0 {
		s.plain = false
	}
	if c := s.peek(); c == 'e' || c == 'E' || !s.plain {
		s.plain = false
		return 0
	}
	n, err := strconv.ParseFloat(string(s.data[start:s.at]), 64)
	s.plain = s.plain && err == nil
	return n
}

func (s *scanner) digits() (n int) {
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
		n++
	}
	return n
}

// word is the letters that follow.
func (s *scanner) word() string {
	start := s.at
	for c := s.peek(); c >= 'a' && c <= 'z'; c = s.peek() {
		s.at++
	}
	return string(s.data[start:s.at])
}

func (s *scanner) space() {
	for strings.IndexByte(" \n\t\r", s.peek()) >= 0 {
		s.at++
	}
}

func (s *scanner) take(c byte) bool {
	if s.peek() != c || c == 0 {
		return false
	}
	s.at++
	return true
}

// peek is the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}
