package buildout

import (
	"strings"
)

// header is a line "[name]" or "[name:expression]".
type header struct {
	name       string
	expression string // "" where there is no condition
}

// parseHeader reads a section header; anything but a comment after it means
// that it is none. A condition ends at the last bracket before a # or ;, which
// therefore cannot stand in it except as \x23 and \x3b.
func parseHeader(line string) (header, bool) {
	rest, ok := strings.CutPrefix(line, "[")
	if !ok {
		return header{}, false
	}
	rest = strings.TrimLeftFunc(rest, isSpace)
	end := strings.IndexFunc(rest, notSectionRune)
	if end <= 0 {
		return header{}, false
	}
	name := rest[:end]
	rest = strings.TrimLeftFunc(rest[end:], isSpace)
	expression, conditional := "", strings.HasPrefix(rest, ":")
	if conditional {
		rest = rest[1:]
		limit := strings.IndexAny(rest, "#;")
		if limit < 0 {
			limit = len(rest)
		}
		bracket := strings.LastIndexByte(rest[:limit], ']')
		if bracket < 0 {
			return header{}, false
		}
		expression, rest = rest[:bracket], rest[bracket:]
	}
	if rest, ok = strings.CutPrefix(rest, "]"); !ok {
		return header{}, false
	}
	rest = strings.TrimLeftFunc(rest, isSpace)
	if rest != "" && rest[0] != '#' && rest[0] != ';' {
		return header{}, false
	}
	return header{name, expression}, true
}

func notSectionRune(r rune) bool {
	return isSpace(r) || strings.ContainsRune("#[]:;{}", r)
}

func notOptionRune(r rune) bool {
	return isSpace(r) || strings.ContainsRune("{}[]=:", r)
}

// parseOption splits "name = value", "name += value" or "name -= value". The
// operator stays part of the name, with the blanks before it, until merging.
func parseOption(line string) (name, text string, ok bool) {
	end := strings.IndexFunc(line, notOptionRune)
	if end <= 0 {
		return "", "", false
	}
	rest := strings.TrimLeftFunc(line[end:], isSpace)
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[1:]
	}
	if !strings.HasPrefix(rest, "=") {
		return "", "", false
	}
	return rstrip(line[:len(line)-len(rest)]), strip(rest[1:]), true
}
