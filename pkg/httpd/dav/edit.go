package dav

import (
	"io"
	"net/http"
	"strconv"
)

// editedName is the one document that clients write (contract/app-wire.md 4).
const editedName = "config.tmp.json"

const (
	// maxEdited is how long a list may be at most that is handed on.
	maxEdited = 1 << 20
	// maxHeard is how much of a longer one is read: a client that still sends
	// when the connection ends never reads the answer.
	maxHeard = 64 << 20
)

// Rejection is why edited parameters were not taken over.
type Rejection struct {
	Status  int    // 400, 409, 413 or 422
	Message string // for who edits
}

func (r Rejection) Error() string { return r.Message }

// edit hands the body on instead of storing it. The answer comes when the new
// values are in force, or says why they cannot be.
func (c *change) edit() error {
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxEdited+1))
	if err != nil {
		return refusal{status: http.StatusBadRequest}
	}
	if len(body) > maxEdited {
		_, _ = io.Copy(io.Discard, io.LimitReader(c.r.Body, maxHeard))
		return refusal{status: http.StatusRequestEntityTooLarge}
	}
	if err := c.handler.Parameters(c.r.Context(), body); err != nil {
		return err
	}
	c.done(false)
	return nil
}

// failRejected tells who edits what is wrong.
func failRejected(w http.ResponseWriter, r Rejection) {
	message := r.Message + "\n"
	h := w.Header()
	h["Content-Type"] = []string{"text/plain; charset=utf-8"}
	h["Content-Length"] = []string{strconv.Itoa(len(message))}
	w.WriteHeader(r.Status)
	io.WriteString(w, message)
}
