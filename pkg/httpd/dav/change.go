package dav

import (
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"

	"slapmonitor/pkg/httpd/area"
	"slapmonitor/pkg/httpd/content"
	"slapmonitor/pkg/httpd/tree"
)

// change is one request that changes something.
type change struct {
	handler *Handler
	w       http.ResponseWriter
	r       *http.Request
	place   area.Path
	path    string // on disk
	user    string

	current tree.Entry // what is at path, a link not followed
	exists  bool
	ifs     ifHeader
}

// depthOf is the Depth header, "" for none. Its words have no case.
func depthOf(r *http.Request) string { return strings.ToLower(r.Header.Get("Depth")) }

// maxName is how long a name may be on any Linux file system.
const maxName = 255

// prepare finds out what is there and whether it may be touched at all.
func (c *change) prepare() (err error) {
	mayWrite := c.handler.mayWrite(c.path) || c.r.Method == "MKCOL" && c.handler.isFolder(c.path)
	if !mayWrite || len(c.place.Base()) > maxName {
		return refusal{status: http.StatusForbidden}
	}
	if c.current, c.exists, err = c.handler.lstat(c.path); err != nil {
		return err
	}
	if c.ifs, err = parseIf(c.r.Header["If"]); err != nil {
		return refusal{status: http.StatusBadRequest}
	}
	return nil
}

// mayWrite reports whether clients may change, make or remove path. The served
// folders themselves stay, and the links in them that the generator made.
func (h *Handler) mayWrite(path string) bool {
	t := h.tree
	if h.tree.Parameters(path) {
		return true
	}
	if !h.WriteAll || path == t.Public || path == t.Private || path == t.WebDAV {
		return false
	}
	if folder := filepath.Dir(path); folder == t.Public || folder == t.Private || strings.HasPrefix(folder+"/", t.WebDAV+"/") {
		e, err := t.Lstat(path)
		return err != nil || e.Mode&fs.ModeSymlink == 0
	}
	return true
}

func (h *Handler) isFolder(path string) bool {
	f, err := h.tree.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return f.IsDir()
}

// lstat is the tree's, with what is not there told apart from what is wrong.
func (h *Handler) lstat(path string) (e tree.Entry, exists bool, err error) {
	e, err = h.tree.Lstat(path)
	if tree.IsMissing(err) {
		return e, false, nil
	}
	return e, err == nil, err
}

// reach says which resources a request changes, for the locks in its way.
type reach struct {
	path   string
	member bool // the parent gains or loses a member
	deep   bool // everything below is changed, too
}

// permit checks locks, the If header and the conditions of HTTP. The caller
// holds c.handler.locks for reading until the change is done.
func (c *change) permit(reaches ...reach) error {
	if !c.ifHolds() {
		return refusal{status: http.StatusPreconditionFailed}
	}
	for _, r := range reaches {
		if err := c.unlocked(r); err != nil {
			return err
		}
	}
	return c.conditions()
}

func (c *change) unlocked(r reach) error {
	locks := c.handler.locks
	if !c.holds(locks.covering(r.path)) {
		return refusal{status: http.StatusLocked, condition: "lock-token-submitted"}
	}
	if r.member && !c.holds(locks.covering(filepath.Dir(r.path))) {
		return refusal{status: http.StatusLocked, condition: "lock-token-submitted"}
	}
	if !r.deep {
		return nil
	}
	var blocked []string
	for _, l := range locks.below(r.path) {
		if !c.holds([]*Lock{l}) {
			blocked = append(blocked, l.URL)
		}
	}
	if blocked != nil {
		return refusal{status: http.StatusFailedDependency, locked: blocked}
	}
	return nil
}

// holds reports whether the request may pass the locks: there are none, or it
// says the token of one that is its user's.
func (c *change) holds(list []*Lock) bool {
	for _, l := range list {
		if l.User == c.user && c.ifs.submits(l.Token) {
			return true
		}
	}
	return len(list) == 0
}

// conditions are those of RFC 9110 13.1, for a request that changes c.path.
func (c *change) conditions() error {
	h := c.r.Header
	etag := ""
	if c.exists {
		etag = content.ETag(c.current.Size, c.current.MTime)
	}
	failed := refusal{status: http.StatusPreconditionFailed}
	wanted := h["If-Match"]
	if wanted != nil && !matches(wanted, etag) {
		return failed
	}
	if matches(h["If-None-Match"], etag) {
		return failed
	}
	if wanted == nil && c.exists { // what is not there has no date
		since, err := http.ParseTime(h.Get("If-Unmodified-Since"))
		if err == nil && c.current.MTime.Unix() > since.Unix() {
			return failed
		}
	}
	return nil
}

// matches reports whether lists of entity tags, or "*", have etag, "" for none.
func matches(lists []string, etag string) bool {
	if etag == "" {
		return false
	}
	for _, one := range strings.Split(strings.Join(lists, ","), ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == etag {
			return true
		}
	}
	return false
}
