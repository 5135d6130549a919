package recipes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pythonString is Python's repr of s.
func pythonString(s string) string {
	quote := '\''
	if strings.ContainsRune(s, '\'') && !strings.ContainsRune(s, '"') {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\udc%02x`, s[i])
		} else {
			b.WriteString(pythonRune(r, quote))
		}
		i += size
	}
	b.WriteRune(quote)
	return b.String()
}

func pythonRune(r, quote rune) string {
	switch {
	case r == '\\' || r == quote:
		return `\` + string(r)
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case unicode.IsPrint(r):
		return string(r)
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

func pythonStrings(values []string) []string {
	out := []string{}
	for _, v := range values {
		out = append(out, pythonString(v))
	}
	return out
}

// pageWidth is where pprint breaks lines, in characters.
const pageWidth = 80

// pythonDict is pprint.pformat(dict(options), indent=2): consumers' tests look
// for this text in plugin files, sorted and broken over lines as it is.
func pythonDict(options Pairs) string {
	values := map[string]string{}
	names := []string{}
	for _, o := range options {
		if _, known := values[o.Option]; !known {
			names = append(names, o.Option)
		}
		values[o.Option] = o.Value
	}
	slices.Sort(names)
	items := make([]string, len(names))
	for i, name := range names {
		items[i] = pythonString(name) + ": " + pythonString(values[name])
	}
	if line := "{" + strings.Join(items, ", ") + "}"; utf8.RuneCountInString(line) <= pageWidth {
		return line
	}
	for i, name := range names {
		key := pythonString(name) + ": "
		items[i] = key + pythonText(values[name], 2+utf8.RuneCountInString(key))
	}
	return "{ " + strings.Join(items, ",\n  ") + "}"
}

var wordAndBlanks = regexp.MustCompile(`[^\s\x{85}\p{Z}\x{1c}-\x{1f}]*[\s\x{85}\p{Z}\x{1c}-\x{1f}]*`)

// pythonText is a string as pprint writes it at a column: one literal if it
// fits, else a literal for each of its lines, broken again between words.
func pythonText(s string, column int) string {
	width := pageWidth - column
	fits := func(text string, last bool) bool {
		if last { // what follows it
			return utf8.RuneCountInString(pythonString(text))+1 <= width
		}
		return utf8.RuneCountInString(pythonString(text)) <= width
	}
	if fits(s, true) {
		return pythonString(s)
	}
	var chunks []string
	keep := func(text string) {
		if text != "" {
			chunks = append(chunks, pythonString(text))
		}
	}
	for line := range strings.Lines(s) {
		s = s[len(line):]
		current := ""
		for words := line; words != ""; {
			word := wordAndBlanks.FindString(words)
			words = words[len(word):]
			if !fits(current+word, s == "" && words == "") {
				keep(current)
				current = ""
			}
			current += word
		}
		keep(current)
	}
	return strings.Join(chunks, "\n"+strings.Repeat(" ", column))
}
