package httpd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// open is a server whose clients may write everywhere below /share.
func open(t *testing.T, files map[string]string) *site {
	c := partition(t, files)
	c.HTTPD.WebDAVWrite = "all"
	return serve(t, c)
}

const p = "/share/private/"

// request is one request and what it has to be answered with.
type request struct {
	method, target, body string
	headers              []string
	status               int
}

func (s *site) run(list []request) {
	s.t.Helper()
	for i, r := range list {
		got := s.known(r.method, r.target, r.body, r.headers...)
		if got.status != r.status {
			s.t.Errorf("%d. %s %s %q: %d %s, want %d", i, r.method, r.target, r.headers, got.status, got.body, r.status)
		}
	}
}

func h(pairs ...string) []string { return pairs }

// ls is what is below a folder, with the files' contents.
func (s *site) ls(folder string) map[string]string {
	s.t.Helper()
	found := map[string]string{}
	root := s.path(folder)
	err := filepath.Walk(root, func(path string, st os.FileInfo, err error) error {
		if err != nil || path == root {
			return err
		}
		name := strings.TrimPrefix(path, root+"/")
		switch {
		case st.IsDir():
			found[name+"/"] = ""
		case st.Mode()&os.ModeSymlink != 0:
			found[name], _ = os.Readlink(path)
		case !st.Mode().IsRegular():
			found[name] = st.Mode().Type().String()
		default:
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			found[name] = string(data)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

func (s *site) has(folder string, want map[string]string) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.ls(folder)); diff != "" {
		s.t.Errorf("%s: %s", folder, diff)
	}
}

// By default clients change parameters, whatever way they come, and nothing else.
func TestOnlyParametersAreWritten(t *testing.T) {
	s := example(t)
	before := s.ls("")
	const doc = "config/.jio_documents/"
	for _, target := range []string{
		"/share/x", "/share/public/feed", "/share/public/new", p + "new", p + "monitor.global.json", p + "config/new", p + "config/.jio_documents",
		p + "config/.jio_documents/../new", p + "log/app.log.1", p + "log/new", "/share/jio_private/new", "/share/jio_private/.jio_documents/new",
		"/share/publicity/secret.json", "/share/private", "/share/public",
	} {
		for _, method := range []string{"PUT", "DELETE", "MKCOL", "COPY", "MOVE", "LOCK", "PROPPATCH"} {
			if method == "MKCOL" && (strings.HasSuffix(target, "documents") || target == "/share/private" || target == "/share/public") {
				continue // 405: it exists
			}
			if got := s.known(method, target, "x", "Destination", s.url+p+doc+"stolen"); got.status != 403 {
				t.Errorf("%s %s: %d", method, target, got.status)
			}
			if got := s.do(method, target, "x"); got.status != 401 {
				t.Errorf("%s %s without credentials: %d", method, target, got.status)
			}
		}
	}
	s.run([]request{
		{"MKCOL", p + doc, "", nil, 405},
		{"MKCOL", p + "config/.jio_documents", "", nil, 405},
		{"PUT", p + "config//.jio_documents/a", "a", nil, 201},
		{"PUT", "/share/private//config/.jio_documents/a", "b", nil, 204},
		{"PUT", "/share/jio_private/.jio_documents/config/.jio_documents/a", "c", nil, 204},
		{"PUT", "/share/jio_private/config/.jio_documents/a", "d", nil, 204},
		{"COPY", p + doc + "a", "", h("Destination", s.url+p+"stolen"), 403},
		{"COPY", p + doc + "a", "", h("Destination", s.url+"/private/"+doc+"stolen"), 405},
		{"COPY", p + doc + "a", "", h("Destination", s.url+"/share/private/"+doc+"../stolen"), 403},
		{"COPY", p + doc + "a", "", h("Destination", s.url+"/share/private/"+doc+"%2e%2e%2fstolen"), 404},
		{"COPY", p + doc + "a", "", h("Destination", s.url+"/../../etc/x"), 400},
		{"MOVE", p + doc + "a", "", h("Destination", s.url+"/share/public/feed"), 403},
		{"MOVE", p + "monitor.global.json", "", h("Destination", s.url+p+doc+"b"), 403},
		{"MOVE", p + doc + "a", "", h("Destination", s.url+p+doc+"b"), 201},
		{"DELETE", p + doc + "b", "", nil, 204},
	})
	after := s.ls("")
	for _, own := range []string{"state/webdav-locks.json", "state/webdav-properties.json"} {
		delete(before, own)
		delete(after, own)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
}

func TestPut(t *testing.T) {
	s := open(t, map[string]string{"private/f": "old", "private/d/x": "x", "private/d/l": "-> ../f", "private/d/f": "-> ../d", "private/l": "-> f"})
	etag := s.known("GET", p+"f", "").header.Get("Etag")
	s.run([]request{
		{"PUT", p + "new", "new", nil, 201},
		{"PUT", p + "new", "new2", nil, 204},
		{"PUT", p + "d", "x", nil, 409},
		{"PUT", p + "d/", "x", nil, 409},
		{"PUT", p + "none/x", "x", nil, 409},
		{"PUT", p + "f/x", "x", nil, 409},
		{"PUT", p + "f", "x", h("Content-Range", "bytes 0-0/3"), 400},
		{"PUT", p + "f", "x", h("If-None-Match", "*"), 412},
		{"PUT", p + "f", "x", h("If-None-Match", etag), 412},
		{"PUT", p + "f", "x", h("If-Match", `"x"`), 412},
		{"PUT", p + "none", "x", h("If-Match", "*"), 412},
		{"PUT", p + "f", "x", h("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"), 412},
		{"PUT", p + ".DAV", "x", nil, 403},
		{"PUT", p + ".monitor-upload.x", "x", nil, 403},
		{"PUT", p + ".davfs.tmp123456", "x", nil, 403},
		{"PUT", p + "l", "x", nil, 403}, // made by the generator
		{"PUT", p + "d/l", "replaced", nil, 204},
		{"PUT", p + "d/f", "x", nil, 409}, // leads to a folder
		{"PUT", p + "f", "x", h("If-Match", ""), 412},
		{"PUT", p + "f", "x", h("If-Match", `"x"`, "If-Match", `"y"`), 412},
		{"PUT", p + "f", "x", h("If-None-Match", `"x"`, "If-None-Match", etag), 412},
		{"PUT", p + "n3", "x", h("If-Unmodified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"), 201}, // it has no date (RFC 9110 13.1.4)
		{"PUT", p + "f", "x", h("If-Match", etag), 204},
		{"PUT", p + "n2", "x", h("If-None-Match", "*"), 201},
		{"PUT", p + "sp%20ce%25", "x", nil, 201},
		{"PUT", p + strings.Repeat("n", 256), "x", nil, 403},
	})
	s.has("private", map[string]string{
		"f": "x", "new": "new2", "d/": "", "d/x": "x", "l": "f", "d/l": "replaced", "d/f": "../d", "n2": "x", "n3": "x", "sp ce%": "x", "config/": "", "config/.jio_documents/": "",
	})
	// A tag is strong at once: what was just written can be changed on condition.
	tag := s.known("PUT", p+"c", "1").header.Get("Etag")
	if tag == "" || tag != s.known("GET", p+"c", "").header.Get("Etag") {
		t.Errorf("tag of the PUT %s", tag)
	}
	s.run([]request{{"PUT", p + "c", "2", h("If-Match", tag), 204}, {"PUT", p + "c", "3", h("If-Match", tag), 412}})
}

// cut sends a PUT whose body is shorter than it says, and is gone.
func (s *site) cut(path, head, body string) {
	s.t.Helper()
	c := s.raw("PUT " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\n" + head + "\r\n\r\n" + body)
	if err := c.CloseWrite(); err != nil {
		s.t.Fatal(err)
	}
	io.ReadAll(c)
	c.Close()
}

// An upload that is cut leaves what was there.
func TestPutIsCut(t *testing.T) {
	s := open(t, map[string]string{"private/f": "old"})
	s.cut(p+"f", "Content-Length: 100000", strings.Repeat("x", 50000))
	s.cut(p+"new", "Content-Length: 100000", strings.Repeat("x", 50000))
	s.cut(p+"f", "Transfer-Encoding: chunked", "5\r\nhello\r\n5\r\nhe")
	s.cut(p+"f", "Transfer-Encoding: chunked", "5\r\nhello\r\nXYZ\r\nhe")
	s.has("private", map[string]string{"f": "old", "config/": "", "config/.jio_documents/": ""})
}

// Readers see the old file or the new one, whole; of two uploads at once the
// last one stays, never a mixture.
func TestReadersDuringPut(t *testing.T) {
	s := open(t, map[string]string{"private/f": strings.Repeat("0", 200_000)})
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for n := range 4 {
		writers.Go(func() {
			for range 10 {
				got := s.known("PUT", p+"f", strings.Repeat(fmt.Sprint(n), 200_000))
				if got.status != 204 {
					t.Errorf("PUT: %d", got.status)
				}
			}
		})
	}
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				body := s.known("GET", p+"f", "").body
				if len(body) != 200_000 || strings.Trim(body, body[:1]) != "" {
					t.Errorf("a reader got %d bytes of %.3s…", len(body), body)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	if entries, _ := os.ReadDir(s.path("private")); len(entries) != 2 {
		t.Errorf("left: %v", entries)
	}
}

func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to mount a small disk")
	}
	s := open(t, map[string]string{"private/small/": ""})
	small := s.path("private/small")
	if err := unix.Mount("tmpfs", small, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("cannot mount a small disk: ", err)
	}
	t.Cleanup(func() { unix.Unmount(small, unix.MNT_DETACH) })
	write(t, small+"/f", "old")
	s.run([]request{
		{"PUT", p + "small/f", strings.Repeat("x", 3<<20), nil, 507},
		{"PUT", p + "small/new", strings.Repeat("x", 3<<20), nil, 507},
		{"PUT", p + "small/fits", "x", nil, 201},
	})
	s.has("private/small", map[string]string{"f": "old", "fits": "x"})
}

func TestFolders(t *testing.T) {
	s := open(t, map[string]string{"private/f": "f", "private/d/sub/x": "x", "private/d/y": "y", "private/keep/k": "k"})
	s.run([]request{
		{"MKCOL", p + "new", "", nil, 201},
		{"MKCOL", p + "new/", "", nil, 405},
		{"MKCOL", p + "new/a/", "", nil, 201},
		{"MKCOL", p + "f", "", nil, 405},
		{"MKCOL", p + "f/x", "", nil, 409},
		{"MKCOL", p + "none/x", "", nil, 409},
		{"MKCOL", p + "body", "<x/>", nil, 415},
		{"MKCOL", p + ".DAV", "", nil, 403},
		{"MKCOL", "/share/private", "", nil, 405},
		{"MKCOL", "/share/", "", nil, 405},
		{"DELETE", p + "none", "", nil, 404},
		{"DELETE", p + "f/x", "", nil, 404},
		{"DELETE", p + "f/", "", nil, 400},
		{"DELETE", p + "d", "", h("Depth", "0"), 400},
		{"DELETE", p + "d", "", h("Depth", "1"), 400},
		{"DELETE", "/share/private", "", nil, 403},
		{"DELETE", "/share/private/", "", nil, 403},
		{"DELETE", "/share/", "", nil, 403},
		{"DELETE", p + "d", "", h("Depth", "infinity"), 204},
		{"DELETE", p + "keep/", "", nil, 204},
		{"DELETE", p + "f", "", h("If-Match", `"x"`), 412},
		{"DELETE", p + "f", "", nil, 204},
	})
	s.has("private", map[string]string{"new/": "", "new/a/": "", "config/": "", "config/.jio_documents/": ""})
}

func TestCopyAndMove(t *testing.T) {
	s := open(t, map[string]string{
		"private/f": "f", "private/g": "g", "private/d/x": "x", "private/d/sub/y": "y", "private/e/z": "z", "private/p/child": "child", "private/p/sibling": "s",
	})
	to := func(name string, more ...string) []string { return append(more, "Destination", s.url+p+name) }
	s.run([]request{
		{"COPY", p + "f", "", to("c1"), 201},
		{"COPY", p + "f", "", to("c1"), 204},
		{"COPY", p + "f", "", to("c1", "Overwrite", "F"), 412},
		{"COPY", p + "f", "", to("c2", "Overwrite", "F"), 201},
		{"COPY", p + "f", "", to("c2", "Overwrite", "x"), 400},
		{"COPY", p + "f", "", nil, 400},
		{"COPY", p + "f", "", to("f"), 403},
		{"COPY", p + "f", "", to("none/x"), 409},
		{"COPY", p + "f", "", to("g/x"), 409},
		{"COPY", p + "none", "", to("g"), 404},
		{"COPY", p + "f", "", h("Destination", p+"c3"), 201}, // RFC 4918 10.3 allows a path
		{"COPY", p + "f", "", h("Destination", "https://frontend.example:1234"+p+"c4"), 201},
		{"COPY", p + "f", "", h("Destination", "ftp://x"+p+"c5"), 502},
		{"COPY", p + "f", "", h("Destination", "http://x"+p+"c5"), 502},
		{"COPY", p + "f", "", h("Destination", "https://x/private/c5"), 405},
		{"COPY", p + "f", "", h("Destination", "https://x"+p+".DAV/c5"), 403},
		{"COPY", p + "f", "", h("Destination", "::"), 400},
		{"COPY", p + "d", "", to("d/into"), 403},
		{"COPY", p + "d", "", to("d/"), 403},
		{"COPY", p + "p/child", "", to("p"), 403},
		{"COPY", p + "d", "", to("dc"), 201},
		{"COPY", p + "d", "", to("d0", "Depth", "0"), 201},
		{"COPY", p + "d", "", to("d1", "Depth", "1"), 400},
		{"COPY", p + "d", "", to("none/d"), 409},
		{"COPY", p + "d", "", to("c2"), 204}, // a folder in place of a file
		{"MOVE", p + "c2", "", to("f2", "Depth", "Infinity"), 201},
		{"COPY", p + "f2", "", to("f3", "Depth", "INFINITY"), 201},
		{"COPY", p + "f", "", to("f2"), 204},
		{"MOVE", p + "f2", "", to("c2"), 201},
		{"DELETE", p + "f3", "", h("Depth", "Infinity"), 204},
		{"COPY", p + "f", "", to("e"), 204},
		{"MOVE", p + "none", "", to("g"), 404},
		{"MOVE", p + "f", "", to("g", "Overwrite", "F"), 412},
		{"MOVE", p + "c2", "", to("g"), 204},
		{"MOVE", p + "d", "", to("d/sub/in"), 403},
		{"MOVE", p + "p/child", "", to("p"), 403},
		{"MOVE", p + "d", "", to("m", "Depth", "0"), 400},
		{"MOVE", p + "d", "", to("m"), 201},
		{"MOVE", p + "dc", "", to("m"), 204},
		{"MOVE", p + "c3", "", to("none/x"), 409},
		{"MOVE", "/share/private", "", to("x"), 403},
		{"MOVE", p + "f", "", h("Destination", s.url+"/share/private"), 403},
	})
	s.has("private", map[string]string{
		"f": "f", "g": "f", "c1": "f", "c3": "f", "c4": "f", "e": "f", "d0/": "", "m/": "", "m/x": "x", "m/sub/": "", "m/sub/y": "y",
		"p/": "", "p/child": "child", "p/sibling": "s", "config/": "", "config/.jio_documents/": "",
	})
}

// Walks follow no link, and the links that the generator made stay.
func TestLinks(t *testing.T) {
	s := open(t, map[string]string{
		"private/log": "-> ../../../var/log", "private/d/l": "-> ../../public", "private/d/f": "f", "private/own": "-> d/f", "public/kept": "kept",
		"webdav/public": "-> ../public", "webdav/private": "-> ../private", "webdav/jio_private/.jio_documents": "-> ../../private",
	})
	write(t, s.config.Partition+"/var/log/app.log", "log")
	s.run([]request{
		{"DELETE", p + "log", "", nil, 403},
		{"DELETE", p + "log/", "", nil, 403},
		{"DELETE", p + "own", "", nil, 403},
		{"MOVE", p + "log", "", h("Destination", s.url+p+"x"), 403},
		{"DELETE", "/share/jio_private/.jio_documents", "", nil, 403},
		{"DELETE", "/share/jio_private/.jio_documents/", "", nil, 403},
		{"COPY", p + "d", "", h("Destination", s.url+p+"copy"), 201},
		{"DELETE", p + "d/l", "", nil, 204},
		{"PUT", p + "log/new.log", "x", nil, 201},
	})
	s.has("private", map[string]string{
		"log": "../../../var/log", "d/": "", "d/f": "f", "own": "d/f", "copy/": "", "copy/f": "f", "config/": "", "config/.jio_documents/": "",
	})
	s.has("public", map[string]string{"kept": "kept"})
	if data, err := os.ReadFile(s.config.Partition + "/var/log/app.log"); string(data) != "log" {
		t.Errorf("%q %v", data, err)
	}
}
