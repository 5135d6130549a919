package buildout

import (
	"fmt"
	"strings"
)

// Classes of errors, under the names that zc.buildout and Python give them.
// MissingSection and MissingOption are kinds of UserError.
const (
	UserError                 = "UserError"
	MissingSection            = "MissingSection"
	MissingOption             = "MissingOption"
	ParsingError              = "ParsingError"
	MissingSectionHeaderError = "MissingSectionHeaderError"
	FileNotFoundError         = "FileNotFoundError"
	UnicodeDecodeError        = "UnicodeDecodeError"
	NameError                 = "NameError"      // an unknown name in a section condition
	KeyError                  = "KeyError"       // buildout:versions names no section
	ValueError                = "ValueError"     // a recipe with two colons, a reference in extends-cache
	IndexError                = "IndexError"     // an option without a name is merged
	RecursionError            = "RecursionError" // nested deeper than we, or Python, follow
	OSError                   = "OSError"        // and its kinds; what the system says of a file
	IsADirectoryError         = "IsADirectoryError"
	NotADirectoryError        = "NotADirectoryError"
	PermissionError           = "PermissionError"
	// UnsupportedCondition is ours: a section condition that package condition
	// does not evaluate.
	UnsupportedCondition = "UnsupportedCondition"
)

// Error is what every failure of this package is.
type Error struct {
	Class   string   // one of the classes above, or the name of Python's exception
	Message string   // buildout's own sentence (contract 1.11)
	While   []string // what was being done, outermost first: buildout's "While:" lines
	File    string   // file or URL that the fault is written in, "" where unknown
	Line    int      // 1-based, 0 where unknown
	Cause   error    // what a recipe's constructor or the system said, or nil
}

// Error gives the sentence and, where known, file and line.
func (e *Error) Error() string {
	message, place := strings.TrimRight(e.Message, "\n"), e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if strings.Contains(message, place) {
		return message // also when the place is not known
	}
	return fmt.Sprintf("%s (%s)", message, place)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

func errorf(class, format string, args ...any) *Error {
	return &Error{Class: class, Message: fmt.Sprintf(format, args...)}
}

func (e *Error) at(file string, line int) *Error {
	e.File, e.Line = file, line
	return e
}

// atValue says where the faulty value was written, if a file holds it.
func (e *Error) atValue(v value) *Error {
	if e.File == "" && v.source != "" && fromFile(v.source) {
		e.File, e.Line = v.source, v.line
	}
	return e
}
