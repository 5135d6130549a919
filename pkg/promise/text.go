package promise

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"slapmonitor/pkg/promise/process"
)

// MessageLimit is how many characters of an output a message holds, the last
// ones (contract/promises.md 1.5).
const MessageLimit = 5000

// escapes are the terminal's colours and cursor movements.
var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[a-zA-Z]")

// Clean makes text that JSON, XML and a terminal can show of whatever a program
// printed: invalid UTF-8 and control characters become U+FFFD, terminal colours
// and trailing white space go.
func Clean(raw []byte) string {
	s := strings.ToValidUTF8(string(raw), "\uFFFD")
	if strings.IndexByte(s, 0x1b) >= 0 {
		s = escapes.ReplaceAllLiteralString(s, "")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || r == '\uFFFE' || r == '\uFFFF' {
			return '\uFFFD'
		}
		return r
	}, s)
	return strings.TrimRight(s, " \t\n")
}

// tailText is the clean text of an output, its last limit characters; what is
// missing before them is said.
func tailText(t process.Tail, limit int) string {
	data := t.Data
	if t.Total > int64(len(data)) { // may begin inside a character
		for i := 0; i < utf8.UTFMax-1 && len(data) > 0 && !utf8.RuneStart(data[0]); i++ {
			data = data[1:]
		}
	}
	s := Clean(data)
	if n := utf8.RuneCountInString(s); n > limit {
		runes := []rune(s)
		s = string(runes[n-limit:])
	} else if t.Total == int64(len(data)) {
		return s
	}
	return fmt.Sprintf("... (kept the last %d of %d bytes)\n%s", len(s), t.Total, s)
}

// limitText is the end of a message that is too long.
func limitText(s string) string {
	n := utf8.RuneCountInString(s)
	if n <= MessageLimit {
		return s
	}
	tail := string([]rune(s)[n-MessageLimit:])
	return fmt.Sprintf("... (kept the last %d of %d bytes)\n%s", len(tail), len(s), tail)
}
