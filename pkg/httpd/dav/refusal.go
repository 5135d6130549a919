package dav

import (
	"errors"
	"io/fs"
	"net/http"
	"syscall"

	"golang.org/x/net/webdav"

	"slapmonitor/pkg/httpd/tree"
)

// refusal is why a request is not done: a status, and perhaps the condition of
// RFC 4918 16 that was not met, or the resources that were in the way.
type refusal struct {
	status    int
	condition string
	locked    []string // URLs
}

func (r refusal) Error() string { return statusText(r.status) }

func (c *change) refuse(err error) {
	var rejected Rejection
	if errors.As(err, &rejected) {
		failRejected(c.w, rejected)
		return
	}
	var r refusal
	if !errors.As(err, &r) {
		failWith(c.w, err)
		return
	}
	if r.locked != nil {
		failLocked(c.w, r)
		return
	}
	fail(c.w, r.status, r.condition)
}

// failLocked tells which children of a folder are locked.
func failLocked(w http.ResponseWriter, r refusal) {
	w.Header()["Content-Type"] = xmlType
	w.WriteHeader(r.status)
	b := []byte(prologue + `<D:multistatus xmlns:D="DAV:">`)
	for _, url := range r.locked {
		b = append(appendHref(append(b, "<D:response><D:href>"...), url), "</D:href><D:status>HTTP/1.1 423 Locked</D:status></D:response>"...)
	}
	w.Write(append(b, "</D:multistatus>\n"...))
}

// failWith answers for an error of the file system.
func failWith(w http.ResponseWriter, err error) { fail(w, statusOf(err), "") }

func statusOf(err error) int {
	var r refusal
	switch {
	case errors.As(err, &r):
		return r.status
	case tree.IsMissing(err):
		return http.StatusNotFound
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return http.StatusInsufficientStorage
	case errors.Is(err, syscall.EXDEV):
		return http.StatusBadGateway
	case errors.Is(err, fs.ErrExist):
		return http.StatusMethodNotAllowed
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.EROFS):
		return http.StatusForbidden
	}
	return http.StatusInternalServerError
}

func statusText(status int) string { return webdav.StatusText(status) }
