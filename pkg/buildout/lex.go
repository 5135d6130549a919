package buildout

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"slapmonitor/pkg/buildout/condition"
	"slapmonitor/pkg/python"
)

// RawSection is a section as one file writes it, nothing resolved.
type RawSection struct {
	Name  string
	Pairs []Pair
}

// ParseText lexes the text of a profile or of an .installed.cfg; file is the
// name for messages. Section conditions are decided by [condition.DefaultFacts].
func ParseText(file, text string) ([]RawSection, error) {
	d, err := lex(file, text, condition.DefaultFacts())
	if err != nil {
		return nil, err
	}
	sections := make([]RawSection, 0, len(d.names))
	for _, name := range d.names {
		sections = append(sections, RawSection{name, d.sections[name].pairs()})
	}
	return sections, nil
}

// lex reads one file's text (contract 1.1 and 1.2). Bad lines are collected
// and reported together at the end, as buildout does; a line before any header
// ends it at once.
func lex(file, text string, facts condition.Facts) (*document, error) {
	if err := checkUTF8(file, text); err != nil {
		return nil, err
	}
	l := &lexer{file: file, facts: facts, sections: newDocument(), active: true}
	rest := universalNewlines(text)
	for rest != "" {
		line := rest
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			line = rest[:end+1]
		}
		rest = rest[len(line):]
		l.number++
		if err := l.line(line); err != nil {
			return nil, err
		}
	}
	l.closeOption()
	if len(l.bad) > 0 {
		return nil, l.parsingError()
	}
	return l.sections, nil
}

func checkUTF8(file, text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	offset := 0
	for offset < len(text) {
		r, size := utf8.DecodeRuneInString(text[offset:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		offset += size
	}
	line := 1 + strings.Count(universalNewlines(text[:offset]), "\n")
	return errorf(UnicodeDecodeError,
		"%s is not UTF-8: byte 0x%02x on line %d; save the file as UTF-8", file, text[offset], line).at(file, line)
}

func universalNewlines(text string) string {
	if !strings.Contains(text, "\r") {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

type badLine struct {
	number int
	text   string
}

// lexer is the state between two lines of a file.
type lexer struct {
	file     string
	facts    condition.Facts
	number   int // of the line being read
	sections *document
	current  *table          // the open section; nil before the first header
	active   bool            // false inside a section whose condition is false
	option   string          // the open option; "" right after a header
	block    bool            // the open option's value starts on its second line
	value    strings.Builder // of the open option
	start    int             // line of the open option
	bad      []badLine
}

func (l *lexer) line(line string) error {
	if line[0] == '#' || line[0] == ';' {
		return nil
	}
	first, _ := utf8.DecodeRuneInString(line)
	if isSpace(first) && l.current != nil && l.option != "" {
		l.continuation(line)
		return nil
	}
	if h, ok := parseHeader(line); ok {
		return l.header(h)
	}
	if l.current == nil {
		return l.beforeHeader(line)
	}
	l.optionLine(line)
	return nil
}

func (l *lexer) continuation(line string) {
	if !l.active {
		return
	}
	if l.block {
		line = rstrip(line)
	} else if line = strip(line); line == "" {
		return
	}
	l.value.WriteByte('\n')
	l.value.WriteString(line)
}

// header opens a section. A false condition leaves the section above open,
// but everything up to the next header is only checked, not kept.
func (l *lexer) header(h header) error {
	l.active = true
	if h.expression != "" {
		active, err := condition.Evaluate(strip(h.expression), l.facts)
		if err != nil {
			return conditionError(err).at(l.file, l.number)
		}
		if l.active = active; !active {
			return nil
		}
	}
	l.closeOption()
	section, ok := l.sections.get(h.name)
	if !ok {
		section = newTable(8)
		l.sections.set(h.name, section)
	}
	l.current = section
	return nil
}

func conditionError(err error) *Error {
	class := UnsupportedCondition
	var unknown condition.UnknownName
	if errors.As(err, &unknown) {
		class = NameError
	}
	return &Error{Class: class, Message: err.Error(), Cause: err}
}

func (l *lexer) beforeHeader(line string) error {
	if isBlank(line) {
		return nil
	}
	return errorf(MissingSectionHeaderError, "File contains no section headers.\nfile: %s, line: %d\n%s",
		l.file, l.number, python.Repr(line)).at(l.file, l.number)
}

func (l *lexer) optionLine(line string) {
	if rest, ok := strings.CutPrefix(line, "=>"); ok {
		line = partDependencies + " = " + rest
	}
	name, text, ok := parseOption(line)
	switch {
	case ok && l.active:
		l.closeOption()
		l.option, l.block, l.start = name, text == "", l.number
		l.value.WriteString(text)
		// An option takes its place when it is written, not when its value ends.
		l.current.set(name, value{})
	case ok, l.option == "" && isBlank(line):
	default:
		l.bad = append(l.bad, badLine{l.number, line})
	}
}

// closeOption stores the value that was being read.
func (l *lexer) closeOption() {
	if l.option == "" {
		return
	}
	text := l.value.String()
	if l.block {
		text = blockValue(text)
	}
	l.current.set(l.option, value{text, l.file, l.start})
	l.option = ""
	l.value.Reset()
}

func (l *lexer) parsingError() error {
	var b strings.Builder
	fmt.Fprintf(&b, "File contains parsing errors: %s", l.file)
	for _, bad := range l.bad {
		fmt.Fprintf(&b, "\n\t[line %2d]: %s", bad.number, python.Repr(bad.text))
	}
	return errorf(ParsingError, "%s", b.String()).at(l.file, l.bad[0].number)
}
