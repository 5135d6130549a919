package webapp

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// policy lets the page run nothing but its own files, and talk to monitors,
// which are anywhere. ui/index.html repeats it for static hosts.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' https:; " +
	"manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// How long a browser keeps a file. Names below assets/ change with the content;
// the others must be asked for again, so that an upgrade is seen at once.
const (
	cacheForever = "public, max-age=31536000, immutable"
	cacheNever   = "no-cache"
)

var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".webmanifest": "application/manifest+json",
}

type handler struct {
	index string
	files map[string]*file // by path below Path
}

// newHandler makes a handler of all files of root, which are few.
func newHandler(root fs.FS, index string) http.Handler {
	h := &handler{index: index, files: map[string]*file{}}
	_ = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error { // embedded files can be read
		if err == nil && d.Type().IsRegular() && types[path.Ext(name)] != "" {
			h.files[name] = &file{root: root, name: name}
		}
		return nil
	})
	return h
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", policy)
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	name, ok := strings.CutPrefix(r.URL.Path, Path)
	if !ok { // "/app": relative addresses in the page need the slash
		header.Set("Location", Path)
		w.WriteHeader(http.StatusMovedPermanently)
		return
	}
	if name == "" {
		name = h.index
	}
	f := h.files[name]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	f.load()
	f.serve(w, r)
}

// file is read, hashed and compressed when it is first asked for: a server that
// nobody opens the interface on does nothing for it.
type file struct {
	root fs.FS
	name string

	once        sync.Once
	plain, zip  []byte
	etag, cache string
}

func (f *file) load() {
	f.once.Do(func() {
		f.plain, _ = fs.ReadFile(f.root, f.name) // found when the handler was made
		digest := sha256.Sum256(f.plain)
		f.etag = hex.EncodeToString(digest[:12])
		f.zip = compress(f.plain)
		f.cache = cacheNever
		if strings.HasPrefix(f.name, "assets/") {
			f.cache = cacheForever
		}
	})
}

// compress gives nil for what does not get smaller.
func compress(plain []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // fails for invalid levels only
	_, _ = z.Write(plain)                                 // a buffer takes everything
	_ = z.Close()
	if b.Len() >= len(plain) {
		return nil
	}
	return b.Bytes()
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", types[path.Ext(f.name)])
	header.Set("Cache-Control", f.cache)
	header.Add("Vary", "Accept-Encoding")
	body, etag := f.plain, `"`+f.etag+`"`
	if f.zip != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = f.zip, `"`+f.etag+`-gzip"`
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		header.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that went away is no error of ours
	}
}

// acceptsGzip reads an Accept-Encoding header; gzip;q=0 is a refusal.
func acceptsGzip(value string) bool {
	for one := range strings.SplitSeq(value, ",") {
		coding, weight, weighted := strings.Cut(one, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != "gzip" && coding != "*" {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return !weighted || err != nil || q > 0
	}
	return false
}

// matches compares weakly, as RFC 9110 13.1.2 says.
func matches(header, etag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == "*" || one == etag {
			return true
		}
	}
	return false
}
