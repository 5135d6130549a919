package buildout

import (
	"fmt"
	"strings"
)

const maxConditionDepth = 100

// unknownName is a name that neither buildout nor the subset defines.
type unknownName string

func (n unknownName) Error() string { return fmt.Sprintf("name %s is not defined", repr(string(n))) }

// evaluator walks an expression once, deciding as it parses. Both sides of
// "and" and "or" are always looked at, so what is not understood is found
// even where Python would not have gone.
type evaluator struct {
	markerParser
	python Python
}

func evaluateExpression(tokens []token, python Python) (any, error) {
	e := &evaluator{markerParser{tokens: tokens}, python}
	if e.tokens[0].kind == tokenEnd {
		return nil, fmt.Errorf("it is empty")
	}
	result, err := e.choice()
	if err != nil {
		return nil, err
	}
	if e.tokens[0].kind != tokenEnd {
		return nil, fmt.Errorf("%s was not expected", e.tokens[0])
	}
	return result, nil
}

func (t token) String() string {
	switch t.kind {
	case tokenEnd:
		return "the end"
	case tokenInt:
		return fmt.Sprint(t.number)
	}
	return repr(t.text)
}

func (e *evaluator) choice() (any, error) {
	if e.depth++; e.depth > maxConditionDepth {
		return nil, fmt.Errorf("it is nested too deep")
	}
	defer func() { e.depth-- }()
	left, err := e.both()
	for err == nil && e.accept("or") {
		var right any
		if right, err = e.both(); !truth(left) {
			left = right
		}
	}
	return left, err
}

func (e *evaluator) both() (any, error) {
	left, err := e.negation()
	for err == nil && e.accept("and") {
		var right any
		if right, err = e.negation(); truth(left) {
			left = right
		}
	}
	return left, err
}

func (e *evaluator) negation() (any, error) {
	negations := 0
	for e.accept("not") {
		negations++
	}
	v, err := e.compared()
	if err == nil && negations > 0 {
		v = truth(v) == (negations%2 == 0)
	}
	return v, err
}

// compared reads a chain of comparisons: a < b < c is a < b and b < c.
func (e *evaluator) compared() (any, error) {
	left, err := e.sum()
	if err != nil || !e.atComparison() {
		return left, err
	}
	answer := true
	for err == nil && e.atComparison() {
		operator, ok := e.comparison()
		if !ok {
			return nil, fmt.Errorf("%s is not a comparison of the subset", operator)
		}
		var right any
		if right, err = e.sum(); err != nil {
			return nil, err
		}
		var holds bool
		holds, err = compareValues(left, operator, right)
		answer, left = answer && holds, right
	}
	return answer, err
}

func (e *evaluator) atComparison() bool {
	t := e.tokens[0]
	if t.is("in") || t.is("not") {
		return true
	}
	return t.kind == tokenSign && strings.ContainsAny(t.text[:1], "=<>!~")
}

func (e *evaluator) sum() (any, error) {
	left, err := e.product()
	for err == nil && (e.tokens[0].is("+") || e.tokens[0].is("-")) {
		operator := e.next().text
		var right any
		if right, err = e.product(); err == nil {
			left, err = arithmetic(left, operator, right)
		}
	}
	return left, err
}

func (e *evaluator) product() (any, error) {
	left, err := e.signed()
	for err == nil && (e.tokens[0].is("*") || e.tokens[0].is("//") || e.tokens[0].is("%")) {
		operator := e.next().text
		var right any
		if right, err = e.signed(); err == nil {
			left, err = arithmetic(left, operator, right)
		}
	}
	return left, err
}

func (e *evaluator) signed() (any, error) {
	if e.accept("-") {
		v, err := e.primary()
		if err != nil {
			return nil, err
		}
		return arithmetic(0, "-", v)
	}
	return e.primary()
}
