// Package python writes values as Python does, because what the stack replaces
// is written in it: clients match on messages, and tests of releases on files,
// that hold them so. It knows nothing of where they go.
package python

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Repr is text as Python's repr shows it.
func Repr(text string) string {
	quote := quoteFor(text)
	var b strings.Builder
	b.WriteByte(quote)
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && n == 1: // as surrogateescape shows it
			fmt.Fprintf(&b, `\udc%02x`, text[0])
		case r < utf8.RuneSelf:
			b.WriteString(reprByte(byte(r), quote))
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		text = text[n:]
	}
	b.WriteByte(quote)
	return b.String()
}

// ReprBytes is data as Python's repr shows bytes.
func ReprBytes(data []byte) string {
	quote := quoteFor(string(data))
	var b strings.Builder
	b.WriteString("b" + string(rune(quote)))
	for _, c := range data {
		b.WriteString(reprByte(c, quote))
	}
	b.WriteByte(quote)
	return b.String()
}

// quoteFor is the quote that Python would choose.
func quoteFor(text string) byte {
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		return '"'
	}
	return '\''
}

func reprByte(c, quote byte) string {
	switch {
	case c == quote || c == '\\':
		return `\` + string(rune(c))
	case c == '\n':
		return `\n`
	case c == '\r':
		return `\r`
	case c == '\t':
		return `\t`
	case c < ' ' || c >= 0x7f:
		return fmt.Sprintf(`\x%02x`, c)
	}
	return string(rune(c))
}

// ReprList is a list of strings as Python's repr shows it.
func ReprList(items []string) string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = Repr(item)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
