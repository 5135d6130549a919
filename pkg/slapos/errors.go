package slapos

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Kinds of failure, for errors.Is.
var (
	// ErrNotFound: the master does not know what was named, or has no free
	// partition for a request (404).
	ErrNotFound = errors.New("not found")
	// ErrNotReady: the master has no answer yet; asking again later is the way (408).
	ErrNotReady = errors.New("not ready")
	// ErrDenied: the master does not accept the partition's certificate, or the
	// partition does not accept the master's.
	ErrDenied = errors.New("denied")
	// ErrUnavailable: the master cannot be reached or fails itself (5xx).
	ErrUnavailable = errors.New("unavailable")
	// ErrAnswer: the master answered something that is not in its protocol.
	ErrAnswer = errors.New("bad answer")
)

// Error is a call that did not succeed. Its text is a whole sentence: what
// failed, why, and what to do.
type Error struct {
	Method string // of the master, as requestComputerPartition
	Status int    // of HTTP; 0 when there was no answer
	kind   error
	text   string
}

func (e *Error) Error() string { return e.text }

// Unwrap gives the kind.
func (e *Error) Unwrap() error { return e.kind }

func (c *Client) refused(method string, status int, body []byte) error {
	e := &Error{Method: method, Status: status}
	advice := ""
	switch {
	case status == http.StatusNotFound:
		e.kind, advice = ErrNotFound, "check the software URL, and that a partition is free for it"
	case status == http.StatusRequestTimeout:
		e.kind, advice = ErrNotReady, "the next run asks again"
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		e.kind, advice = ErrDenied, "check the partition's certificate"
	case status >= 500:
		e.kind, advice = ErrUnavailable, "look at the master's log, or try again later"
	default:
		e.kind, advice = ErrAnswer, "check server-url of [slap-connection]"
	}
	reason := http.StatusText(status)
	if said := paragraph(body); said != "" {
		reason = said
	}
	e.text = fmt.Sprintf("the master %s answers %d to %s (%s): %s", c.base, status, method, strings.TrimRight(reason, "."), advice)
	return e
}

var paragraphs = regexp.MustCompile(`(?s)<p>(.*?)</p>`)

// paragraph is what an error page says, on one line.
func paragraph(body []byte) string {
	m := paragraphs.FindSubmatch(body)
	if m == nil {
		return ""
	}
	text := strings.Join(strings.Fields(html.UnescapeString(string(m[1]))), " ")
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return strings.ToValidUTF8(text, "")
}

func (c *Client) unreachable(method string, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // its own text repeats method and URL
	}
	e := &Error{Method: method, kind: ErrUnavailable}
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var verification *tls.CertificateVerificationError
	if errors.As(err, &authority) || errors.As(err, &name) || errors.As(err, &verification) {
		e.kind = ErrDenied
		e.text = fmt.Sprintf("the certificate of the master %s cannot be trusted (%v): name the authority that signed it in master-ca-file of [slap-connection]", c.base, err)
		return e
	}
	e.text = fmt.Sprintf("the master %s cannot be asked (%s: %v): check server-url of [slap-connection] and the network", c.base, method, err)
	return e
}

func (c *Client) badAnswer(method string, err error) error {
	return &Error{Method: method, Status: http.StatusOK, kind: ErrAnswer,
		text: fmt.Sprintf("the master %s answers something else than a SlapOS master to %s (%v): check server-url of [slap-connection]", c.base, method, err)}
}
