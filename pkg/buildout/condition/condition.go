// Package condition decides the conditions of section headers,
// [name:condition]. It owns the small part of Python, and of the environment
// markers of PEP 508, that profiles are written with (contract/buildout.md
// 1.3), and the facts about the machine and the python that they ask for.
//
// It knows nothing of profiles, files and sections, and it never guesses: what
// is outside its subset is [Unsupported], even where python has an answer.
package condition

import (
	"errors"
	"fmt"
)

// maxText bounds a condition, and with it how deep its parentheses nest.
const maxText = 4 << 10 // bytes

// Unsupported is the error of a condition that this package cannot decide:
// python itself would, or would call it a mistake.
type Unsupported struct {
	Condition string
	Reason    string
}

// Error says which condition it is, why, and what could be written instead.
func (e *Unsupported) Error() string {
	return fmt.Sprintf("unsupported condition %#.100q: %s; ask for python3, linux, bits64 and the like, "+
		"sys.version_info, platform.machine() or an environment marker", e.Condition, e.Reason)
}

// UnknownName is the error of a condition that asks for a name which
// buildout does not define; buildout dies of python's NameError then.
type UnknownName string

// Error is python's own sentence.
func (n UnknownName) Error() string { return fmt.Sprintf("name '%s' is not defined", string(n)) }

// Evaluate tells whether a condition holds: as an environment marker if it
// reads as one, else as an expression. In a profile, \x23 and \x3b stand for
// "#" and ";", which would begin a comment. Errors are *[Unsupported] or
// [UnknownName].
func Evaluate(text string, facts Facts) (bool, error) {
	holds, err := evaluate(text, facts)
	var unknown UnknownName
	if err == nil || errors.As(err, &unknown) {
		return holds, err
	}
	return false, &Unsupported{text, err.Error()}
}

func evaluate(text string, facts Facts) (bool, error) {
	if len(text) > maxText {
		return false, fmt.Errorf("it is too long (%d bytes; %d are allowed)", len(text), maxText)
	}
	tokens, err := scan(text)
	if err != nil {
		return false, err
	}
	parsed, err := parse(tokens)
	if err != nil {
		return false, err
	}
	if isMarker(parsed) {
		return markerHolds(parsed, facts)
	}
	result, err := parsed.value(facts)
	return err == nil && truth(result), err
}
