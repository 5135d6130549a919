package buildout

import "strings"

// blockValue finishes the value of an option that starts on the line after
// its "=": trailing white space goes, then the common indentation, then the
// leading blank lines (contract 1.2). Relative indentation stays.
func blockValue(raw string) string {
	text := dedent(rstrip(raw))
	start := strings.IndexFunc(text, notSpace)
	if start < 0 {
		return ""
	}
	return text[strings.LastIndexByte(text[:start], '\n')+1:]
}

// dedent is textwrap.dedent: blanks and tabs are compared as characters, and
// lines of nothing else are emptied and do not count.
func dedent(text string) string {
	lines := strings.Split(text, "\n")
	margin, found := "", false
	for i, line := range lines {
		body := strings.TrimLeft(line, " \t")
		if body == "" {
			lines[i] = ""
			continue
		}
		indent := line[:len(line)-len(body)]
		if !found {
			margin, found = indent, true
		} else {
			margin = commonPrefix(margin, indent)
		}
	}
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, margin)
	}
	return strings.Join(lines, "\n")
}

func commonPrefix(a, b string) string {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return a[:i]
		}
	}
	return a[:n]
}
