package condition

import (
	"cmp"
	"errors"
	"strings"
)

// truth is bool(v).
func truth(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case int:
		return v != 0
	case string:
		return v != ""
	case tuple:
		return len(v) > 0
	}
	return false
}

func contains(container, v any) (bool, error) {
	switch c := container.(type) {
	case tuple:
		for _, item := range c {
			if difference, err := order(item, v); err != nil || difference == 0 {
				return err == nil, err
			}
		}
		return false, nil
	case string:
		if text, ok := v.(string); ok {
			return strings.Contains(c, text), nil
		}
	}
	return false, errors.New(`"in" needs a tuple, or two strings`)
}

// order is negative, zero or positive as a is less than, equal to or greater
// than b. Unlike python it has no answer for values of different types, not
// even whether they are equal: a profile that asks means something else.
func order(a, b any) (int, error) {
	switch a := a.(type) {
	case int:
		if b, ok := b.(int); ok {
			return cmp.Compare(a, b), nil
		}
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(a, b), nil
		}
	case tuple:
		if b, ok := b.(tuple); ok {
			return orderTuples(a, b)
		}
	}
	return 0, errors.New("only two numbers, two strings or two tuples of such are compared")
}

func orderTuples(a, b tuple) (int, error) {
	for i := range min(len(a), len(b)) {
		if difference, err := order(a[i], b[i]); err != nil || difference != 0 {
			return difference, err
		}
	}
	return len(a) - len(b), nil
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
