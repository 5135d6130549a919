package buildout

import (
	"fmt"
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

// repr is Python's repr of a string, which buildout's sentences are made with.
func repr(s string) string {
	quote := '\''
	if strings.ContainsRune(s, '\'') && !strings.ContainsRune(s, '"') {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for _, r := range s {
		writeReprRune(&b, r, quote)
	}
	b.WriteRune(quote)
	return b.String()
}

func writeReprRune(b *strings.Builder, r, quote rune) {
	switch {
	case r == quote || r == '\\':
		b.WriteRune('\\')
		b.WriteRune(r)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case unicode.IsPrint(r):
		b.WriteRune(r)
	case r < 0x100:
		fmt.Fprintf(b, `\x%02x`, r)
	case r < 0x10000:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

// reprList is Python's repr of a list of strings.
func reprList(items []string) string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = repr(item)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
