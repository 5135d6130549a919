package recipes

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// pythonString is s as a Python string literal: single quotes, everything
// outside printable ASCII escaped.
func pythonString(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\udc%02x`, s[i])
		case r == '\\' || r == '\'':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	b.WriteByte('\'')
	return b.String()
}

func pythonStrings(values []string) []string {
	out := []string{}
	for _, v := range values {
		out = append(out, pythonString(v))
	}
	return out
}

func pythonItems(options Pairs) []map[string]string {
	out := []map[string]string{}
	for _, o := range options {
		out = append(out, map[string]string{"key": pythonString(o.Option), "value": pythonString(o.Value)})
	}
	return out
}
