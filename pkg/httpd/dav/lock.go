package dav

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"

	"slapmonitor/pkg/httpd/area"
)

// lock grants a lock, shared or exclusive, or starts the time of one again when
// the request has no body (RFC 4918 9.10). On a name that is free it makes an
// empty file (7.3).
func (c *change) lock() error {
	body, err := readBody(c.r.Body)
	if err != nil {
		return err
	}
	h := c.handler
	h.locks.Lock()
	defer h.locks.Unlock()
	timeout := parseTimeout(c.r.Header.Get("Timeout"))
	if len(body) == 0 {
		return c.refresh(timeout)
	}
	wanted, err := parseLockInfo(body)
	if err != nil {
		return err
	}
	switch depthOf(c.r) {
	case "", "infinity":
		wanted.Infinite = true
	case "0":
	default:
		return refusal{status: http.StatusBadRequest}
	}
	wanted.Path, wanted.URL, wanted.User, wanted.Timeout = c.path, c.place.URL, c.user, timeout
	return c.grant(wanted)
}

func (c *change) grant(wanted *Lock) error {
	h := c.handler
	if !c.ifHolds() {
		return refusal{status: http.StatusPreconditionFailed}
	}
	if err := c.conditions(); err != nil {
		return err
	}
	if h.locks.conflicts(wanted) {
		return refusal{status: http.StatusLocked, condition: "no-conflicting-lock"}
	}
	created := !c.exists
	if created {
		if err := c.unlocked(reach{path: c.path, member: true}); err != nil {
			return err
		}
		if err := c.makeEmpty(); err != nil {
			return orConflict(err)
		}
	}
	if err := h.locks.add(wanted); err != nil {
		return err
	}
	c.w.Header().Set("Lock-Token", "<"+wanted.Token+">")
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	c.answerLock(status, wanted)
	return nil
}

func (c *change) makeEmpty() error {
	if c.place.Folder {
		return refusal{status: http.StatusConflict}
	}
	u, err := c.handler.tree.Create(c.path)
	if err != nil {
		return err
	}
	return u.Commit()
}

// refresh needs the one token that the If header says.
func (c *change) refresh(timeout time.Duration) error {
	for _, l := range c.handler.locks.covering(c.path) {
		if l.User == c.user && c.ifs.submits(l.Token) {
			if err := c.handler.locks.refresh(l, timeout); err != nil {
				return err
			}
			c.answerLock(http.StatusOK, l)
			return nil
		}
	}
	if c.ifs == nil {
		return refusal{status: http.StatusBadRequest}
	}
	return refusal{status: http.StatusPreconditionFailed, condition: "lock-token-matches-request-uri"}
}

func (c *change) answerLock(status int, l *Lock) {
	c.w.Header()["Content-Type"] = xmlType
	c.w.WriteHeader(status)
	b := append([]byte(prologue), `<D:prop xmlns:D="DAV:"><D:lockdiscovery>`...)
	b = appendActive(b, l, c.handler.locks.now())
	c.w.Write(append(b, "</D:lockdiscovery></D:prop>\n"...))
}

// unlock gives a lock back.
func (h *Handler) unlock(w http.ResponseWriter, r *http.Request, p area.Path, user string) {
	token, ok := strings.CutPrefix(strings.TrimSpace(r.Header.Get("Lock-Token")), "<")
	token, closed := strings.CutSuffix(token, ">")
	if !ok || !closed || token == "" {
		fail(w, http.StatusBadRequest, "")
		return
	}
	h.locks.Lock()
	defer h.locks.Unlock()
	for _, l := range h.locks.covering(h.tree.Locate(p)) {
		if l.Token != token {
			continue
		}
		if l.User != user {
			fail(w, http.StatusForbidden, "")
			return
		}
		if err := h.locks.forget(func(one *Lock) bool { return one == l }); err != nil {
			failWith(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	fail(w, http.StatusConflict, "lock-token-matches-request-uri")
}

// parseLockInfo reads the body of a LOCK.
func parseLockInfo(body []byte) (*Lock, error) {
	root, err := parse(body)
	if err != nil {
		return nil, err
	}
	scope, kind := root.child("lockscope"), root.child("locktype")
	if root.name != davName("lockinfo") || scope == nil || kind == nil || kind.child("write") == nil {
		return nil, errMalformed
	}
	l := &Lock{Shared: scope.child("shared") != nil}
	if !l.Shared && scope.child("exclusive") == nil {
		return nil, errMalformed
	}
	if owner := root.child("owner"); owner != nil {
		if len(owner.raw) > maxOwner {
			return nil, errTooLarge
		}
		l.Owner = string(owner.raw)
	}
	return l, nil
}

// parseTimeout reads the first time-out that is understood; an hour is the most
// and what is given without a wish.
func parseTimeout(header string) time.Duration {
	for _, one := range strings.Split(header, ",") {
		text, ok := strings.CutPrefix(strings.TrimSpace(one), "Second-")
		seconds, err := strconv.ParseUint(text, 10, 32)
		if ok && err == nil && seconds > 0 {
			return min(time.Duration(seconds)*time.Second, maxLockTime)
		}
	}
	return maxLockTime
}

// appendLocks adds the value of lockdiscovery.
func (h *Handler) appendLocks(b []byte, path string) []byte {
	h.locks.RLock()
	defer h.locks.RUnlock()
	for _, l := range h.locks.covering(path) {
		b = appendActive(b, l, h.locks.now())
	}
	return b
}

func appendActive(b []byte, l *Lock, now time.Time) []byte {
	scope, depth := "exclusive", "0"
	if l.Shared {
		scope = "shared"
	}
	if l.Infinite {
		depth = "infinity"
	}
	b = append(b, "<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope><D:"+scope+"/></D:lockscope><D:depth>"+depth+"</D:depth>"...)
	if l.Owner != "" {
		b = appendOpenTag(b, xml.Name{Space: "DAV:", Local: "owner"}, nil)
		b = append(append(b, l.Owner...), "</D:owner>"...)
	}
	b = append(b, "<D:timeout>Second-"...)
	b = strconv.AppendInt(b, int64((max(l.Expires.Sub(now), 0)+time.Second-1)/time.Second), 10)
	b = append(b, "</D:timeout><D:locktoken><D:href>"+l.Token+"</D:href></D:locktoken><D:lockroot><D:href>"...)
	b = appendHref(b, l.URL)
	return append(b, "</D:href></D:lockroot></D:activelock>"...)
}
