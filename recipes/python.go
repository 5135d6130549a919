package recipes

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"slapmonitor/pkg/python"
)

func pythonStrings(values []string) []string {
	out := []string{}
	for _, v := range values {
		out = append(out, python.Repr(v))
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
		items[i] = python.Repr(name) + ": " + python.Repr(values[name])
	}
	if line := "{" + strings.Join(items, ", ") + "}"; utf8.RuneCountInString(line) <= pageWidth {
		return line
	}
	for i, name := range names {
		key := python.Repr(name) + ": "
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
			return utf8.RuneCountInString(python.Repr(text))+1 <= width
		}
		return utf8.RuneCountInString(python.Repr(text)) <= width
	}
	if fits(s, true) {
		return python.Repr(s)
	}
	var chunks []string
	keep := func(text string) {
		if text != "" {
			chunks = append(chunks, python.Repr(text))
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
