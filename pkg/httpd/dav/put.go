package dav

import (
	"errors"
	"io"
	"io/fs"
	"net/http"

	"slapmonitor/pkg/httpd/content"
	"slapmonitor/pkg/httpd/tree"
)

// put receives a file beside the one it replaces and renames it when it has come
// whole and is on disk. What is there stays until then, and if anything fails
// (contract/httpd.md 4A, 6). A link is replaced, not written through.
func (c *change) put() error {
	if c.r.Header.Get("Content-Range") != "" {
		return refusal{status: http.StatusBadRequest} // RFC 9110 14.5: not supported
	}
	if c.place.Folder || c.isFolder() {
		return refusal{status: http.StatusConflict}
	}
	target := reach{path: c.path, member: !c.exists}
	if err := c.early(target); err != nil {
		return err
	}
	if c.path == c.handler.edited && c.handler.Parameters != nil {
		return c.edit()
	}
	upload, err := c.handler.tree.Create(c.path)
	if err != nil {
		return orConflict(err)
	}
	if err := c.receive(upload); err != nil {
		upload.Abort()
		return err
	}
	return c.commit(upload, target)
}

// isFolder reports whether a folder is there, or a link that leads to one: who
// reads it finds a folder.
func (c *change) isFolder() bool {
	return c.exists && (c.current.Mode.IsDir() || c.current.Mode&fs.ModeSymlink != 0 && c.handler.isFolder(c.path))
}

// early refuses before the body is received what would be refused after it.
func (c *change) early(target reach) error {
	c.handler.locks.RLock()
	defer c.handler.locks.RUnlock()
	return c.permit(target)
}

// receive copies the body. An error of the client's side is a 400: nobody may be
// left to read it.
func (c *change) receive(upload *tree.Upload) error {
	body := &readErrors{r: c.r.Body}
	if _, err := io.Copy(upload, body); err != nil {
		if body.err != nil {
			return refusal{status: http.StatusBadRequest}
		}
		return err
	}
	if c.r.ContentLength >= 0 && upload.Size != c.r.ContentLength {
		return refusal{status: http.StatusBadRequest}
	}
	return nil
}

// commit looks again whether the file may be replaced, as others may have locked
// or changed it meanwhile, and replaces it.
func (c *change) commit(upload *tree.Upload, target reach) (err error) {
	c.handler.locks.RLock()
	defer c.handler.locks.RUnlock()
	c.current, c.exists, err = c.handler.lstat(c.path)
	if err == nil {
		err = c.permit(target)
	}
	if err == nil && c.isFolder() {
		err = refusal{status: http.StatusConflict}
	}
	if err != nil {
		upload.Abort()
		return err
	}
	if err := upload.Commit(); err != nil {
		return err
	}
	c.w.Header()["Etag"] = []string{content.ETag(upload.Size, upload.ETagTime)}
	c.done(!c.exists)
	return nil
}

// done answers that something is there now, made or replaced.
func (c *change) done(created bool) {
	if created {
		c.w.Header().Set("Content-Length", "0")
		c.w.WriteHeader(http.StatusCreated)
		return
	}
	c.w.WriteHeader(http.StatusNoContent)
}

// orConflict is the error of making something whose folder is missing: 409.
func orConflict(err error) error {
	if tree.IsMissing(err) {
		return refusal{status: http.StatusConflict}
	}
	return err
}

// readErrors tells errors of reading from those of writing in io.Copy.
type readErrors struct {
	r   io.Reader
	err error
}

func (e *readErrors) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		e.err = err
	}
	return n, err
}
