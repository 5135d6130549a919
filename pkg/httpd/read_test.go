package httpd

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// example is a served partition with what a monitor has, and with traps.
func example(t *testing.T) *site {
	c := partition(t, map[string]string{
		"public/feed":                               "<rss/>",
		"public/feeds":                              "<opml/>",
		"public/monitor.global.json":                `{"title":"T"}`,
		"public/p.history.json":                     `{"data":[]}`,
		"public/promise/p.status.json":              `{"status":"OK"}`,
		"public/.hidden":                            "dot",
		"public/page.html":                          "<script>alert(1)</script>",
		"public/folder/index.html":                  "index of folder",
		"public/empty/":                             "",
		"public/a b%é.txt":                          "odd name",
		"public/htmlnoext":                          "<html>",
		"private/monitor.global.json":               `{"title":"T","state":{}}`,
		"private/_document_list":                    "monitor.global",
		"private/own.status.json":                   `{"own":1}`,
		"private/p.report.json":                     `{"type":"report"}`,
		"private/.a":                                "one letter",
		"private/.htpasswd":                         "admin:hash",
		"private/.DAV/x":                            "props",
		"private/documents/monitor_state.data.json": `{"data":[]}`,
		"private/config/.jio_documents/config.json": `[]`,
		"private/log":                               "-> ../../../var/log",
		"private/out":                               "-> /etc",
		"private/passwd":                            "-> /etc/passwd",
		"private/loop":                              "-> loop",
		"private/broken":                            "-> nothing",
		"webdav/public":                             "-> ../public",
		"webdav/private":                            "-> ../private",
		"webdav/jio_private/.jio_documents":         "-> ../../private",
		"webdav/publicity/secret.json":              `{"secret":1}`,
	})
	write(t, c.Partition+"/var/log/app.log.1", "a line")
	if err := unix.Mkfifo(c.PrivateFolder+"/fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	return serve(t, c)
}

func TestReading(t *testing.T) {
	s := example(t)
	long := strings.Repeat("n", 256)
	for _, c := range []struct {
		target          string
		anonymous, user int
	}{
		{"/", 401, 200},
		{"/public", 301, 301},
		{"/public/", 200, 200},
		{"/public/feed", 200, 200},
		{"/public/feed/", 404, 404},
		{"/public/feed/x", 404, 404},
		{"/public/nothing", 404, 404},
		{"/public/.hidden", 200, 200},
		{"/public/.DAV/x", 403, 403},
		{"/public/folder", 301, 301},
		{"/public/folder/", 200, 200},
		{"/public/p.status.json", 200, 200},
		{"/public/promise/p.status.json", 200, 200},
		{"/public/promise/x/p.status.json", 404, 404},
		{"/public/p.history.json", 200, 200},
		{"/public/" + long, 404, 404},
		{"/public/feed?" + strings.Repeat("x", 8000), 200, 200},
		{"/public/feed?" + strings.Repeat("x", 8200), 414, 414},
		{"/public/../private/monitor.global.json", 401, 200},
		{"/public/%2e%2e/private/monitor.global.json", 401, 200},
		{"/public/..%2fprivate/monitor.global.json", 404, 404},
		{"/public/feed%00", 404, 404},
		{"/../etc/passwd", 400, 400},
		{"/public/a%20b%25%C3%A9.txt", 200, 200},
		{"//public//feed", 200, 200},
		{"/%70ublic/feed", 200, 200},
		{"/private", 401, 301},
		{"/private/", 401, 200},
		{"/private/monitor.global.json", 401, 200},
		{"/monitor.global.json", 401, 200},
		{"/favicon.ico", 401, 404},
		{"/private/p.status.json", 401, 200},
		{"/private/p.history.json", 401, 200},
		{"/private/own.status.json", 401, 200},
		{"/private/documents/p.status.json", 401, 404},
		{"/private/.a", 401, 200},
		{"/private/.htpasswd", 401, 403},
		{"/private/.htpasswd/", 401, 403},
		{"/private/.htpasswd/x", 401, 403},
		{"/private/.a/x", 401, 404},
		{"/private/.nothing", 401, 403},
		{"/private/.DAV/x", 401, 403},
		{"/private/config/.jio_documents", 401, 403},
		{"/private/config/.jio_documents/", 401, 200},
		{"/private/config/.jio_documents/config.json", 401, 200},
		{"/private/log", 401, 301},
		{"/private/log/", 401, 200},
		{"/private/log/app.log.1", 401, 200},
		{"/private/out/", 401, 403},
		{"/private/out/hostname", 401, 403},
		{"/private/passwd", 401, 403},
		{"/private/loop", 401, 403},
		{"/private/broken", 401, 404},
		{"/private/fifo", 401, 403},
		{"/private/" + long, 401, 404},
		{"/share", 401, 301},
		{"/share/", 401, 200},
		{"/share/private/", 401, 200},
		{"/share/private/_document_list", 401, 200},
		{"/share/private/.htpasswd", 401, 200},
		{"/share/private/.DAV/x", 401, 403},
		{"/share/private/passwd", 401, 403},
		{"/share/private/config//.jio_documents/config.json", 401, 200},
		{"/share/private//config/.jio_documents/config.json", 401, 200},
		{"/share/public", 301, 301},
		{"/share/public/", 200, 200},
		{"/share/public/p.history.json", 200, 200},
		{"/share/public/folder/", 200, 200},
		{"/share/public/../private/_document_list", 401, 200},
		{"/share/jio_private/", 401, 200},
		{"/share/jio_private/.jio_documents/_document_list", 401, 200},
		{"/share/jio_private/config/.jio_documents/config.json", 401, 200},
		{"/share/jio_public/.jio_documents/feed", 200, 200},
		{"/share/publicity/secret.json", 401, 200},
		{"/private/share/public/x", 401, 404},
		{"/share/private/share/public/x", 401, 404},
		{"/metrics", 401, 200},
		{"/app", 301, 301},
		{"/app/", 200, 200},
		{"//app//", 200, 200},
		{"/app/no/such/file", 404, 404},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			if got := s.do(method, c.target, ""); got.status != c.anonymous {
				t.Errorf("%s %s: %d, want %d", method, c.target, got.status, c.anonymous)
			}
			if got := s.known(method, c.target, ""); got.status != c.user {
				t.Errorf("%s %s with credentials: %d, want %d", method, c.target, got.status, c.user)
			} else if method == "HEAD" && got.body != "" {
				t.Errorf("HEAD %s has a body", c.target)
			}
			// Another user each time: the second failure of one would wait.
			if got := s.do(method, c.target, "", "user", method+c.target+":secret"); got.status != c.anonymous {
				t.Errorf("%s %s with wrong credentials: %d, want %d", method, c.target, got.status, c.anonymous)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	s := example(t)
	at := time.Unix(1700000000, 123456000)
	for _, name := range []string{"public/feed", "public/page.html"} {
		if err := os.Chtimes(s.path(name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		target, user string
		want         map[string]string // "" for a header that must not be there
	}{
		{"/public/feed", "", map[string]string{
			"Content-Type": "application/rss+xml", "Content-Length": "6", "Etag": fmt.Sprintf(`"6-%x"`, at.UnixMicro()),
			"Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT", "Cache-Control": "private, max-age=40", "Vary": "Origin",
			"X-Content-Type-Options": "nosniff", "Accept-Ranges": "bytes", "Access-Control-Allow-Origin": "", "Server": "",
		}},
		{"/public/page.html", "", map[string]string{
			"Content-Type":            "text/html; charset=utf-8",
			"Content-Security-Policy": "sandbox allow-downloads; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
		}},
		{"/public/htmlnoext", "", map[string]string{"Content-Type": "text/plain; charset=utf-8", "Content-Security-Policy": "", "X-Content-Type-Options": "nosniff"}},
		{"/public/", "", map[string]string{
			"Content-Type": "text/html; charset=utf-8", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "sandbox allow-downloads; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
		}},
		{"/public?q=1", "", map[string]string{"Location": "/public/?q=1", "Vary": "Origin"}},
		{"//public", "", map[string]string{"Location": "/public/"}},
		{"/", "", map[string]string{"Www-Authenticate": `Basic realm="Private access"`, "Cache-Control": "no-store", "Vary": "Origin", "X-Content-Type-Options": "nosniff"}},
		{"/app/", "", map[string]string{"Content-Type": "text/html; charset=utf-8", "Www-Authenticate": "", "X-Content-Type-Options": "nosniff"}},
		{"/favicon.ico", "", map[string]string{"Www-Authenticate": `Basic realm="Private access"`}},
		{"/metrics", "", map[string]string{"Www-Authenticate": `Basic realm="Private access"`}},
		{"/share/private/", "", map[string]string{"Www-Authenticate": `Basic realm="webdav"`}},
		{"/private/nothing", "admin:secret", map[string]string{"Content-Type": "text/plain; charset=utf-8", "Vary": "Origin", "Etag": ""}},
	} {
		var headers []string
		if c.user != "" {
			headers = []string{"user", c.user}
		}
		got := s.do("GET", c.target, "", headers...)
		for key, want := range c.want {
			if value := got.header.Get(key); value != want {
				t.Errorf("%s: %s is %q, want %q", c.target, key, value, want)
			}
		}
	}
}

func TestContent(t *testing.T) {
	s := example(t)
	for target, want := range map[string]string{
		"/public/feed":                  "<rss/>",
		"/public/folder/":               "index of folder",
		"/public/p.status.json":         `{"status":"OK"}`,
		"/private/p.status.json":        `{"status":"OK"}`,
		"/private/own.status.json":      `{"own":1}`,
		"/private/p.history.json":       `{"data":[]}`,
		"/private/p.report.json":        `{"type":"report"}`,
		"/private/log/app.log.1":        "a line",
		"/share/private/_document_list": "monitor.global",
		"/public/a%20b%25%C3%A9.txt":    "odd name",
	} {
		if got := s.known("GET", target, ""); got.body != want {
			t.Errorf("%s: %q, want %q", target, got.body, want)
		}
	}
	if got := s.do("POST", "/public/feed", "x=1"); got.status != 200 || got.body != "<rss/>" {
		t.Errorf("POST: %d %q", got.status, got.body)
	}
}

func TestMethods(t *testing.T) {
	s := example(t)
	for _, c := range []struct {
		method, target  string
		anonymous, user int
		allow           string
	}{
		{"OPTIONS", "/public/feed", 200, 200, "GET,HEAD,POST,OPTIONS"},
		{"PUT", "/public/feed", 405, 405, "GET,HEAD,POST,OPTIONS"},
		{"DELETE", "/public/feed", 405, 405, "GET,HEAD,POST,OPTIONS"},
		{"PROPFIND", "/public/", 405, 405, "GET,HEAD,POST,OPTIONS"},
		{"TRACE", "/public/", 405, 405, ""},
		{"BREW", "/public/", 405, 405, ""},
		{"OPTIONS", "/private/", 401, 200, "GET,HEAD,POST,OPTIONS"},
		{"PUT", "/private/x", 401, 405, ""},
		{"TRACE", "/private/", 401, 405, ""},
		{"OPTIONS", "/share/private/nothing", 200, 200, "OPTIONS,GET,HEAD,PUT,DELETE,MKCOL,COPY,MOVE,LOCK,UNLOCK,PROPFIND,PROPPATCH"},
		{"POST", "/share/private/", 401, 405, ""},
		{"REPORT", "/share/public/", 405, 405, ""},
		{"POST", "/metrics", 401, 405, "GET,HEAD,OPTIONS"},
	} {
		for _, user := range []bool{false, true} {
			want, ask := c.anonymous, s.do
			if user {
				want, ask = c.user, s.known
			}
			got := ask(c.method, c.target, "")
			if got.status != want {
				t.Errorf("%s %s, user %v: %d, want %d", c.method, c.target, user, got.status, want)
			}
			if allow := got.header.Get("Allow"); want != 401 && c.allow != "" && allow != c.allow {
				t.Errorf("%s %s: Allow %q", c.method, c.target, allow)
			}
			if strings.Contains(got.body, "Authorization") {
				t.Errorf("%s %s echoes credentials", c.method, c.target)
			}
		}
	}
	if _, err := os.Stat(s.path("private/x")); err == nil {
		t.Error("a refused PUT wrote a file")
	}
}

func TestConditionsAndRanges(t *testing.T) {
	s := example(t)
	write(t, s.path("public/text.txt"), "0123456789")
	etag := s.do("GET", "/public/text.txt", "").header.Get("Etag")
	modified := s.do("GET", "/public/text.txt", "").header.Get("Last-Modified")
	for _, c := range []struct {
		headers []string
		status  int
		body    string
	}{
		{[]string{"If-None-Match", etag}, 304, ""},
		{[]string{"If-None-Match", `"x", ` + etag}, 304, ""},
		{[]string{"If-None-Match", "W/" + etag}, 304, ""},
		{[]string{"If-None-Match", "*"}, 304, ""},
		{[]string{"If-None-Match", `"x"`}, 200, "0123456789"},
		{[]string{"If-Modified-Since", modified}, 304, ""},
		{[]string{"If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"}, 200, "0123456789"},
		{[]string{"If-Match", etag}, 200, "0123456789"},
		{[]string{"If-Match", `"x"`}, 412, ""},
		{[]string{"If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"}, 412, ""},
		{[]string{"Range", "bytes=2-4"}, 206, "234"},
		{[]string{"Range", "bytes=-3"}, 206, "789"},
		{[]string{"Range", "bytes=8-99"}, 206, "89"},
		{[]string{"Range", "bytes=99-"}, 416, "invalid range: failed to overlap\n"},
		{[]string{"Range", "bytes=a-b"}, 200, "0123456789"},
		{[]string{"Range", "bytes=-0"}, 200, "0123456789"},
		{[]string{"Range", "lines=1-2"}, 200, "0123456789"},
		{[]string{"Range", "bytes=2-4", "If-Range", etag}, 206, "234"},
		{[]string{"Range", "bytes=2-4", "If-Range", `"x"`}, 200, "0123456789"},
		{[]string{"Range", "bytes=2-4", "If-Range", modified}, 206, "234"},
	} {
		got := s.do("GET", "/public/text.txt", "", c.headers...)
		if got.status != c.status || got.body != c.body {
			t.Errorf("%q: %d %q, want %d %q", c.headers, got.status, got.body, c.status, c.body)
		}
		if got.status == 304 && got.header.Get("Etag") != etag {
			t.Errorf("%q: the 304 has ETag %q", c.headers, got.header.Get("Etag"))
		}
		if got.header.Get("Vary") != "Origin" {
			t.Errorf("%q: Vary %q", c.headers, got.header.Get("Vary"))
		}
	}
	if got := s.do("GET", "/public/text.txt", "", "Range", "bytes=0-1,4-5"); got.status != 206 || !strings.HasPrefix(got.header.Get("Content-Type"), "multipart/byteranges") {
		t.Errorf("two ranges: %d %s", got.status, got.header.Get("Content-Type"))
	}
}

func TestLargeFile(t *testing.T) {
	s := example(t)
	text := strings.Repeat("0123456789abcdef", 100_000)
	write(t, s.path("private/large.log"), text)
	if got := s.known("GET", "/private/large.log", ""); got.body != text || got.header.Get("Content-Length") != fmt.Sprint(len(text)) {
		t.Errorf("%d bytes, length %s", len(got.body), got.header.Get("Content-Length"))
	}
	if got := s.known("GET", "/private/large.log", "", "Range", "bytes=1000000-1000003"); got.body != "0123" {
		t.Errorf("%q", got.body)
	}
}

func TestEmptyFile(t *testing.T) {
	s := example(t)
	write(t, s.path("public/empty.json"), "")
	if got := s.do("GET", "/public/empty.json", ""); got.status != 200 || got.body != "" || got.header.Get("Content-Length") != "0" {
		t.Errorf("%d %q %v", got.status, got.body, got.header)
	}
}

// hrefs are the links of a listing.
func hrefs(body string) (list []string) {
	for _, part := range strings.Split(body, `<a href="`)[1:] {
		list = append(list, part[:strings.IndexByte(part, '"')])
	}
	return list
}

// TestListings checks that the links of a listing are exactly what a GET gives.
func TestListings(t *testing.T) {
	s := example(t)
	write(t, s.path("private/a&<b>\"'.txt"), "x")
	write(t, s.path("private/javascript:alert(1)"), "x")
	for target, want := range map[string][]string{
		"/":                      {".a", "_document_list", "a&amp;%3Cb%3E%22%27.txt", "config/", "documents/", "./javascript:alert%281%29", "log/", "monitor.global.json", "own.status.json", "p.report.json"},
		"/private/config/":       {"../", ".jio_documents/"},
		"/share/":                {"../", "jio_private/", "jio_public/", "private/", "public/", "publicity/"},
		"/share/private/config/": {"../", ".jio_documents/"},
		"/public/":               {"../", ".hidden", "a%20b%25%C3%A9.txt", "empty/", "feed", "feeds", "folder/", "htmlnoext", "monitor.global.json", "p.history.json", "page.html", "promise/"},
	} {
		got := s.known("GET", target, "")
		list := hrefs(got.body)
		for i := range list {
			list[i] = strings.ReplaceAll(list[i], "&#39;", "'")
		}
		if target == "/" {
			want[2] = list[2] // checked by the request below
		}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Errorf("%s: %s", target, diff)
		}
		for _, href := range list {
			to := target + strings.TrimPrefix(strings.ReplaceAll(href, "&amp;", "&"), "./")
			if href == "../" {
				continue
			}
			if got := s.known("GET", to, ""); got.status != http.StatusOK {
				t.Errorf("%s lists %s, which is %d", target, href, got.status)
			}
		}
	}
	if body := s.known("GET", "/", "").body; strings.Contains(body, "<b>") || !strings.Contains(body, "width=device-width") {
		t.Error("a name is markup, or the page is not for phones")
	}
}

func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	s := example(t)
	write(t, s.path("public/shut.txt"), "x")
	if err := os.Chmod(s.path("public/shut.txt"), 0); err != nil {
		t.Fatal(err)
	}
	if got := s.do("GET", "/public/shut.txt", ""); got.status != 403 {
		t.Errorf("%d", got.status)
	}
	if body := s.do("GET", "/public/", "").body; strings.Contains(body, "shut.txt") {
		t.Error("listed, though a GET refuses it")
	}
}
