package buildout

import (
	"fmt"
	"strings"
)

// primary reads a literal, a name or a parenthesis, and the attributes, calls
// and indexes after it.
func (p *expressionParser) primary() (node, error) {
	t := p.next()
	switch {
	case t.kind == tokenInt:
		return p.trailers(constant(t.number))
	case t.kind == tokenString:
		for p.tokens[0].kind == tokenString {
			t.text += p.next().text
		}
		return p.trailers(constant(t.text))
	case t.is("("), t.is("["):
		n, err := p.sequence(t.text)
		if err != nil {
			return nil, err
		}
		return p.trailers(n)
	case t.kind == tokenName && !isKeyword(t.text):
		n, err := p.name(t.text)
		if err != nil {
			return nil, err
		}
		return p.trailers(n)
	}
	return nil, fmt.Errorf("%s was not expected", t)
}

func isKeyword(name string) bool {
	switch name {
	case "and", "or", "not", "in", "is", "if", "else", "lambda", "for":
		return true
	}
	return false
}

// sequence reads a group, tuple or list after its opening bracket.
func (p *expressionParser) sequence(open string) (node, error) {
	closing, isTuple := ")", false
	if open == "[" {
		closing, isTuple = "]", true
	}
	items, comma, err := p.items(closing)
	if err != nil {
		return nil, err
	}
	if len(items) == 1 && !comma && !isTuple {
		return items[0], nil
	}
	return func(python Python) (any, error) { return evaluateAll(python, items) }, nil
}

// items reads expressions between commas, up to and with a closing bracket.
func (p *expressionParser) items(closing string) (items []node, comma bool, err error) {
	for !p.accept(closing) {
		if len(items) > 0 && !comma {
			return nil, false, fmt.Errorf("%s was not expected", p.tokens[0])
		}
		n, err := p.choice()
		if err != nil {
			return nil, false, err
		}
		items = append(items, n)
		comma = p.accept(",")
	}
	return items, comma, nil
}

func evaluateAll(python Python, items []node) (tuple, error) {
	values := make(tuple, len(items))
	for i, n := range items {
		v, err := n(python)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// name reads a name, dotted if it is a module's.
func (p *expressionParser) name(name string) (node, error) {
	switch name {
	case "True", "False":
		return constant(name == "True"), nil
	case "None":
		return constant(nil), nil
	case "sys", "os", "platform", "re":
		return p.attribute(name)
	}
	return func(python Python) (any, error) {
		if on, ok := python.flag(name); ok {
			return on, nil
		}
		return nil, unknownName(name)
	}, nil
}

// attribute reads what a condition asks a module for, a call included.
func (p *expressionParser) attribute(module string) (node, error) {
	name := module
	for p.accept(".") {
		if err := p.expectKind(tokenName); err != nil {
			return nil, err
		}
		name += "." + p.next().text
		if _, known := (Python{}).attribute(name); known {
			break
		}
	}
	arguments := 0
	if p.accept("(") {
		items, _, err := p.items(")")
		if err != nil {
			return nil, err
		}
		name, arguments = name+"()", len(items)
	}
	return func(python Python) (any, error) {
		if v, ok := python.attribute(name); ok && arguments == 0 {
			return v, nil
		}
		return nil, fmt.Errorf("%s is not part of the subset", name)
	}, nil
}

// trailers reads the indexes and methods after a value.
func (p *expressionParser) trailers(n node) (node, error) {
	var err error
	for range maxConditionDepth {
		switch {
		case err != nil:
			return nil, err
		case p.accept("["):
			n, err = p.subscript(n)
		case p.accept("."):
			n, err = p.method(n)
		default:
			return n, nil
		}
	}
	return nil, fmt.Errorf("it is nested more than %d deep", maxConditionDepth)
}

// method reads .name(arguments).
func (p *expressionParser) method(n node) (node, error) {
	if err := p.expectKind(tokenName); err != nil {
		return nil, err
	}
	name := p.next().text
	switch name { // the fields of sys.version_info, which is a tuple otherwise
	case "major", "minor", "micro":
		return item(n, constant(strings.Index("major minor micro", name)/len("major "))), nil
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	arguments, _, err := p.items(")")
	return func(python Python) (any, error) {
		v, err := n(python)
		if err != nil {
			return nil, err
		}
		values, err := evaluateAll(python, arguments)
		if err != nil {
			return nil, err
		}
		return callMethod(v, name, values)
	}, err
}

// subscript reads an index or a slice up to its closing bracket.
func (p *expressionParser) subscript(n node) (node, error) {
	var low, high node
	var err error
	if !p.tokens[0].is(":") {
		if low, err = p.choice(); err != nil {
			return nil, err
		}
	}
	if !p.accept(":") {
		return item(n, low), p.expect("]")
	}
	if !p.tokens[0].is("]") {
		if high, err = p.choice(); err != nil {
			return nil, err
		}
	}
	return slice(n, low, high), p.expect("]")
}

// attribute gives what the modules of a condition hold, as far as the subset
// goes.
func (p Python) attribute(name string) (any, bool) {
	v := p.Version
	switch name {
	case "sys.version_info":
		return tuple{v[0], v[1], v[2], "final", 0}, true
	case "sys.platform":
		return p.Platform, true
	case "sys.byteorder":
		if littleEndian() {
			return "little", true
		}
		return "big", true
	case "sys.maxsize":
		if p.Bits == 32 {
			return 1<<31 - 1, true
		}
		return 1<<63 - 1, true
	case "os.name":
		return "posix", true
	case "platform.machine()":
		return p.Machine, true
	case "platform.system()":
		return p.System, true
	case "platform.release()":
		return p.Release, true
	case "platform.python_version()":
		return p.fullVersion(), true
	case "platform.python_implementation()":
		return "CPython", true
	case "platform.python_version_tuple()":
		return tuple{fmt.Sprint(v[0]), fmt.Sprint(v[1]), fmt.Sprint(v[2])}, true
	}
	return nil, false
}
