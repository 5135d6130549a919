package buildout

import (
	"fmt"
	"slices"
)

// maxConditionDepth bounds parentheses within parentheses.
const maxConditionDepth = 100

// unknownName is a name that neither buildout nor the subset defines.
type unknownName string

func (n unknownName) Error() string { return fmt.Sprintf("name %s is not defined", repr(string(n))) }

// node is a parsed expression. As in Python, what "and" and "or" do not reach
// is not evaluated and may hold unknown names.
type node func(Python) (any, error)

// expressionParser reads Python's operators by falling precedence; it shares
// the tokens, and the reading of comparisons, with markers.
type expressionParser struct{ markerParser }

func parseExpression(tokens []token) (node, error) {
	p := &expressionParser{markerParser{tokens: tokens}}
	if p.tokens[0].kind == tokenEnd {
		return nil, fmt.Errorf("it is empty")
	}
	n, err := p.choice()
	if err != nil {
		return nil, err
	}
	return n, p.expectKind(tokenEnd)
}

func (p *expressionParser) expectKind(kind tokenKind) error {
	if p.tokens[0].kind != kind {
		return fmt.Errorf("%s was not expected", p.tokens[0])
	}
	return nil
}

func (p *expressionParser) expect(text string) error {
	if !p.accept(text) {
		return fmt.Errorf("%s was not expected", p.tokens[0])
	}
	return nil
}

// choice reads "a if condition else b", or what stands without it.
func (p *expressionParser) choice() (node, error) {
	if p.depth++; p.depth > maxConditionDepth {
		return nil, fmt.Errorf("it is nested more than %d deep", maxConditionDepth)
	}
	defer func() { p.depth-- }()
	then, err := p.or()
	if err != nil || !p.accept("if") {
		return then, err
	}
	condition, err := p.or()
	if err != nil {
		return nil, err
	}
	if err := p.expect("else"); err != nil {
		return nil, err
	}
	otherwise, err := p.choice()
	return func(python Python) (any, error) {
		v, err := condition(python)
		switch {
		case err != nil:
			return nil, err
		case truth(v):
			return then(python)
		}
		return otherwise(python)
	}, err
}

func (p *expressionParser) or() (node, error) {
	return p.shortCircuit("or", true, func() (node, error) {
		return p.shortCircuit("and", false, p.not)
	})
}

// shortCircuit reads operands joined by a word; the first whose truth is stop
// is the result, else the last.
func (p *expressionParser) shortCircuit(word string, stop bool, operand func() (node, error)) (node, error) {
	first, err := operand()
	operands := []node{first}
	for err == nil && p.accept(word) {
		var next node
		next, err = operand()
		operands = append(operands, next)
	}
	return func(python Python) (v any, err error) {
		for _, n := range operands {
			if v, err = n(python); err != nil || truth(v) == stop {
				break
			}
		}
		return v, err
	}, err
}

func (p *expressionParser) not() (node, error) {
	negations := 0
	for p.accept("not") {
		negations++
	}
	n, err := p.comparisons()
	if negations == 0 {
		return n, err
	}
	return func(python Python) (any, error) {
		v, err := n(python)
		return truth(v) == (negations%2 == 0), err
	}, err
}

// comparisons reads a chain: a < b < c is a < b and b < c.
func (p *expressionParser) comparisons() (node, error) {
	first, err := p.sum()
	operands, operators := []node{first}, []string(nil)
	for err == nil {
		operator, ok := p.operator()
		if !ok {
			break
		}
		var next node
		next, err = p.sum()
		operators, operands = append(operators, operator), append(operands, next)
	}
	if len(operators) == 0 {
		return first, err
	}
	return func(python Python) (any, error) { return compareChain(python, operands, operators) }, err
}

func compareChain(python Python, operands []node, operators []string) (any, error) {
	left, err := operands[0](python)
	holds := err == nil
	for i := 0; holds && i < len(operators); i++ {
		var right any
		if right, err = operands[i+1](python); err != nil {
			return nil, err
		}
		holds, err = compareValues(left, operators[i], right)
		left = right
	}
	return holds, err
}

// operator reads a comparison if one is next.
func (p *expressionParser) operator() (string, bool) {
	switch {
	case p.accept("is"):
		if p.accept("not") {
			return "is not", true
		}
		return "is", true
	case p.accept("in"):
		return "in", true
	case p.tokens[0].is("not") && p.tokens[1].is("in"):
		p.next()
		p.next()
		return "not in", true
	}
	return p.acceptAny("==", "!=", "<=", ">=", "<", ">")
}

func (p *expressionParser) acceptAny(signs ...string) (string, bool) {
	if t := p.tokens[0]; t.kind == tokenSign && slices.Contains(signs, t.text) {
		return p.next().text, true
	}
	return "", false
}

func (p *expressionParser) sum() (node, error) { return p.arithmetic(p.product, "+", "-") }

func (p *expressionParser) product() (node, error) { return p.arithmetic(p.signed, "*", "//", "%") }

func (p *expressionParser) arithmetic(operand func() (node, error), signs ...string) (node, error) {
	left, err := operand()
	for err == nil {
		sign, ok := p.acceptAny(signs...)
		if !ok {
			break
		}
		var right node
		right, err = operand()
		left = calculation(left, sign, right)
	}
	return left, err
}

func calculation(left node, sign string, right node) node {
	return func(python Python) (any, error) {
		a, err := left(python)
		if err != nil {
			return nil, err
		}
		b, err := right(python)
		if err != nil {
			return nil, err
		}
		return calculate(a, sign, b)
	}
}

// signed reads a sign and a power: -2 ** 2 is -(2 ** 2).
func (p *expressionParser) signed() (node, error) {
	sign, ok := p.acceptAny("-", "+")
	n, err := p.primary()
	if err == nil && p.accept("**") {
		var exponent node
		exponent, err = p.primary()
		n = calculation(n, "**", exponent)
	}
	if ok {
		n = calculation(constant(0), sign, n)
	}
	return n, err
}

func constant(v any) node { return func(Python) (any, error) { return v, nil } }
