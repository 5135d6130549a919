package buildout

import (
	"fmt"
	"strings"
)

// tuple is a Python tuple of the subset.
type tuple []any

// primary reads a literal, a name with its attributes, or a parenthesis, and
// the indexes and slices after it.
func (e *evaluator) primary() (any, error) {
	v, err := e.operandValue()
	for err == nil && e.tokens[0].is("[") {
		v, err = e.subscript(v)
	}
	return v, err
}

func (e *evaluator) operandValue() (any, error) {
	t := e.next()
	switch {
	case t.kind == tokenInt:
		return t.number, nil
	case t.kind == tokenString:
		text := t.text
		for e.tokens[0].kind == tokenString {
			text += e.next().text
		}
		return text, nil
	case t.is("("):
		return e.parenthesis()
	case t.kind == tokenName:
		return e.name(t.text)
	}
	return nil, fmt.Errorf("%s was not expected", t)
}

// parenthesis reads a group or a tuple; its "(" is consumed.
func (e *evaluator) parenthesis() (any, error) {
	items, isTuple := tuple{}, true
	for !e.tokens[0].is(")") {
		item, err := e.choice()
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if isTuple = e.accept(","); !isTuple {
			break
		}
	}
	if !e.accept(")") {
		return nil, fmt.Errorf("%s was not expected", e.tokens[0])
	}
	if len(items) == 1 && !isTuple {
		return items[0], nil
	}
	return items, nil
}

// name reads a name, dotted as far as it goes, and its empty call.
func (e *evaluator) name(name string) (any, error) {
	switch name {
	case "True", "False":
		return name == "True", nil
	case "None":
		return nil, nil
	}
	if on, ok := e.python.flag(name); ok {
		return on, nil
	}
	dotted := name
	for e.accept(".") {
		dotted += "." + e.next().text
	}
	if e.accept("(") {
		if !e.accept(")") {
			return nil, fmt.Errorf("%s(…) with arguments is not part of the subset", dotted)
		}
		dotted += "()"
	}
	if v, ok := e.python.attribute(dotted); ok {
		return v, nil
	}
	switch name {
	case "sys", "os", "platform", "re":
		return nil, fmt.Errorf("%s is not part of the subset", dotted)
	}
	return nil, unknownName(name)
}

// attribute gives what the modules of a condition hold, as far as the subset
// goes.
func (p Python) attribute(name string) (any, bool) {
	v := p.Version
	switch name {
	case "sys.version_info":
		return tuple{v[0], v[1], v[2], "final", 0}, true
	case "sys.version_info.major":
		return v[0], true
	case "sys.version_info.minor":
		return v[1], true
	case "sys.version_info.micro":
		return v[2], true
	case "sys.platform":
		return p.Platform, true
	case "sys.byteorder":
		if littleEndian() {
			return "little", true
		}
		return "big", true
	case "sys.maxsize":
		return 1<<(p.Bits-1) - 1, true
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

// subscript reads [i] or [i:j]; its "[" is next.
func (e *evaluator) subscript(v any) (any, error) {
	e.next()
	low, high, slice := 0, 0, false
	var err error
	length, ok := lengthOf(v)
	if !ok {
		return nil, fmt.Errorf("%v has no items", v)
	}
	high = length
	if !e.tokens[0].is(":") {
		if low, err = e.position(length); err != nil {
			return nil, err
		}
	}
	if e.accept(":") {
		slice = true
		if !e.tokens[0].is("]") {
			if high, err = e.position(length); err != nil {
				return nil, err
			}
		}
	}
	if !e.accept("]") {
		return nil, fmt.Errorf("%s was not expected", e.tokens[0])
	}
	if slice {
		return cut(v, min(max(low, 0), length), min(max(high, 0), length)), nil
	}
	if low < 0 || low >= length {
		return nil, fmt.Errorf("index out of range")
	}
	return item(v, low), nil
}

// position reads an index, counted from the end if negative.
func (e *evaluator) position(length int) (int, error) {
	v, err := e.sum()
	if err != nil {
		return 0, err
	}
	n, ok := number(v)
	if !ok {
		return 0, fmt.Errorf("an index must be a whole number")
	}
	if n < 0 {
		n += length
	}
	return n, nil
}

func lengthOf(v any) (int, bool) {
	switch v := v.(type) {
	case tuple:
		return len(v), true
	case string:
		return len([]rune(v)), true
	}
	return 0, false
}

func cut(v any, low, high int) any {
	high = max(low, high)
	if items, ok := v.(tuple); ok {
		return items[low:high]
	}
	return string([]rune(v.(string))[low:high])
}

func item(v any, i int) any {
	if items, ok := v.(tuple); ok {
		return items[i]
	}
	return string([]rune(v.(string))[i])
}

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

func arithmetic(a any, operator string, b any) (any, error) {
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

func integers(m int, operator string, n int) (any, error) {
	if (operator == "//" || operator == "%") && n == 0 {
		return nil, fmt.Errorf("division by zero")
	}
	switch operator {
	case "+":
		return m + n, nil
	case "-":
		return m - n, nil
	case "*":
		return m * n, nil
	}
	quotient, rest := m/n, m%n
	if rest != 0 && (rest < 0) != (n < 0) {
		quotient, rest = quotient-1, rest+n
	}
	if operator == "//" {
		return quotient, nil
	}
	return rest, nil
}

func compareValues(a any, operator string, b any) (bool, error) {
	switch operator {
	case "in", "not in":
		found, err := contains(b, a)
		return found == (operator == "in"), err
	case "==", "!=":
		return equal(a, b) == (operator == "=="), nil
	case "<", "<=", ">", ">=":
		difference, err := compareOrder(a, b)
		return ordered(difference, operator), err
	}
	return false, fmt.Errorf("%s is not an operator of Python", operator)
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
		return a == b
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
		if equal(a[i], b[i]) {
			continue
		}
		return compareOrder(a[i], b[i])
	}
	return len(a) - len(b), nil
}
