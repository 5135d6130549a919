// Package dav answers the WebDAV requests of /share, class 1 and 2
// (RFC 4918). golang.org/x/net/webdav does what it does right, MKCOL, DELETE,
// COPY and PROPPATCH, behind a file system, a lock system and checks of ours;
// what mending would cost more than it gives, PUT, MOVE, PROPFIND and LOCK, is
// done here (contract/httpd.md 4). It must not know accounts or other areas.
package dav

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"

	"slapmonitor/pkg/httpd/area"
	"slapmonitor/pkg/httpd/tree"
)

// Options are what a Handler needs beside its tree.
type Options struct {
	StateFolder string // where locks and dead properties are kept
	WriteAll    bool   // clients may change everything, not the parameters only
	// Parameters takes a list of edited parameters in, which then is not stored.
	// An error that is a Rejection is told to the client.
	Parameters func(ctx context.Context, list []byte) error
	Log        *slog.Logger
}

// Handler answers for one tree.
type Handler struct {
	Options
	tree       *tree.Tree
	locks      *locks
	properties *properties
	edited     string // the file that stands for Options.Parameters
}

// New serves t. An error says which file of the state folder could not be used.
func New(t *tree.Tree, o Options) (*Handler, error) {
	l, err := openLocks(o.StateFolder)
	if err != nil {
		return nil, err
	}
	p, err := openProperties(o.StateFolder)
	if err != nil {
		return nil, err
	}
	return &Handler{Options: o, tree: t, locks: l, properties: p, edited: filepath.Join(t.Private, tree.ParameterFolder, editedName)}, nil
}

// Serve answers one request of a verified user, "" for methods that need none.
func (h *Handler) Serve(w http.ResponseWriter, r *http.Request, p area.Path, user string) {
	if tree.HasReserved(p.Name) {
		fail(w, http.StatusForbidden, "")
		return
	}
	switch r.Method {
	case http.MethodOptions:
		h.options(w)
	case "PROPFIND":
		h.propfind(w, r, p)
	case "UNLOCK":
		h.unlock(w, r, p, user)
	default:
		h.change(w, r, p, user)
	}
}

func (h *Handler) options(w http.ResponseWriter) {
	header := w.Header()
	header.Set("DAV", "1, 2")
	header.Set("MS-Author-Via", "DAV")
	header.Set("Allow", area.DAVMethods)
	header.Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
}

// change answers the methods that change something. All of them need the right
// to write, the tokens of locks in their way, and their conditions met.
func (h *Handler) change(w http.ResponseWriter, r *http.Request, p area.Path, user string) {
	c := &change{handler: h, w: w, r: r, place: p, path: h.tree.Locate(p), user: user}
	if err := c.prepare(); err != nil {
		c.refuse(err)
		return
	}
	var err error
	switch r.Method {
	case http.MethodPut:
		err = c.put()
	case "MKCOL":
		err = c.mkcol()
	case http.MethodDelete:
		err = c.delete()
	case "COPY":
		err = c.copy()
	case "MOVE":
		err = c.move()
	case "LOCK":
		err = c.lock()
	case "PROPPATCH":
		err = c.proppatch()
	default:
		err = refusal{status: http.StatusMethodNotAllowed}
	}
	if err != nil {
		c.refuse(err)
	}
}

// afterwards logs what went wrong after a change that was done and answered:
// locks and properties of what is no more stay behind.
func (h *Handler) afterwards(errs ...error) {
	if err := errors.Join(errs...); err != nil {
		h.Log.Error("WebDAV locks or properties are not up to date", "error", err)
	}
}
