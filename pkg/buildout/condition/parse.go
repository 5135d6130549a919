package condition

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// parser reads expressions by python's precedence. Environment markers are
// expressions too, with two more comparisons and other names.
type parser struct {
	tokens []token // the last is the end
}

func parse(tokens []token) (expression, error) {
	p := &parser{tokens}
	if p.tokens[0].kind == tokenEnd {
		return nil, errors.New("it is empty")
	}
	e, err := p.or()
	if err == nil && p.tokens[0].kind != tokenEnd {
		err = p.unexpected()
	}
	return e, err
}

func (p *parser) next() token {
	t := p.tokens[0]
	if t.kind != tokenEnd {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) accept(text string) bool {
	found := p.tokens[0].is(text)
	if found {
		p.next()
	}
	return found
}

func (p *parser) expect(text string) error {
	if !p.accept(text) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) unexpected() error { return fmt.Errorf("%s was not expected", p.tokens[0]) }

func (p *parser) or() (expression, error) { return p.joined("or", p.and) }

func (p *parser) and() (expression, error) { return p.joined("and", p.not) }

func (p *parser) joined(word string, operand func() (expression, error)) (expression, error) {
	left, err := operand()
	for err == nil && p.accept(word) {
		var right expression
		right, err = operand()
		left = junction{word, left, right}
	}
	return left, err
}

func (p *parser) not() (expression, error) {
	if p.accept("not") {
		operand, err := p.not()
		return negation{operand}, err
	}
	return p.comparison()
}

func (p *parser) comparison() (expression, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	operator, ok := p.operator()
	if !ok {
		return left, nil
	}
	right, err := p.sum()
	return comparison{left, operator, right}, err
}

var comparisons = []string{"===", "==", "!=", "<=", ">=", "~=", "<", ">"}

func (p *parser) operator() (string, bool) {
	switch t := p.tokens[0]; {
	case p.accept("in"):
		return "in", true
	case p.accept("not"):
		return "not in", p.accept("in")
	case t.kind == tokenSign && slices.Contains(comparisons, t.text):
		return p.next().text, true
	}
	return "", false
}

func (p *parser) sum() (expression, error) {
	left, err := p.primary()
	for err == nil && p.accept("+") {
		var right expression
		right, err = p.primary()
		left = sum{left, right}
	}
	return left, err
}

// primary reads a literal, a name or a parenthesis, and the indexes after it.
func (p *parser) primary() (expression, error) {
	e, err := p.atom()
	for err == nil && p.accept("[") {
		s := subscript{of: e, head: p.accept(":")}
		if s.bound, err = p.or(); err == nil {
			err = p.expect("]")
		}
		e = s
	}
	return e, err
}

// keywords of python cannot be names, and "is" and the like are outside the
// subset.
var keywords = []string{"None", "and", "else", "for", "if", "in", "is", "lambda", "not", "or"}

func (p *parser) atom() (expression, error) {
	switch t := p.tokens[0]; {
	case t.kind == tokenNumber:
		n, err := strconv.Atoi(p.next().text)
		return literal{n}, err
	case t.kind == tokenString:
		return literal{p.next().text}, nil
	case p.accept("("):
		return p.parenthesis()
	case t.is("True"), t.is("False"):
		return literal{p.next().text == "True"}, nil
	case t.kind == tokenName && !slices.Contains(keywords, t.text):
		return p.name()
	}
	return nil, p.unexpected()
}

// parenthesis reads a group or a tuple up to its closing bracket.
func (p *parser) parenthesis() (expression, error) {
	items, comma := series{}, true
	for !p.accept(")") {
		if !comma {
			return nil, p.unexpected()
		}
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		items, comma = append(items, e), p.accept(",")
	}
	if len(items) == 1 && !comma {
		return group{items[0]}, nil
	}
	return items, nil
}

// name reads a name with its dots and, where it is called, its parentheses.
func (p *parser) name() (expression, error) {
	text := p.next().text
	for p.accept(".") {
		if p.tokens[0].kind != tokenName {
			return nil, p.unexpected()
		}
		text += "." + p.next().text
	}
	if !p.accept("(") {
		return name(text), nil
	}
	if !p.accept(")") {
		return nil, fmt.Errorf("%s() with arguments is not part of the subset", text)
	}
	return name(text + "()"), nil
}
