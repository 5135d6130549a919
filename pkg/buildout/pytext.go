package buildout

import (
	"strings"
	"unicode"
)

// The profile language is defined by Python's str methods, which see more
// white space than ASCII and less than Go's unicode.IsSpace (0x1c to 0x1f).

// isSpace is str.isspace for one character.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || (r >= 0x1c && r <= 0x1f)
}

// strip is str.strip().
func strip(s string) string { return strings.TrimFunc(s, isSpace) }

// rstrip is str.rstrip().
func rstrip(s string) string { return strings.TrimRightFunc(s, isSpace) }

// fields is str.split().
func fields(s string) []string { return strings.FieldsFunc(s, isSpace) }

// isBlank tells whether strip would leave nothing.
func isBlank(s string) bool { return strings.IndexFunc(s, notSpace) < 0 }

func notSpace(r rune) bool { return !isSpace(r) }
