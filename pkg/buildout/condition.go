package buildout

import "strings"

// condition decides a section condition (contract 1.3): an environment marker
// if it reads as one, else an expression in a subset of Python: the names that
// buildout defines, sys.version_info, platform.machine() and the like,
// literals, comparisons, "and", "or", "not", arithmetic.
func (p Python) condition(text string) (bool, *Error) {
	source := strings.ReplaceAll(strings.ReplaceAll(text, `\x23`, "#"), `\x3b`, ";")
	tokens, err := scanCondition(source)
	if err != nil {
		return false, unsupported(text, err.Error())
	}
	if m, ok := parseMarker(tokens); ok {
		active, err := m.evaluate(p)
		if err != nil {
			return false, unsupported(text, err.Error())
		}
		return active, nil
	}
	result, err := evaluateExpression(tokens, p)
	if err != nil {
		if name, ok := err.(unknownName); ok {
			return false, errorf("NameError", "name %s is not defined, in the section condition %s", repr(string(name)), repr(strip(text)))
		}
		return false, unsupported(text, err.Error())
	}
	return truth(result), nil
}

func unsupported(text, why string) *Error {
	return errorf(UnsupportedCondition, "unsupported condition %s: %s", repr(strip(text)), why)
}
