package parameter

import (
	"fmt"
	"net/http"
)

// Error is why an edited list was not applied, with the HTTP status that says
// so: 400 it is no list of parameters, 409 another change is being applied, 413
// it is too long, 422 a value cannot be. The message is for who edits and holds
// no secret. Any other error of Apply is the server's own trouble.
type Error struct {
	Status  int
	Message string
}

func (e *Error) Error() string { return e.Message }

func malformed(format string, args ...any) error {
	return &Error{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func unacceptable(p Parameter, format string, args ...any) error {
	return &Error{http.StatusUnprocessableEntity, p.Name + ": " + fmt.Sprintf(format, args...)}
}
