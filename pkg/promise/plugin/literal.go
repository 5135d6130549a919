package plugin

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxNesting bounds the recursion of the parser.
const maxNesting = 50

// parser reads Python literals: strings, numbers, True, False, None, lists,
// tuples and dictionaries, as pprint writes them.
type parser struct {
	text  string
	pos   int
	depth int
}

// literal is the value that text begins with: string, int, float64, bool, nil,
// []any or map[string]any. What follows it does not matter.
func literal(text string) (any, error) {
	p := &parser{text: text}
	v, err := p.value()
	if err != nil {
		return nil, fmt.Errorf("at byte %d: %w", p.pos, err)
	}
	return v, nil
}

// space skips white space, comments and continuation lines.
func (p *parser) space() {
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			p.pos++
		case c == '\\' && strings.HasPrefix(p.text[p.pos+1:], "\n"):
			p.pos += 2
		case c == '#':
			if i := strings.IndexByte(p.text[p.pos:], '\n'); i >= 0 {
				p.pos += i
			} else {
				p.pos = len(p.text)
			}
		default:
			return
		}
	}
}

func (p *parser) peek() byte {
	p.space()
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

func (p *parser) value() (any, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, errors.New("nested too deeply")
	}
	defer func() { p.depth-- }()
	switch c := p.peek(); {
	case c == 0:
		return nil, errors.New("the value is missing")
	case c == '[':
		list, _, err := p.list(']')
		return list, err
	case c == '(':
		// (x) is x, also where pprint breaks a long string over lines
		list, tuple, err := p.list(')')
		if err == nil && !tuple && len(list) == 1 {
			return list[0], nil
		}
		return list, err
	case c == '{':
		return p.dictionary()
	case p.atString():
		return p.strings()
	}
	return p.word()
}

// list reads items up to the closing bracket; comma tells whether there was one.
func (p *parser) list(end byte) (items []any, comma bool, err error) {
	p.pos++
	items = []any{}
	for {
		switch p.peek() {
		case end:
			p.pos++
			return items, comma, nil
		case 0:
			return nil, false, fmt.Errorf("no closing %c", end)
		}
		v, err := p.value()
		if err != nil {
			return nil, false, err
		}
		items = append(items, v)
		switch p.peek() {
		case ',':
			comma = true
			p.pos++
		case end:
		default:
			return nil, false, fmt.Errorf("neither a comma nor a closing %c", end)
		}
	}
}

func (p *parser) dictionary() (any, error) {
	p.pos++
	m := map[string]any{}
	for {
		switch p.peek() {
		case '}':
			p.pos++
			return m, nil
		case 0:
			return nil, errors.New("no closing }")
		}
		k, err := p.value()
		if err != nil {
			return nil, err
		}
		key, ok := k.(string)
		if !ok {
			return nil, fmt.Errorf("the key %v is not a string", k)
		}
		if p.peek() != ':' {
			return nil, fmt.Errorf("no colon after the key %q", key)
		}
		p.pos++
		if m[key], err = p.value(); err != nil {
			return nil, err
		}
		switch p.peek() {
		case ',':
			p.pos++
		case '}':
		default:
			return nil, errors.New("neither a comma nor a closing }")
		}
	}
}

// word reads a number or a name.
func (p *parser) word() (any, error) {
	end := p.pos
	for end < len(p.text) && !strings.ContainsRune(" \t\r\n,:]})#([{\"'\\", rune(p.text[end])) {
		end++
	}
	word := p.text[p.pos:end]
	switch word {
	case "True":
		p.pos = end
		return true, nil
	case "False":
		p.pos = end
		return false, nil
	case "None":
		p.pos = end
		return nil, nil
	}
	var v any
	v, err := strconv.Atoi(strings.TrimSuffix(word, "L")) // Python 2 marks long integers
	if err != nil {
		v, err = strconv.ParseFloat(word, 64)
	}
	if err != nil {
		return nil, fmt.Errorf("%.40q is not a value", word)
	}
	p.pos = end
	return v, nil
}

// prefixes are the string prefixes that change nothing, and r for raw.
const prefixes = "uUbBrR"

// atString tells whether a string begins here, a prefix included.
func (p *parser) atString() bool {
	i := p.pos
	for i < len(p.text) && i < p.pos+2 && strings.IndexByte(prefixes, p.text[i]) >= 0 {
		i++
	}
	return i < len(p.text) && (p.text[i] == '\'' || p.text[i] == '"')
}

// strings reads one or more strings in a row: Python joins them.
func (p *parser) strings() (any, error) {
	var b strings.Builder
	for p.peek() != 0 && p.atString() {
		raw := false
		for strings.IndexByte(prefixes, p.text[p.pos]) >= 0 {
			raw = raw || p.text[p.pos] == 'r' || p.text[p.pos] == 'R'
			p.pos++
		}
		if err := p.one(&b, raw); err != nil {
			return nil, err
		}
		if p.depth == 1 { // outside brackets the next line is another statement
			break
		}
	}
	return b.String(), nil
}

// one reads a string from its opening quote.
func (p *parser) one(b *strings.Builder, raw bool) error {
	quote := p.text[p.pos : p.pos+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(p.text[p.pos:], triple) {
		quote = triple
	}
	p.pos += len(quote)
	for p.pos < len(p.text) {
		rest := p.text[p.pos:]
		switch {
		case strings.HasPrefix(rest, quote):
			p.pos += len(quote)
			return nil
		case rest[0] == '\n' && len(quote) == 1:
			return errors.New("a string goes over the end of its line")
		case rest[0] == '\\' && len(rest) > 1 && raw:
			b.WriteString(rest[:2])
			p.pos += 2
		case rest[0] == '\\' && len(rest) > 1:
			if err := p.escape(b, rest); err != nil {
				return err
			}
		default:
			b.WriteByte(rest[0])
			p.pos++
		}
	}
	return errors.New("a string has no end")
}

var simpleEscapes = map[byte]string{
	'\n': "", '\\': `\`, '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// escape reads one backslash escape.
func (p *parser) escape(b *strings.Builder, rest string) error {
	if text, ok := simpleEscapes[rest[1]]; ok {
		b.WriteString(text)
		p.pos += 2
		return nil
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[rest[1]]
	if digits == 0 { // an unknown escape stays as it is
		b.WriteString(rest[:2])
		p.pos += 2
		return nil
	}
	if len(rest) < 2+digits {
		return errors.New("an escape is cut short")
	}
	n, err := strconv.ParseUint(rest[2:2+digits], 16, 32)
	if err != nil || n > utf8.MaxRune {
		return fmt.Errorf("%q is not an escape", rest[:2+digits])
	}
	b.WriteRune(rune(n))
	p.pos += 2 + digits
	return nil
}
