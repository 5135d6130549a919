package buildout

import (
	"errors"
	"fmt"
	"strings"
)

// step is one line of "While:", formatted only when something fails.
type step struct{ format, section, option string }

func (s step) String() string {
	names := []any{shorten(s.section), shorten(s.option)}
	return fmt.Sprintf(s.format, names[:strings.Count(s.format, "%s")]...)
}

// shorten keeps a thousand steps of an absurdly named section from filling the
// memory.
func shorten(name string) string {
	const most = 1000
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "…"
}

// Steps of an evaluation, in buildout's words.
const (
	gettingSection      = "Getting section %s."
	initializingSection = "Initializing section %s."
	gettingOption       = "Getting option %s:%s."
	loadingInput        = "Loading input sections for %s"
)

// enter begins a step; every enter has its leave, whatever happens between.
func (p *Profile) enter(format, section, option string) error {
	p.doing = append(p.doing, step{format, section, option})
	if len(p.doing) > maxDepth {
		return p.failed(errorf(RecursionError, "References and macros are nested more than %d deep.", maxDepth))
	}
	if p.steps--; p.steps < 0 {
		return p.failed(errorf(UserError, "The profile takes too many steps to evaluate; look for long chains of references that fail."))
	}
	return nil
}

func (p *Profile) leave() { p.doing = p.doing[:len(p.doing)-1] }

// failed notes on an error what was being done, unless it knows. What a
// constructor says counts as the user's mistake; if it says it about one of our
// errors, it keeps that one's class and place.
func (p *Profile) failed(err error) error {
	e, ok := err.(*Error)
	if !ok {
		e = &Error{Class: UserError, Message: err.Error(), Cause: err}
		var inner *Error
		if errors.As(err, &inner) {
			e.Class, e.While, e.File, e.Line = inner.Class, inner.While, inner.File, inner.Line
		}
	}
	if e.While == nil && !p.surveying {
		e.While = make([]string, len(p.doing))
		for i, s := range p.doing {
			e.While[i] = s.String()
		}
	}
	return e
}
