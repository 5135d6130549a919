package condition

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// expression is a parsed condition, or a piece of one. Values are bool, int,
// string and tuple. As in python, what "and" and "or" do not reach is not
// evaluated and may hold unknown names.
type expression interface {
	value(Facts) (any, error)
}

type (
	literal struct{ is any }
	name    string // dotted, and with "()" where it is called
	group   struct{ expression }
	series  []expression

	negation struct{ operand expression }
	sum      struct{ left, right expression }
	junction struct { // "and", "or"
		word        string
		left, right expression
	}
	comparison struct {
		left     expression
		operator string
		right    expression
	}
	subscript struct { // of[bound], or of[:bound]
		of    expression
		head  bool
		bound expression
	}
)

type tuple []any

func (l literal) value(Facts) (any, error) { return l.is, nil }

func (n name) value(f Facts) (any, error) {
	text := string(n)
	if on, ok := f.flag(text); ok {
		return on, nil
	}
	if v, ok := f.attribute(text); ok {
		return v, nil
	}
	if strings.ContainsAny(text, ".(") || slices.Contains([]string{"sys", "os", "platform", "re"}, text) {
		return nil, fmt.Errorf("%s is not part of the subset", text)
	}
	return nil, UnknownName(text)
}

func (s series) value(f Facts) (any, error) {
	values := make(tuple, len(s))
	for i, e := range s {
		var err error
		if values[i], err = e.value(f); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (n negation) value(f Facts) (any, error) {
	v, err := n.operand.value(f)
	return !truth(v), err
}

func (j junction) value(f Facts) (any, error) {
	left, err := j.left.value(f)
	if err != nil || truth(left) == (j.word == "or") {
		return left, err
	}
	return j.right.value(f)
}

func (c comparison) value(f Facts) (any, error) {
	left, right, err := both(c.left, c.right, f)
	if err != nil {
		return nil, err
	}
	switch c.operator {
	case "in", "not in":
		found, err := contains(right, left)
		return found == (c.operator == "in"), err
	case "~=", "===":
		return nil, fmt.Errorf("%s is for environment markers only", c.operator)
	}
	difference, err := order(left, right)
	return ordered(difference, c.operator), err
}

func (s sum) value(f Facts) (any, error) {
	left, right, err := both(s.left, s.right, f)
	if err != nil {
		return nil, err
	}
	switch left := left.(type) {
	case int:
		if right, ok := right.(int); ok {
			return left + right, nil
		}
	case string:
		if right, ok := right.(string); ok {
			return left + right, nil
		}
	}
	return nil, errors.New("+ is for two numbers or two strings")
}

func (s subscript) value(f Facts) (any, error) {
	of, index, err := both(s.of, s.bound, f)
	if err != nil {
		return nil, err
	}
	items, isTuple := of.(tuple)
	bound, isNumber := index.(int)
	switch {
	case !isTuple || !isNumber:
		return nil, errors.New("only tuples have items here, and their indexes are numbers")
	case s.head:
		return items[:min(bound, len(items))], nil
	case bound >= len(items):
		return nil, errors.New("index out of range")
	}
	return items[bound], nil
}

func both(left, right expression, f Facts) (a, b any, err error) {
	if a, err = left.value(f); err == nil {
		b, err = right.value(f)
	}
	return a, b, err
}
