package condition

import (
	"errors"
	"fmt"
	"strings"
)

// isMarker tells whether an expression reads as an environment marker
// (PEP 508), as in python_version >= "3.8" and sys_platform == "linux":
// comparisons of strings and of the markers' own variables.
func isMarker(e expression) bool {
	switch e := e.(type) {
	case group:
		return isMarker(e.expression)
	case junction:
		return isMarker(e.left) && isMarker(e.right)
	case comparison:
		_, _, left := markerOperand(e.left, Facts{})
		_, _, right := markerOperand(e.right, Facts{})
		return left && right
	}
	return false
}

// markerOperand gives the text of one side of a comparison.
func markerOperand(e expression, f Facts) (text string, variable, ok bool) {
	switch e := e.(type) {
	case literal:
		text, ok = e.is.(string)
	case name:
		text, ok = f.variable(string(e))
		variable = ok
	}
	return text, variable, ok
}

// markerHolds decides what isMarker accepts.
func markerHolds(e expression, f Facts) (bool, error) {
	switch e := e.(type) {
	case group:
		return markerHolds(e.expression, f)
	case junction:
		left, err := markerHolds(e.left, f)
		if err != nil || left == (e.word == "or") {
			return left, err
		}
		return markerHolds(e.right, f)
	}
	return compareMarker(e.(comparison), f)
}

func compareMarker(c comparison, f Facts) (bool, error) {
	a, isVariable, _ := markerOperand(c.left, f)
	b, orVariable, _ := markerOperand(c.right, f)
	if !isVariable && !orVariable {
		return false, errors.New("buildout takes a comparison of two strings for an environment marker and finds no variable in it")
	}
	switch c.operator {
	case "in":
		return strings.Contains(b, a), nil
	case "not in":
		return !strings.Contains(b, a), nil
	}
	if answer, ok, err := compareVersions(a, c.operator, b); ok || err != nil {
		return answer, err
	}
	if c.operator == "~=" || c.operator == "===" {
		return false, fmt.Errorf("%s compares versions, and %#q is none", c.operator, b)
	}
	return ordered(strings.Compare(a, b), c.operator), nil
}
