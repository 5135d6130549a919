package httpd

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
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
	s := open(t, map[string]string{"private/f": "old", "private/d/x": "x", "private/d/l": "-> ../f", "private/l": "-> f"})
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
		{"PUT", p + "f", "x", h("If-Match", etag), 204},
		{"PUT", p + "n2", "x", h("If-None-Match", "*"), 201},
		{"PUT", p + "sp%20ce%25", "x", nil, 201},
		{"PUT", p + strings.Repeat("n", 256), "x", nil, 403},
	})
	s.has("private", map[string]string{
		"f": "x", "new": "new2", "d/": "", "d/x": "x", "l": "f", "d/l": "replaced", "n2": "x", "sp ce%": "x", "config/": "", "config/.jio_documents/": "",
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

var href = regexp.MustCompile(`<D:href>([^<]*)</D:href>`)

func found(body string) (list []string) {
	for _, m := range href.FindAllStringSubmatch(body, -1) {
		list = append(list, m[1])
	}
	return list
}

func TestPropfind(t *testing.T) {
	s := example(t)
	write(t, s.path("private/documents/a b'(é)&.txt"), "x")
	xml := func(inner string) string {
		return `<?xml version="1.0"?><D:propfind xmlns:D="DAV:">` + inner + `</D:propfind>`
	}
	for _, c := range []struct {
		target, depth, body string
		status              int
		hrefs               []string
	}{
		{p + "documents/", "1", "", 207, []string{"/share/private/documents/", "/share/private/documents/a%20b'(%c3%a9)&amp;.txt", "/share/private/documents/monitor_state.data.json"}},
		{p + "documents", "1", xml("<D:prop><D:resourcetype/></D:prop>"), 207, []string{"/share/private/documents/", "/share/private/documents/a%20b'(%c3%a9)&amp;.txt", "/share/private/documents/monitor_state.data.json"}},
		{p + "config/", "1", "", 207, []string{"/share/private/config/", "/share/private/config/.jio_documents/"}},
		{p + "_document_list", "1", "", 207, []string{"/share/private/_document_list"}},
		{p, "0", "", 207, []string{"/share/private/"}},
		{"/share/", "1", "", 207, []string{"/share/", "/share/jio_private/", "/share/jio_public/", "/share/publicity/"}},
		{p, "", "", 403, nil},
		{p, "infinity", "", 403, nil},
		{p, "2", "", 400, nil},
		{p + "nothing", "0", "", 404, nil},
		{p + "out", "0", "", 403, nil},
		{p + "out/", "1", "", 403, nil},
		{p + "fifo", "0", "", 403, nil},
		{p, "0", "<", 400, nil},
		{p, "0", xml("<x"), 400, nil},
		{p, "0", xml(""), 400, nil},
		{p, "0", xml("<D:unknown/>"), 400, nil},
		{p, "0", `<propfind/>`, 400, nil},
		{p, "0", xml(`<D:prop xmlns:e=""><e:x/></D:prop>`), 400, nil},
		{p, "0", xml(`<D:prop><e:x/></D:prop>`), 400, nil},
		{p, "0", xml(`<D:prop/>`) + "<more/>", 400, nil},
		{p, "0", `<!DOCTYPE x [<!ENTITY a "b">]>` + xml("<D:allprop/>"), 400, nil},
		{p, "0", xml("<D:prop>&a;</D:prop>"), 400, nil},
		{p, "0", xml(strings.Repeat("<D:x>", 1000)), 400, nil},
		{p, "0", xml("<D:allprop/>" + strings.Repeat(" ", 1_000_000)), 413, nil},
	} {
		headers := h("Depth", c.depth)
		if c.depth == "" {
			headers = nil
		}
		got := s.known("PROPFIND", c.target, c.body, headers...)
		if got.status != c.status {
			t.Errorf("%s %s %.80s: %d, want %d", c.target, c.depth, c.body, got.status, c.status)
		}
		if got.status != 207 {
			continue
		}
		list := found(got.body)
		if list[0] != c.hrefs[0] {
			t.Errorf("%s: the first is %s", c.target, list[0])
		}
		if diff := cmp.Diff(c.hrefs, sorted(list)); diff != "" {
			t.Errorf("%s: %s", c.target, diff)
		}
	}
	if got := s.known("PROPFIND", p, "", "Depth", "infinity"); !strings.Contains(got.body, "propfind-finite-depth") {
		t.Errorf("%q", got.body)
	}
}

func sorted(list []string) []string {
	list = append([]string(nil), list...)
	for i := range list {
		for k := i; k > 0 && list[k] < list[k-1]; k-- {
			list[k], list[k-1] = list[k-1], list[k]
		}
	}
	return list
}

func TestProperties(t *testing.T) {
	s := open(t, map[string]string{"private/f.json": "12345", "private/d/x": "x"})
	etag := s.known("GET", p+"f.json", "").header.Get("Etag")
	all := s.known("PROPFIND", p+"f.json", "", "Depth", "0").body
	for _, want := range []string{
		"<D:getcontentlength>5<", "<D:getcontenttype>application/json<", "<D:getetag>" + etag + "<", "<D:resourcetype></D:resourcetype>", "<D:creationdate>", "<D:getlastmodified>",
		"<A:executable>F<", "<D:exclusive/>", "<D:shared/>", "<D:lockdiscovery></D:lockdiscovery>",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in %s", want, all)
		}
	}
	folder := s.known("PROPFIND", p+"d/", "", "Depth", "0").body
	for want, there := range map[string]bool{"<D:collection/>": true, "httpd/unix-directory": true, "<D:getetag>": true, "getcontentlength": false, "executable": false} {
		if strings.Contains(folder, want) != there {
			t.Errorf("%s in a folder: %s", want, folder)
		}
	}
	patch := func(inner string) string {
		return `<?xml version="1.0"?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="http://ns.example/z">` + inner + `</D:propertyupdate>`
	}
	s.run([]request{
		{"PROPPATCH", p + "f.json", patch(`<D:set><D:prop><Z:author lang="x"><Z:name>J&amp;J</Z:name></Z:author><Z:two>2</Z:two></D:prop></D:set>`), nil, 207},
		{"PROPPATCH", p + "d/x", patch(`<D:set><D:prop><Z:in>d</Z:in></D:prop></D:set>`), nil, 207},
		{"PROPPATCH", p + "f.json", patch(`<D:remove><D:prop><Z:two/></D:prop></D:remove>`), nil, 207},
		{"PROPPATCH", p + "f.json", "<x", nil, 400},
		{"PROPPATCH", p + "none", patch(`<D:set><D:prop><Z:a>1</Z:a></D:prop></D:set>`), nil, 404},
		{"PROPPATCH", p + "f.json", patch(`<D:set><D:prop><D:getetag>x</D:getetag></D:prop></D:set>`), nil, 207},
		{"COPY", p + "f.json", "", h("Destination", s.url+p+"copy.json"), 201},
		{"MOVE", p + "f.json", "", h("Destination", s.url+p+"moved.json"), 201},
		{"MOVE", p + "d", "", h("Destination", s.url+p+"e"), 201},
		{"PUT", p + "f.json", "new", nil, 201},
	})
	ask := `<D:propfind xmlns:D="DAV:"><D:prop><Z:author xmlns:Z="http://ns.example/z"/><Z:in xmlns:Z="http://ns.example/z"/><D:displayname/></D:prop></D:propfind>`
	for name, want := range map[string]string{"copy.json": "J&amp;J", "moved.json": "J&amp;J", "e/x": ">d<"} {
		got := s.known("PROPFIND", p+name, ask, "Depth", "0").body
		if !strings.Contains(got, want) || !strings.Contains(got, "200 OK") || !strings.Contains(got, "404 Not Found") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := s.known("PROPFIND", p+"f.json", ask, "Depth", "0").body; strings.Contains(got, "J&amp;J") {
		t.Errorf("a new file has the properties of an old one: %s", got)
	}
	if got := s.known("PROPFIND", p+"copy.json", `<D:propfind xmlns:D="DAV:"><D:propname/></D:propfind>`, "Depth", "0").body; !strings.Contains(got, "author") || strings.Contains(got, "J&amp;J") || !strings.Contains(got, "<D:getetag/>") {
		t.Errorf("names: %s", got)
	}
	if got := s.known("PROPPATCH", p+"copy.json", patch(`<D:set><D:prop><Z:big>`+strings.Repeat("x", 900_000)+`</Z:big></D:prop></D:set>`)); !strings.Contains(got.body, "200 OK") {
		t.Errorf("%d %.200s", got.status, got.body)
	}
	if got := s.known("PROPPATCH", p+"moved.json", patch(`<D:set><D:prop><Z:big>`+strings.Repeat("x", 900_000)+`</Z:big></D:prop></D:set>`)); !strings.Contains(got.body, "507") {
		t.Errorf("more than may be kept: %d %s", got.status, got.body)
	}
}

const exclusive = `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>me &amp; <x:y xmlns:x="u:x">you</x:y></D:owner></D:lockinfo>`

// lock takes a lock and returns its token with its angle brackets.
func (s *site) lock(target, body string, headers ...string) string {
	s.t.Helper()
	got := s.known("LOCK", target, body, headers...)
	if got.status != http.StatusOK && got.status != http.StatusCreated {
		s.t.Fatalf("LOCK %s: %d %s", target, got.status, got.body)
	}
	return got.header.Get("Lock-Token")
}

func TestLocks(t *testing.T) {
	s := open(t, map[string]string{"private/f": "f", "private/d/x": "x", "private/d/y": "y", "private/e/": "", "private/g": "g"})
	token := s.lock(p+"f", exclusive, "Timeout", "Infinite, Second-4100000000", "Depth", "0")
	deep := s.lock(p+"d/", exclusive)
	found := s.known("PROPFIND", p+"f", "", "Depth", "0").body
	for _, want := range []string{strings.Trim(token, "<>"), "<D:exclusive/>", "<D:depth>0</D:depth>", `me &amp; <N:y xmlns:N="u:x">you</N:y>`, "/share/private/f</D:href></D:lockroot>"} {
		if !strings.Contains(found, want) {
			t.Errorf("no %s in %s", want, found)
		}
	}
	if m := regexp.MustCompile(`Second-(\d+)`).FindStringSubmatch(found); m == nil || len(m[1]) > 4 {
		t.Errorf("time-out %v: a lost client locks for ever", m)
	}
	etag := s.known("GET", p+"f", "").header.Get("Etag")
	other := "<opaquelocktoken:other>"
	s.run([]request{
		{"GET", p + "f", "", nil, 200},
		{"PUT", p + "f", "x", nil, 423},
		{"DELETE", p + "f", "", nil, 423},
		{"MOVE", p + "f", "", h("Destination", s.url+p+"z"), 423},
		{"COPY", p + "g", "", h("Destination", s.url+p+"f"), 423},
		{"COPY", p + "f", "", h("Destination", s.url+p+"e/f"), 201},
		{"PROPPATCH", p + "f", "<propertyupdate xmlns='DAV:'/>", nil, 423},
		{"LOCK", p + "f", exclusive, nil, 423},
		{"LOCK", p + "f", strings.ReplaceAll(exclusive, "exclusive", "shared"), nil, 423},
		{"LOCK", p, exclusive, nil, 403},
		{"PUT", p + "f", "x", h("If", "("+other+")"), 412},
		{"PUT", p + "f", "x", h("If", "("+other+") (Not <DAV:no-lock>)"), 423},
		{"PUT", p + "f", "x", h("If", "("+token+` ["bogus"])`), 412},
		{"PUT", p + "f", "x", h("If", "<"+s.url+p+"g> ("+token+")"), 412},
		{"PUT", p + "f", "x", h("If", "("+token+" ["+etag+"])"), 204},
		{"PUT", p + "f", "x", h("If", "<"+s.url+p+"f> ("+token+")"), 204},
		{"PUT", p + "f", "x", h("If", `(["bogus"]) (`+token+")"), 204},
		{"PUT", p + "f", "x", h("If", "("+token), 400},
		{"PUT", p + "f", "x", h("If", "()"), 400},
		{"PUT", p + "f", "x", h("If", "rubbish"), 400},
		{"LOCK", p + "f", "", h("If", "("+token+")", "Timeout", "Second-60"), 200},
		{"LOCK", p + "f", "", h("If", "("+other+")"), 412},
		{"LOCK", p + "f", "", nil, 400},
		{"LOCK", p + "f", "<x/>", nil, 400},
		{"LOCK", p + "g", exclusive, h("Depth", "1"), 400},
		{"LOCK", p + "none/x", exclusive, nil, 409},
		{"PUT", p + "d/x", "x", nil, 423},
		{"PUT", p + "d/new", "x", nil, 423},
		{"MKCOL", p + "d/new", "", nil, 423},
		{"PUT", p + "d/new", "x", h("If", "<"+s.url+p+"d/> ("+deep+")"), 201},
		{"LOCK", p + "d/x", exclusive, nil, 423},
		{"DELETE", p + "d", "", nil, 423},
		{"UNLOCK", p + "f", "", nil, 400},
		{"UNLOCK", p + "f", "", h("Lock-Token", other), 409},
		{"UNLOCK", p + "g", "", h("Lock-Token", token), 409},
		{"UNLOCK", p + "f", "", h("Lock-Token", token), 204},
		{"UNLOCK", p + "f", "", h("Lock-Token", token), 409},
		{"PUT", p + "f", "x", nil, 204},
		{"UNLOCK", p + "d/x", "", h("Lock-Token", deep), 204},
	})
	// A free name is made by its lock, empty.
	free := s.lock(p+"free", exclusive)
	s.run([]request{{"GET", p + "free", "", nil, 200}, {"PUT", p + "free", "x", nil, 423}, {"UNLOCK", p + "free", "", h("Lock-Token", free), 204}})
}

// A lock of a folder alone keeps its members, not what is in them.
func TestLockOfAFolderAlone(t *testing.T) {
	s := open(t, map[string]string{"private/d/x": "x", "private/d/sub/y": "y"})
	token := s.lock(p+"d/", exclusive, "Depth", "0")
	s.run([]request{
		{"PUT", p + "d/x", "new", nil, 204},
		{"PUT", p + "d/sub/z", "new", nil, 201},
		{"PUT", p + "d/more", "new", nil, 423},
		{"MKCOL", p + "d/more", "", nil, 423},
		{"DELETE", p + "d/x", "", nil, 423},
		{"MOVE", p + "d/x", "", h("Destination", s.url+p+"x"), 423},
		{"COPY", p + "d/x", "", h("Destination", s.url+p+"d/more"), 423},
		{"COPY", p + "d/x", "", h("Destination", s.url+p+"out"), 201},
		{"LOCK", p + "d/free", exclusive, nil, 423},
		{"DELETE", p + "d/x", "", h("If", "<"+s.url+p+"d/> ("+token+")"), 204},
	})
}

func TestSharedLocks(t *testing.T) {
	s := open(t, map[string]string{"private/f": "f"})
	shared := strings.ReplaceAll(exclusive, "exclusive", "shared")
	one, two := s.lock(p+"f", shared), s.lock(p+"f", shared)
	if one == two {
		t.Fatal("one token for two locks")
	}
	s.run([]request{
		{"LOCK", p + "f", exclusive, nil, 423},
		{"PUT", p + "f", "x", nil, 423},
		{"PUT", p + "f", "x", h("If", "("+one+")"), 204},
		{"PUT", p + "f", "x", h("If", "("+two+")"), 204},
		{"UNLOCK", p + "f", "", h("Lock-Token", one), 204},
		{"PUT", p + "f", "x", nil, 423},
		{"UNLOCK", p + "f", "", h("Lock-Token", two), 204},
		{"PUT", p + "f", "x", nil, 204},
	})
}

// A folder with a locked child is neither removed nor moved nor replaced.
func TestLockedChild(t *testing.T) {
	s := open(t, map[string]string{"private/d/sub/x": "x", "private/d/y": "y", "private/f": "f"})
	token := s.lock(p+"d/sub/x", exclusive)
	for _, r := range []request{
		{"DELETE", p + "d", "", nil, 424},
		{"MOVE", p + "d", "", h("Destination", s.url+p+"e"), 424},
		{"COPY", p + "f", "", h("Destination", s.url+p+"d"), 424},
		{"MOVE", p + "f", "", h("Destination", s.url+p+"d"), 424},
	} {
		got := s.known(r.method, r.target, "", r.headers...)
		if got.status != r.status || !strings.Contains(got.body, "/share/private/d/sub/x</D:href><D:status>HTTP/1.1 423") {
			t.Errorf("%s %s: %d %s", r.method, r.target, got.status, got.body)
		}
	}
	s.has("private", map[string]string{"d/": "", "d/y": "y", "d/sub/": "", "d/sub/x": "x", "f": "f", "config/": "", "config/.jio_documents/": ""})
	s.run([]request{{"DELETE", p + "d", "", h("If", "<"+s.url+p+"d/sub/x> ("+token+")"), 204}, {"MKCOL", p + "d", "", nil, 201}, {"MKCOL", p + "d/sub", "", nil, 201}, {"PUT", p + "d/sub/x", "", nil, 201}})
}

// Of two users, one cannot use the other's lock.
func TestLockOfAnotherUser(t *testing.T) {
	s := open(t, map[string]string{"private/f": "f"})
	write(t, s.config.HTTPD.HtpasswdFile, "admin:"+secretHash+"\nother:"+secretHash+"\n")
	token := s.lock(p+"f", exclusive)
	for _, r := range []request{{"PUT", p + "f", "x", h("If", "("+token+")"), 423}, {"UNLOCK", p + "f", "", h("Lock-Token", token), 403}} {
		if got := s.do(r.method, r.target, r.body, append(r.headers, "user", "other:secret")...); got.status != r.status {
			t.Errorf("%s: %d, want %d", r.method, got.status, r.status)
		}
	}
}

// Locks and properties outlive the server.
func TestRestart(t *testing.T) {
	c := partition(t, map[string]string{"private/f": "f"})
	c.HTTPD.WebDAVWrite = "all"
	var token string
	t.Run("first", func(t *testing.T) {
		s := serve(t, c)
		token = s.lock(p+"f", exclusive)
		s.run([]request{{"PROPPATCH", p + "f", `<propertyupdate xmlns="DAV:"><set><prop><x xmlns="u:x">kept</x></prop></set></propertyupdate>`, h("If", "("+token+")"), 207}})
		write(t, s.path("private/.monitor-upload.left"), "half")
	})
	t.Run("second", func(t *testing.T) {
		s := serve(t, c)
		s.run([]request{{"PUT", p + "f", "x", nil, 423}, {"PUT", p + "f", "x", h("If", "("+token+")"), 204}})
		if got := s.known("PROPFIND", p+"f", "", "Depth", "0"); !strings.Contains(got.body, ">kept<") {
			t.Errorf("%s", got.body)
		}
		if _, err := os.Stat(s.path("private/.monitor-upload.left")); err == nil {
			t.Error("what a killed server left is still there")
		}
	})
	for _, name := range []string{"webdav-locks.json", "webdav-properties.json"} {
		st, err := os.Stat(filepath.Join(c.StateFolder, name))
		if err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, st, err)
		}
		write(t, filepath.Join(c.StateFolder, name), `[{"token":`)
	}
	t.Run("damaged", func(t *testing.T) {
		s := serve(t, c)
		s.run([]request{{"PUT", p + "f", "x", nil, 204}})
	})
}

func TestManyLocks(t *testing.T) {
	s := open(t, map[string]string{"private/d/": ""})
	for i := range 256 {
		s.lock(fmt.Sprintf("%sd/%d", p, i), exclusive)
	}
	s.run([]request{{"LOCK", p + "d/more", exclusive, nil, 507}, {"GET", p + "d/0", "", nil, 200}})
}
