package publish

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean makes text fit for XML and for people: no control characters but line
// end and tab, valid UTF-8, at most limit bytes.
func clean(text string, limit int) string {
	if len(text) > limit {
		cut := limit
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "…"
	}
	if isPlain(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == '\uFFFE', r == '\uFFFF':
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// isPlain tells the usual text, which clean would not change.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= 0x7f || c < ' ' && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}

// title is clean for a name of an instance: one line.
func title(text string) string {
	return strings.Join(strings.Fields(clean(text, 256)), " ")
}
