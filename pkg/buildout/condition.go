package buildout

import (
	"errors"
	"strings"
)

// condition decides a section condition (contract 1.3): an environment marker
// if it reads as one, else an expression in a subset of Python: the names that
// buildout defines, sys.version_info, platform.machine() and the like,
// literals, comparisons, "and", "or", "not", arithmetic.
func (p Python) condition(text string) (bool, *Error) {
	source := strings.ReplaceAll(strings.ReplaceAll(text, `\x23`, "#"), `\x3b`, ";")
	if len(text) > maxCondition {
		return false, unsupported(text[:100]+"…", "it is too long")
	}
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
	n, err := parseExpression(tokens)
	if err != nil {
		return false, unsupported(text, err.Error())
	}
	result, err := n(p)
	var name unknownName
	switch {
	case errors.As(err, &name):
		return false, errorf(NameError, "%s", name)
	case err != nil:
		return false, unsupported(text, err.Error())
	}
	return truth(result), nil
}

func unsupported(text, why string) *Error {
	return errorf(UnsupportedCondition, "unsupported condition %s: %s", repr(strip(text)), why)
}
