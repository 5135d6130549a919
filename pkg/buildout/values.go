package buildout

import (
	"fmt"
	"math/big"
	"strings"
)

// Values of condition expressions are nil, bool, int, string and tuple, which
// also stands for a list.
type tuple []any

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

// number reads a bool as an int, as Python does.
func number(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// calculate applies an operator of arithmetic; strings and tuples can be added.
func calculate(a any, operator string, b any) (any, error) {
	m, okM := number(a)
	n, okN := number(b)
	if okM && okN {
		return integers(m, operator, n)
	}
	if operator == "+" {
		switch a := a.(type) {
		case string:
			if b, ok := b.(string); ok {
				return a + b, nil
			}
		case tuple:
			if b, ok := b.(tuple); ok {
				return append(a[:len(a):len(a)], b...), nil
			}
		}
	}
	return nil, fmt.Errorf("%s of these values is not part of the subset", operator)
}

// integers calculates exactly and refuses what does not fit 64 bits.
func integers(m int, operator string, n int) (any, error) {
	a, b, result := big.NewInt(int64(m)), big.NewInt(int64(n)), new(big.Int)
	switch operator {
	case "+":
		result.Add(a, b)
	case "-":
		result.Sub(a, b)
	case "*":
		result.Mul(a, b)
	case "**":
		if n < 0 || n > 64 {
			return nil, fmt.Errorf("the power %d is not part of the subset", n)
		}
		result.Exp(a, b, nil)
	default:
		if n == 0 {
			return nil, fmt.Errorf("division by zero")
		}
		rest := m % n
		if rest != 0 && (rest < 0) != (n < 0) {
			rest += n // Python's remainder has the divisor's sign
		}
		if operator == "%" {
			return rest, nil
		}
		result.Quo(result.Sub(a, big.NewInt(int64(rest))), b)
	}
	if !result.IsInt64() {
		return nil, fmt.Errorf("%s is too large for the subset", result)
	}
	return int(result.Int64()), nil
}

func compareValues(a any, operator string, b any) (bool, error) {
	switch operator {
	case "in", "not in":
		found, err := contains(b, a)
		return found == (operator == "in"), err
	case "==", "!=":
		return equal(a, b) == (operator == "=="), nil
	case "is", "is not":
		same, err := identical(a, b)
		return same == (operator == "is"), err
	}
	difference, err := compareOrder(a, b)
	return ordered(difference, operator), err
}

// identical answers "is" where Python's answer is certain.
func identical(a, b any) (bool, error) {
	for _, v := range []any{a, b} {
		if _, isBool := v.(bool); v == nil || isBool {
			return a == b, nil
		}
	}
	return false, fmt.Errorf("\"is\" is for None, True and False only")
}

func contains(container, v any) (bool, error) {
	switch c := container.(type) {
	case tuple:
		for _, item := range c {
			if equal(item, v) {
				return true, nil
			}
		}
		return false, nil
	case string:
		if text, ok := v.(string); ok {
			return strings.Contains(c, text), nil
		}
	}
	return false, fmt.Errorf("\"in\" needs a tuple, or two strings")
}

func equal(a, b any) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	difference, err := compareOrder(a, b)
	return err == nil && difference == 0
}

// compareOrder is negative, zero or positive as a is less than, equal to or
// greater than b.
func compareOrder(a, b any) (int, error) {
	m, okM := number(a)
	n, okN := number(b)
	if okM && okN {
		switch {
		case m < n:
			return -1, nil
		case m > n:
			return 1, nil
		}
		return 0, nil
	}
	if a, ok := a.(string); ok {
		if b, ok := b.(string); ok {
			return strings.Compare(a, b), nil
		}
	}
	if a, ok := a.(tuple); ok {
		if b, ok := b.(tuple); ok {
			return compareTuples(a, b)
		}
	}
	return 0, fmt.Errorf("values of different types are compared")
}

func compareTuples(a, b tuple) (int, error) {
	for i := range min(len(a), len(b)) {
		if !equal(a[i], b[i]) {
			return compareOrder(a[i], b[i])
		}
	}
	return len(a) - len(b), nil
}

// item is v[i], slice is v[low:high]; a bound that is nil is left out.
func item(v, i node) node {
	return indexed(v, func(items []any, python Python) (any, error) {
		at, err := position(python, i, len(items), 0)
		if err == nil && (at < 0 || at >= len(items)) {
			err = fmt.Errorf("index out of range")
		}
		if err != nil {
			return nil, err
		}
		return items[at], nil
	})
}

func slice(v, low, high node) node {
	return indexed(v, func(items []any, python Python) (any, error) {
		from, err := position(python, low, len(items), 0)
		if err != nil {
			return nil, err
		}
		to, err := position(python, high, len(items), len(items))
		if err != nil {
			return nil, err
		}
		from = min(max(from, 0), len(items))
		return tuple(items[from:max(from, min(to, len(items)))]), nil
	})
}

// indexed takes a tuple or string apart for pick, and puts a slice of a string
// together again.
func indexed(v node, pick func([]any, Python) (any, error)) node {
	return func(python Python) (any, error) {
		value, err := v(python)
		if err != nil {
			return nil, err
		}
		switch value := value.(type) {
		case tuple:
			return pick(value, python)
		case string:
			var letters []any
			for _, r := range value {
				letters = append(letters, string(r))
			}
			picked, err := pick(letters, python)
			if part, ok := picked.(tuple); ok {
				return fmt.Sprint(part...), err
			}
			return picked, err
		}
		return nil, fmt.Errorf("only strings, tuples and lists have items")
	}
}

// position evaluates an index, counted from the end if negative.
func position(python Python, n node, length, absent int) (int, error) {
	if n == nil {
		return absent, nil
	}
	v, err := n(python)
	if err != nil {
		return 0, err
	}
	at, ok := number(v)
	if !ok {
		return 0, fmt.Errorf("an index must be a whole number")
	}
	if at < 0 {
		at += length
	}
	return at, nil
}

// callMethod answers the methods of strings that conditions use.
func callMethod(v any, name string, arguments tuple) (any, error) {
	text, isText := v.(string)
	test := map[string]func(string, string) bool{
		"startswith": strings.HasPrefix, "endswith": strings.HasSuffix,
	}[name]
	switch {
	case isText && test != nil && len(arguments) == 1:
		choices, several := arguments[0].(tuple)
		if !several {
			choices = arguments
		}
		return anyText(choices, func(s string) bool { return test(text, s) })
	case isText && name == "lower" && len(arguments) == 0:
		return strings.ToLower(text), nil
	case isText && name == "upper" && len(arguments) == 0:
		return strings.ToUpper(text), nil
	}
	return nil, fmt.Errorf("the method %s is not part of the subset", name)
}

func anyText(choices tuple, test func(string) bool) (any, error) {
	for _, choice := range choices {
		s, ok := choice.(string)
		if !ok {
			return nil, fmt.Errorf("a string was expected")
		}
		if test(s) {
			return true, nil
		}
	}
	return false, nil
}
