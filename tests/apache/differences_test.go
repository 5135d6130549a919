package apache_test

import "path"

// difference is a set of requests that the servers answer differently on
// purpose, and why.
type difference struct {
	requests string // a pattern for request.String
	reason   string
}

// find gives the first difference that a request is one of, -1 for none.
func find(list []difference, r request) (int, string) {
	for i, d := range list {
		if ok, err := path.Match(escape(d.requests), escape(r.String())); err != nil || ok {
			return i, d.reason
		}
	}
	return -1, ""
}

// escape lets a star in a pattern match slashes, too.
func escape(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == '/' {
			b[i] = 1
		}
	}
	return string(b)
}

var readingDifferences = []difference{
	{"GET /public/nnn*", "a name that no file can have: it does not exist (contract/httpd.md 4C)"},
	{"GET /private/nnn*", "the same, and credentials come first"},
	{"GET /*/broken*", "a link to nothing: it does not exist; and credentials come first"},
	{"GET /*/loop anonymous", "credentials come before files: Apache tells who has none that there is a bad link"},
	{"PROPFIND /*/loop anonymous *", "the same"},
	{"TRACE /* anonymous", "TRACE is refused by both, by us after the credentials of its area"},
	{"GET /* Range bytes=99-", "we say in Content-Range how long the file is (RFC 9110 15.5.17)"},
}

var parameterDifferences = []difference{
	{"PUT /*/a.json/f.json", "below a file there is no folder: 409 (RFC 4918 9.7.1), Apache 400"},
}

// Where a folder's name lacks its slash, Apache sends clients away from requests
// for which few of them follow (contract/httpd.md 4B).
var writingDifferences = []difference{
	{"PUT /share/private/copy", "PUT on a folder: 409, Apache 301"},
	{"DELETE /share/private/copy/l", "a link to a folder is removed itself, Apache 301"},
	{"COPY * Destination https://HOST/share/private/copy/p", "over its own parent: 403, Apache 301"},
	{"PUT /share/private/new.txt/x", "below a file there is no folder: 409, Apache 400"},
	{"MKCOL /share/private/data.cfg/x", "the same"},
	{"PUT * Content-Range bytes 0-0/3", "a part of a file is refused (RFC 9110 14.5), Apache writes it"},
	{"COPY * Destination /share/private/copy/path-only", "a path is a good Destination (RFC 4918 10.3), Apache 400"},
	{"DELETE /share/private/copy/path-only", "so there is something to delete"},
	{"MOVE * Destination https://HOST/share/private/copy/none/x", "no folder for it: 409, Apache 500"},
	{"UNLOCK * Lock-Token *", "a token of no lock: 409 (RFC 4918 9.11.1), Apache 400"},
}
