package webapp

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// budget is what all files of the interface may take, compressed (issue 7).
const budget = 120 << 10

func get(h http.Handler, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func sample() http.Handler {
	return newHandler(fstest.MapFS{
		"index.html":     {Data: []byte("<!doctype html>" + strings.Repeat("text ", 100))},
		"assets/a-1.js":  {Data: []byte(strings.Repeat("x", 1000))},
		"icon.svg":       {Data: []byte("<svg/>")},
		"secret.unknown": {Data: []byte("not served")},
	}, "index.html")
}

func TestAnswers(t *testing.T) {
	h := sample()
	for _, c := range []struct {
		method, path, acceptEncoding string
		status                       int
		contentType, cache, encoding string
	}{
		{"GET", "/app/", "gzip, br", 200, "text/html; charset=utf-8", cacheNever, "gzip"},
		{"GET", "/app/index.html", "", 200, "text/html; charset=utf-8", cacheNever, ""},
		{"HEAD", "/app/", "gzip;q=0", 200, "text/html; charset=utf-8", cacheNever, ""},
		{"GET", "/app/assets/a-1.js", "*", 200, "text/javascript; charset=utf-8", cacheForever, "gzip"},
		{"GET", "/app/icon.svg", "gzip", 200, "image/svg+xml", cacheNever, ""}, // would not get smaller
		{"GET", "/app", "", 301, "", "", ""},
		{"GET", "/app/none.js", "", 404, "text/plain; charset=utf-8", "", ""},
		{"GET", "/app/assets", "", 404, "text/plain; charset=utf-8", "", ""},
		{"GET", "/app/secret.unknown", "", 404, "text/plain; charset=utf-8", "", ""},
		{"GET", "/app/../../etc/passwd", "", 404, "text/plain; charset=utf-8", "", ""},
		{"POST", "/app/", "", 405, "text/plain; charset=utf-8", "", ""},
	} {
		t.Run(c.method+c.path, func(t *testing.T) {
			r := get(h, c.method, c.path, "Accept-Encoding", c.acceptEncoding)
			got := []any{r.StatusCode, r.Header.Get("Content-Type"), r.Header.Get("Cache-Control"), r.Header.Get("Content-Encoding")}
			want := []any{c.status, c.contentType, c.cache, c.encoding}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("got %v, want %v", got, want)
					break
				}
			}
			if r.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("headers %v", r.Header)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	h := sample()
	plain, _ := io.ReadAll(get(h, "GET", "/app/assets/a-1.js").Body)
	z, err := gzip.NewReader(get(h, "GET", "/app/assets/a-1.js", "Accept-Encoding", "gzip").Body)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(z)
	if err != nil || !bytes.Equal(plain, unzipped) || len(plain) != 1000 {
		t.Errorf("%d bytes plain, %d unzipped, %v", len(plain), len(unzipped), err)
	}
	if body, _ := io.ReadAll(get(h, "HEAD", "/app/").Body); len(body) != 0 {
		t.Errorf("HEAD has a body of %d bytes", len(body))
	}
}

func TestNotModified(t *testing.T) {
	h := sample()
	etag := get(h, "GET", "/app/", "Accept-Encoding", "gzip").Header.Get("ETag")
	for _, value := range []string{etag, "W/" + etag, `"other", ` + etag, "*"} {
		r := get(h, "GET", "/app/", "Accept-Encoding", "gzip", "If-None-Match", value)
		if r.StatusCode != 304 || r.Header.Get("ETag") != etag {
			t.Errorf("If-None-Match: %s: %d %s", value, r.StatusCode, r.Header.Get("ETag"))
		}
	}
	// Another coding is another representation.
	if r := get(h, "GET", "/app/", "If-None-Match", etag); r.StatusCode != 200 {
		t.Errorf("a plain file matches the tag of the compressed one: %d", r.StatusCode)
	}
}

func TestUnbuilt(t *testing.T) {
	root, _ := fs.Sub(dist, "dist")
	r := get(newHandler(root, "unbuilt.html"), "GET", "/app/")
	body, _ := io.ReadAll(r.Body)
	if r.StatusCode != 200 || !strings.Contains(string(body), "npm run build") {
		t.Errorf("%d %s", r.StatusCode, body)
	}
}

// The interface as it was built: complete, small, and without what the policy
// forbids.
func TestBuilt(t *testing.T) {
	if !Built() {
		if os.Getenv("MONITOR_REQUIRE_PEERS") == "1" {
			t.Fatal("the interface is not built: cd pkg/webapp/ui && npm ci && npm run build")
		}
		t.Skip("the interface is not built")
	}
	h, ok := Handler().(*handler)
	if !ok {
		t.Fatal("another handler")
	}
	total := 0
	for name, f := range h.files {
		f.load()
		if f.zip != nil {
			total += len(f.zip)
		} else {
			total += len(f.plain)
		}
		if bytes.Contains(f.plain, []byte("eval(")) {
			t.Errorf("%s evaluates text as a program", name)
		}
	}
	t.Logf("%d files, %.1f KiB compressed", len(h.files), float64(total)/1024)
	if total > budget {
		t.Errorf("the interface takes %d bytes compressed, at most %d", total, budget)
	}
	page := h.files["index.html"].plain
	for _, m := range regexp.MustCompile(`(?:src|href)="\./([^"]+)"`).FindAllSubmatch(page, -1) {
		if h.files[string(m[1])] == nil {
			t.Errorf("index.html names %s, which is not there", m[1])
		}
	}
	for _, bad := range []string{"<style", "<script>", "onload=", "style=\""} {
		if bytes.Contains(page, []byte(bad)) {
			t.Errorf("index.html has %s, which the policy forbids", bad)
		}
	}
	if worker := h.files["sw.js"]; worker == nil || bytes.Contains(worker.plain, []byte("__SHELL")) || !bytes.Contains(worker.plain, []byte("assets/index-")) {
		t.Error("the service worker does not know the application's files")
	}
}
