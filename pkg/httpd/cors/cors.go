// Package cors decides which web pages of other origins may use the monitor,
// and says the same decision as Apache's regular expressions. It is asked per
// request. It must not know what is requested.
//
// An entry of cors-domains is a host, host:port or IPv6 literal ("[::1]:8443"):
// exactly that origin over https. Upstream's rule also let in http and every
// sub-domain, and whoever owns one of those, or the network in between, reads
// the private documents with the browser's cached login (contract/httpd.md 7).
// Who wants them says so: "http://localhost:8080" names an origin in full,
// "*.example.com" or "https://*.example.com" every sub-domain. "null" is never
// allowed.
package cors

import (
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
)

// Rules are the allowed origins.
type Rules struct {
	exact  map[string]bool // whole origins
	suffix []subdomains
	list   []string // hosts as they were written, for Apache's first line
}

type subdomains struct{ scheme, tail string } // tail: ".example.com" or ".example.com:8443"

// Parse reads the entries. Bad ones are left out and told in err; the rest of
// the rules hold all the same.
func Parse(entries []string) (Rules, error) {
	rules := Rules{exact: map[string]bool{}}
	var bad []string
	for _, entry := range entries {
		if !rules.add(strings.ToLower(strings.TrimSpace(entry))) {
			bad = append(bad, entry)
		}
	}
	if bad != nil {
		return rules, fmt.Errorf("cors-domains: not a host, host:port, [ipv6]:port, *.host or origin: %q", bad)
	}
	return rules, nil
}

var hostForm = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$`)

func (r *Rules) add(entry string) bool {
	scheme, host, full := strings.Cut(entry, "://")
	if !full {
		scheme, host = "https", entry
	}
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		host = "[" + host + "]"
	}
	host = strings.TrimSuffix(host, "/")
	tail, wild := strings.CutPrefix(host, "*.")
	if scheme != "http" && scheme != "https" || !hostForm.MatchString(tail) {
		return false
	}
	r.list = append(r.list, tail)
	tail = strings.TrimSuffix(tail, map[string]string{"http": ":80", "https": ":443"}[scheme])
	if wild {
		r.suffix = append(r.suffix, subdomains{scheme, "." + tail})
	} else {
		r.exact[scheme+"://"+tail] = true
	}
	return true
}

// Allow reports whether a page of this origin may read answers.
func (r Rules) Allow(origin string) bool {
	if r.exact[origin] {
		return true
	}
	for _, s := range r.suffix {
		rest, ok := strings.CutPrefix(origin, s.scheme+"://")
		if label, found := strings.CutSuffix(rest, s.tail); ok && found && hostForm.MatchString(label) && !strings.ContainsAny(label, ":[") {
			return true
		}
	}
	return false
}

// What an allowed page may do, send and see. The lists are upstream's, and what
// conditional and locking requests need (contract/httpd.md 9.4).
const (
	Methods = "GET, HEAD, POST, OPTIONS, PUT, DELETE, MKCOL, COPY, MOVE, LOCK, UNLOCK, PROPFIND, PROPPATCH, REPORT"
	Headers = "Overwrite, Destination, Content-Type, Depth, User-Agent, X-File-Size, X-Requested-With, If-Modified-Since, X-File-Name, Cache-Control, Authorization, If-None-Match, If-Match, If-Unmodified-Since, If, Range, Lock-Token, Timeout"
	Exposed = "ETag, Content-Range, Content-Length, Date, DAV, Lock-Token, Location"
	MaxAge  = "40"
)

var vary, truth, methods, headers, exposed, maxAge = []string{"Origin"}, []string{"true"}, []string{Methods}, []string{Headers}, []string{Exposed}, []string{MaxAge}

// Apply sets the headers of any answer to r, whatever its status will be.
// preflight is true when a browser asks, without credentials, whether it may
// send a request: the whole answer then is 204, also where nothing is.
func (r Rules) Apply(h http.Header, req *http.Request) (preflight bool) {
	h["Vary"] = vary
	origin := req.Header["Origin"]
	if len(origin) != 1 || !r.Allow(origin[0]) {
		return false
	}
	h["Access-Control-Allow-Origin"] = origin
	h["Access-Control-Allow-Credentials"] = truth
	h["Access-Control-Allow-Methods"] = methods
	h["Access-Control-Allow-Headers"] = headers
	h["Access-Control-Expose-Headers"] = exposed
	h["Access-Control-Max-Age"] = maxAge
	return req.Method == http.MethodOptions && req.Header["Access-Control-Request-Method"] != nil
}
