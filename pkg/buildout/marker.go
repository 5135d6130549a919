package buildout

import (
	"fmt"
	"slices"
	"strings"
)

// marker is a parsed environment marker (PEP 508), as in
// python_version >= "3.8" and sys_platform == "linux".
type marker struct {
	operator    string // "and", "or", or a comparison
	left, right *marker
	a, b        operandText
}

// operandText is one side of a comparison: a variable's name or a string.
type operandText struct {
	text     string
	variable bool
}

// markerParser reads tokens, the end token being the last of them.
type markerParser struct {
	tokens []token
	depth  int
}

// parseMarker reports false for anything that is not a marker; it may still be
// an expression.
func parseMarker(tokens []token) (*marker, bool) {
	p := &markerParser{tokens: tokens}
	m, ok := p.or()
	return m, ok && p.tokens[0].kind == tokenEnd
}

func (p *markerParser) next() token {
	t := p.tokens[0]
	if t.kind != tokenEnd {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *markerParser) accept(text string) bool {
	if p.tokens[0].is(text) {
		p.next()
		return true
	}
	return false
}

func (p *markerParser) or() (*marker, bool) {
	return p.joined("or", func() (*marker, bool) { return p.joined("and", p.atom) })
}

func (p *markerParser) joined(word string, operand func() (*marker, bool)) (*marker, bool) {
	m, ok := operand()
	for ok && p.accept(word) {
		var right *marker
		right, ok = operand()
		m = &marker{operator: word, left: m, right: right}
	}
	return m, ok
}

func (p *markerParser) atom() (*marker, bool) {
	if p.accept("(") {
		if p.depth++; p.depth > maxConditionDepth {
			return nil, false
		}
		m, ok := p.or()
		p.depth--
		return m, ok && p.accept(")")
	}
	a, ok := p.operand()
	if !ok {
		return nil, false
	}
	operator, ok := p.comparison()
	if !ok {
		return nil, false
	}
	b, ok := p.operand()
	return &marker{operator: operator, a: a, b: b}, ok
}

func (p *markerParser) comparison() (string, bool) {
	t := p.next()
	if t.is("not") {
		return "not in", p.accept("in")
	}
	if t.is("in") {
		return "in", true
	}
	return t.text, t.kind == tokenSign && slices.Contains(
		[]string{"===", "==", "!=", "<=", ">=", "~=", "<", ">"}, t.text)
}

// operand reads a string or one of the marker variables, also under their old
// dotted names.
func (p *markerParser) operand() (operandText, bool) {
	t := p.next()
	switch t.kind {
	case tokenString:
		return operandText{text: t.text}, true
	case tokenName:
		name := t.text
		if p.accept(".") {
			name += "." + p.next().text
		}
		name, known := markerVariables[name]
		return operandText{name, true}, known
	}
	return operandText{}, false
}

// markerVariables maps each accepted spelling to the variable's name.
var markerVariables = map[string]string{
	"os_name": "os_name", "os.name": "os_name",
	"sys_platform": "sys_platform", "sys.platform": "sys_platform",
	"platform_machine": "platform_machine", "platform.machine": "platform_machine",
	"platform_version": "platform_version", "platform.version": "platform_version",
	"platform_python_implementation": "platform_python_implementation",
	"platform.python_implementation": "platform_python_implementation",
	"python_implementation":          "platform_python_implementation",
	"platform_release":               "platform_release",
	"platform_system":                "platform_system",
	"python_version":                 "python_version",
	"python_full_version":            "python_full_version",
	"implementation_name":            "implementation_name",
	"implementation_version":         "implementation_version",
	"extra":                          "extra",
}

func (p Python) markerValue(name string) string {
	return map[string]string{
		"os_name":                        "posix",
		"sys_platform":                   p.Platform,
		"platform_machine":               p.Machine,
		"platform_version":               p.KernelVersion,
		"platform_python_implementation": "CPython",
		"platform_release":               p.Release,
		"platform_system":                p.System,
		"python_version":                 p.shortVersion(),
		"python_full_version":            p.fullVersion(),
		"implementation_name":            "cpython",
		"implementation_version":         p.fullVersion(),
	}[name]
}

func (m *marker) evaluate(p Python) (bool, error) {
	switch m.operator {
	case "and", "or":
		left, err := m.left.evaluate(p)
		if err != nil || left == (m.operator == "or") {
			return left, err
		}
		return m.right.evaluate(p)
	}
	if !m.a.variable && !m.b.variable {
		return false, fmt.Errorf("buildout takes a comparison of two strings for an environment marker and finds no variable in it")
	}
	a, b := m.a.value(p), m.b.value(p)
	if m.operator != "in" && m.operator != "not in" {
		if answer, ok, err := matchSpecifier(a, m.operator, b); ok || err != nil {
			return answer, err
		}
	}
	return compareTexts(a, m.operator, b)
}

func (o operandText) value(p Python) string {
	if o.variable {
		return p.markerValue(o.text)
	}
	return o.text
}

// compareTexts compares what is not a version, as strings.
func compareTexts(a, operator, b string) (bool, error) {
	switch operator {
	case "in":
		return strings.Contains(b, a), nil
	case "not in":
		return !strings.Contains(b, a), nil
	case "~=", "===":
		return false, fmt.Errorf("%s compares versions, and %s is none", operator, repr(b))
	}
	return ordered(strings.Compare(a, b), operator), nil
}

// ordered answers a comparison from the sign of a difference.
func ordered(difference int, operator string) bool {
	switch operator {
	case "==":
		return difference == 0
	case "!=":
		return difference != 0
	case "<":
		return difference < 0
	case "<=":
		return difference <= 0
	case ">":
		return difference > 0
	}
	return difference >= 0
}
