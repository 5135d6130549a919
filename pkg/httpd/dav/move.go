package dav

import (
	"net/http"
	"net/url"
	"strings"

	"slapmonitor/pkg/httpd/area"
	"slapmonitor/pkg/httpd/tree"
)

// destination is where a COPY or MOVE goes.
type destination struct {
	place  area.Path
	path   string
	entry  tree.Entry
	exists bool
}

// parseDestination reads the Destination header. Its host is not compared: a
// frontend may have rewritten ours. What it names has to pass the same decisions
// as a request for it would.
func (c *change) parseDestination() (d destination, err error) {
	u, err := url.Parse(c.r.Header.Get("Destination"))
	if err != nil || u.Path == "" || u.Fragment != "" {
		return d, refusal{status: http.StatusBadRequest}
	}
	if u.Scheme != "" && u.Scheme != "https" {
		return d, refusal{status: http.StatusBadGateway}
	}
	place, status := area.Parse(u)
	switch {
	case status != 0:
		return d, refusal{status: status}
	case place.Area != area.Share:
		return d, refusal{status: http.StatusMethodNotAllowed} // not WebDAV there
	case tree.HasReserved(place.Name):
		return d, refusal{status: http.StatusForbidden}
	}
	d.place, d.path = place, c.handler.tree.Locate(place)
	if !c.handler.mayWrite(d.path) || len(place.Base()) > maxName {
		return d, refusal{status: http.StatusForbidden}
	}
	d.entry, d.exists, err = c.handler.lstat(d.path)
	return d, err
}

// transfer prepares a COPY or MOVE: both ends are as they must be, and an
// existing destination may be overwritten.
func (c *change) transfer() (destination, error) {
	d, err := c.parseDestination()
	if err != nil {
		return d, err
	}
	if !c.exists {
		return d, refusal{status: http.StatusNotFound}
	}
	if d.path == c.path || isBelow(d.path, c.path) || isBelow(c.path, d.path) {
		return d, refusal{status: http.StatusForbidden} // x/net nests 1,000 folders, Apache loses siblings
	}
	if !c.handler.isFolder(parentOf(d.path)) {
		return d, refusal{status: http.StatusConflict}
	}
	switch c.r.Header.Get("Overwrite") {
	case "", "T", "t":
	case "F", "f":
		if d.exists {
			return d, refusal{status: http.StatusPreconditionFailed}
		}
	default:
		return d, refusal{status: http.StatusBadRequest}
	}
	return d, nil
}

func parentOf(path string) string { return path[:strings.LastIndexByte(path, '/')] }

// move renames. The destination is replaced in one step if it is a file, and
// stays if the source is missing or anything locked is in the way.
func (c *change) move() error {
	if depth := depthOf(c.r); depth != "" && depth != "infinity" && c.current.Mode.IsDir() {
		return refusal{status: http.StatusBadRequest}
	}
	if !c.handler.mayWrite(c.path) {
		return refusal{status: http.StatusForbidden}
	}
	d, err := c.transfer()
	if err != nil {
		return err
	}
	h := c.handler
	h.locks.Lock()
	defer h.locks.Unlock()
	if err := c.permit(reach{c.path, true, true}, reach{d.path, !d.exists, true}); err != nil {
		return err
	}
	if err := h.tree.Rename(c.path, d.path); err != nil {
		return orConflict(err)
	}
	h.afterwards(h.locks.gone(c.path), h.properties.moved(c.path, d.path, false))
	c.done(!d.exists)
	return nil
}
