package dav

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/webdav"
)

// prefix is where the tree is on the server.
const prefix = "/share"

// inner lets x/net's handler do the request. What it would check and we have
// checked better is taken out of it: the If header, and whose host the
// Destination names. The caller holds the locks.
func (c *change) inner(files *fileSystem, destination string) (status int, err error) {
	r := c.r.Clone(c.r.Context())
	r.URL = &url.URL{Path: prefix + "/" + c.place.Name}
	r.Header.Del("If")
	if depth := depthOf(c.r); depth != "" {
		r.Header.Set("Depth", depth)
	}
	if destination != "" {
		r.Header.Set("Destination", (&url.URL{Path: prefix + "/" + destination}).EscapedPath())
		r.Header.Set("Overwrite", "T")
	}
	out := &mended{ResponseWriter: c.w, files: files}
	(&webdav.Handler{Prefix: prefix, FileSystem: files, LockSystem: granted{}}).ServeHTTP(out, r)
	if out.held != 0 {
		return out.held, files.err
	}
	return out.status, nil
}

// mended holds back x/net's errors: it answers 405 for a full disk, too.
type mended struct {
	http.ResponseWriter
	files  *fileSystem
	status int
	held   int // the status of an answer that was held back
}

func (m *mended) WriteHeader(status int) {
	if status >= 400 {
		m.held = status
		return
	}
	m.status = status
	m.ResponseWriter.WriteHeader(status)
}

func (m *mended) Write(p []byte) (int, error) {
	if m.held != 0 {
		return len(p), nil
	}
	if m.status == 0 {
		m.status = http.StatusOK
	}
	return m.ResponseWriter.Write(p)
}

// finish turns what x/net held back into an error.
func finish(status int, err error) error {
	if status < 400 {
		return nil
	}
	if err != nil {
		return err
	}
	return refusal{status: status}
}

// mkcol makes a folder. One that exists is a 405, which jIO takes for success.
func (c *change) mkcol() error {
	h := c.handler
	h.locks.RLock()
	defer h.locks.RUnlock()
	if c.r.ContentLength != 0 && hasBody(c.r.Body) {
		return refusal{status: http.StatusUnsupportedMediaType}
	}
	if c.exists || c.place.Name == "" {
		return refusal{status: http.StatusMethodNotAllowed}
	}
	if err := c.permit(reach{path: c.path, member: true}); err != nil {
		return err
	}
	return orConflict(finish(c.inner(&fileSystem{handler: h}, "")))
}

func hasBody(r io.Reader) bool {
	n, _ := io.ReadFull(r, make([]byte, 1))
	return n > 0
}

// delete removes a file, a link itself, or a folder whole, unless something in
// it is locked by somebody else.
func (c *change) delete() error {
	if !c.exists {
		return refusal{status: http.StatusNotFound}
	}
	if depth := depthOf(c.r); c.current.Mode.IsDir() && depth != "" && depth != "infinity" {
		return refusal{status: http.StatusBadRequest}
	}
	if c.place.Folder && !c.current.Mode.IsDir() {
		return refusal{status: http.StatusBadRequest}
	}
	h := c.handler
	h.locks.Lock()
	defer h.locks.Unlock()
	if err := c.permit(reach{c.path, true, true}); err != nil {
		return err
	}
	if err := finish(c.inner(&fileSystem{handler: h}, "")); err != nil {
		return err
	}
	h.afterwards(h.locks.gone(c.path), h.properties.removed(c.path))
	return nil
}

// copy copies a file or a folder, without the links in it.
func (c *change) copy() error {
	switch depthOf(c.r) {
	case "", "0", "infinity":
	default:
		return refusal{status: http.StatusBadRequest}
	}
	d, err := c.transfer()
	if err != nil {
		return err
	}
	h := c.handler
	h.locks.Lock()
	defer h.locks.Unlock()
	if err := c.permit(reach{d.path, !d.exists, true}); err != nil {
		return err
	}
	if err := finish(c.inner(&fileSystem{handler: h, replaces: !c.isFolder()}, d.place.Name)); err != nil {
		return orConflict(err)
	}
	h.afterwards(h.properties.moved(c.path, d.path, true))
	return nil
}

// proppatch sets and removes dead properties. The body is checked for what
// x/net's parser forgives.
func (c *change) proppatch() error {
	body, err := readBody(c.r.Body)
	if err == nil {
		_, err = parse(body)
	}
	if err != nil {
		return err
	}
	if !c.exists {
		return refusal{status: http.StatusNotFound}
	}
	h := c.handler
	h.locks.RLock()
	defer h.locks.RUnlock()
	if err := c.permit(reach{path: c.path}); err != nil {
		return err
	}
	c.r.Body = io.NopCloser(bytes.NewReader(body))
	return finish(c.inner(&fileSystem{handler: h}, ""))
}

// granted is the lock system that x/net's handler sees: every request that
// reaches it has passed our locks.
type granted struct{}

func (granted) Confirm(time.Time, string, string, ...webdav.Condition) (func(), error) {
	return func() {}, nil
}
func (granted) Create(time.Time, webdav.LockDetails) (string, error) { return "granted", nil }
func (granted) Refresh(time.Time, string, time.Duration) (webdav.LockDetails, error) {
	return webdav.LockDetails{}, webdav.ErrNoSuchLock
}
func (granted) Unlock(time.Time, string) error { return nil }
