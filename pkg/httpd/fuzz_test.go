package httpd

import (
	"bufio"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slapmonitor/pkg/httpd/limit"
	"slapmonitor/pkg/httpd/logfile"
)

// marker is in every file that nobody may read without credentials.
const marker = "PRIVATE-CONTENT"

// FuzzRequest sends whatever a client may send. Nothing panics or is
// our fault; without credentials nothing private is read; with them nothing but
// parameters is changed; the log stays one line per request.
func FuzzRequest(f *testing.F) {
	for _, s := range []string{
		"GET /public/feed HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET //share//public/../private/secret HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1,-5\r\nIf-None-Match: *\r\n\r\n",
		"GET /private/%2e%2e%2f%00 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\n\r\n",
		"PROPFIND /share/private/ HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nDepth: 1\r\nContent-Length: 64\r\n\r\n<D:propfind xmlns:D=\"DAV:\"><D:prop><D:getetag/></D:prop></D:propfind>",
		"PUT /share/private/config/.jio_documents/x HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nIf: (<a:1> [\"e\"]) (Not <DAV:no-lock>)\r\nContent-Length: 3\r\n\r\nabc",
		"MOVE /share/private/config/.jio_documents/x HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nDestination: https://x/share/public/feed\r\n\r\n",
		"COPY /share/private/secret HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nDestination: /share/private/config/.jio_documents/../../x\r\nOverwrite: F\r\n\r\n",
		"LOCK /share/private/config/.jio_documents/y HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nTimeout: Second-1\r\nContent-Length: 5\r\n\r\n<a/>x",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\nOrigin: https://monitor.app.officejs.com\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
		"GET https://admin:secret@h/public/feed#x HTTP/1.0\r\n\r\n",
		"DELETE /share/jio_private/.jio_documents/secret HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nDepth: 0\r\n\r\n",
	} {
		f.Add(s)
	}
	c := partition(f, map[string]string{
		"public/feed": "<rss/>", "private/secret": marker, "private/documents/d.json": marker, "private/.hidden": marker,
		"private/config/.jio_documents/config.json": marker, "webdav/publicity/x": marker,
	})
	s := &Server{limits: limits{pace: limit.Normal}, log: slog.New(slog.DiscardHandler)}
	h, err := s.handler(c)
	if err != nil {
		f.Fatal(err)
	}
	var line []byte
	h.access = func(a *logfile.Access) { line = a.Append(line[:0]) }
	f.Fuzz(func(t *testing.T, text string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		r.RemoteAddr = "192.0.2.1:1"
		user, password, sent := r.BasicAuth()
		known := sent && user == "admin" && password == "secret"
		if sent && !known {
			return // it would wait
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		resp := w.Result()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		// 502 is for a Destination that is not ours, 507 for too many locks.
		if w.Code >= 500 && w.Code != http.StatusBadGateway && w.Code != http.StatusInsufficientStorage {
			t.Errorf("%q: %d %s", text, w.Code, body)
		}
		if !known && strings.Contains(string(body), marker) {
			t.Errorf("%q: %s without credentials", text, body)
		}
		if strings.Count(string(line), "\n") != 1 || known && strings.Contains(string(line), "secret@") {
			t.Errorf("%q is logged as %q", text, line)
		}
		if resp.Header.Get("Vary") == "" || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q: %v", text, resp.Header)
		}
		for _, name := range []string{c.PublicFolder + "/feed", c.PrivateFolder + "/secret", c.PrivateFolder + "/documents/d.json", filepath.Join(c.WebDAVFolder, "publicity/x")} {
			if _, err := os.Stat(name); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
		}
		if entries, err := os.ReadDir(c.PrivateFolder); err != nil || len(entries) != 4 {
			t.Fatalf("%q: %v %v", text, entries, err)
		}
	})
}
