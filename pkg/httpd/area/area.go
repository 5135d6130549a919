// Package area decides, from a request's method and path alone, which part of
// the monitor a request is for and what it may do there. It is asked once per
// request, before any file is touched, and again for the Destination of a
// WebDAV request. It must not know files, accounts or HTTP responses.
package area

import (
	"net/http"
	"net/url"
	"strings"
)

// Area is one of the trees that the server offers (contract/httpd.md 3).
type Area int

// Private is the zero value, so that a path nobody thought of needs credentials.
const (
	Private Area = iota // /private and everything unknown
	Public              // /public
	Share               // /share, WebDAV
	Metrics             // /metrics
	App                 // /app, the interface
)

// Realm is what a browser shows when it asks for the area's credentials.
func (a Area) Realm() string {
	if a == Share {
		return "webdav"
	}
	return "Private access"
}

// Path is a request path taken apart.
type Path struct {
	Area   Area
	Name   string // below the area's root, cleaned: "" is the root, else "a/b"
	URL    string // the whole path, decoded and cleaned, without a slash at its end (root: "")
	Folder bool   // the path ended in a slash
}

// Base is the last segment of the name, "" for the area's root.
func (p Path) Base() string { return p.Name[strings.LastIndexByte(p.Name, '/')+1:] }

// MaxPath is Apache's limit of a request line, less than any file system's.
const MaxPath = 8190

// Parse takes the path of u apart. A status other than 0 is the answer for a
// path that is refused whatever it names: 400 for one that leaves the root, 404
// for an encoded slash or NUL, which must never become a separator after the
// decision has been made, 414 for one that is too long.
func Parse(u *url.URL) (Path, int) {
	switch {
	case len(u.Path) > MaxPath || len(u.RawPath) > MaxPath:
		return Path{}, http.StatusRequestURITooLong
	case !strings.HasPrefix(u.Path, "/"):
		return Path{}, http.StatusBadRequest
	case strings.IndexByte(u.Path, 0) >= 0, hasEncodedSlash(u.RawPath):
		return Path{}, http.StatusNotFound
	}
	cleaned, folder, ok := clean(u.Path)
	if !ok {
		return Path{}, http.StatusBadRequest
	}
	p := Path{URL: cleaned, Folder: folder}
	first, rest, _ := strings.Cut(strings.TrimPrefix(cleaned, "/"), "/")
	switch first {
	case "public":
		p.Area, p.Name = Public, rest
	case "share":
		p.Area, p.Name = Share, rest
	case "private":
		p.Area, p.Name = Private, rest
	case "app":
		p.Area, p.Name = App, rest
	default:
		p.Area, p.Name = Private, strings.TrimPrefix(cleaned, "/")
		if p.Name == "metrics" {
			p.Area, p.Name = Metrics, ""
		}
	}
	return p, 0
}

func hasEncodedSlash(raw string) bool {
	for i := strings.IndexByte(raw, '%'); i >= 0 && i+2 < len(raw); i++ {
		if raw[i] == '%' && raw[i+1] == '2' && raw[i+2]|0x20 == 'f' {
			return true
		}
	}
	return false
}

// clean resolves empty, "." and ".." segments; ok is false when ".." leaves the
// root. Nearly every path is clean already and is returned as it is.
func clean(path string) (cleaned string, folder, ok bool) {
	if isClean(path) {
		if path == "/" {
			return "", true, true
		}
		if strings.HasSuffix(path, "/") {
			return path[:len(path)-1], true, true
		}
		return path, false, true
	}
	var kept []string
	for rest, more := path[1:], true; more; {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		folder = false
		switch segment {
		case "", ".":
			folder = true
		case "..":
			if len(kept) == 0 {
				return "", false, false
			}
			kept, folder = kept[:len(kept)-1], true
		default:
			kept = append(kept, segment)
		}
	}
	if len(kept) == 0 {
		return "", true, true
	}
	return "/" + strings.Join(kept, "/"), folder, true
}

// isClean reports whether path, which starts with a slash, has neither an empty
// segment (but a last one) nor one that starts with a dot.
func isClean(path string) bool {
	for i := 0; i+1 < len(path); i++ {
		if path[i] == '/' && (path[i+1] == '/' || path[i+1] == '.') {
			return false
		}
	}
	return true
}
