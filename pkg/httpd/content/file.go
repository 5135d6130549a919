package content

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"slapmonitor/pkg/httpd/tree"
)

// wholeLimit is the size up to which a file is read and sent in one piece.
const wholeLimit = 64 << 10

var pieces = sync.Pool{New: func() any { b := make([]byte, wholeLimit); return &b }}

// ServeFile answers GET and HEAD (and what is treated alike) with the content of
// an open file. name gives its type; header values already set stay.
func ServeFile(w http.ResponseWriter, r *http.Request, f *tree.File, name string) {
	h := w.Header()
	setDefault(h, "Content-Type", Type(name))
	if Active(h.Get("Content-Type")) {
		setDefault(h, "Content-Security-Policy", SandboxPolicy)
	}
	h["Etag"] = []string{ETag(f.Size, f.MTime)}
	h["Cache-Control"] = cacheControl
	if f.Size <= wholeLimit && !isConditional(r.Header) {
		h["Last-Modified"] = []string{f.MTime.UTC().Format(http.TimeFormat)}
		h["Accept-Ranges"] = acceptRanges
		h["Content-Length"] = []string{strconv.FormatInt(f.Size, 10)}
		sendWhole(w, r, f)
		return
	}
	dropInvalidRange(r.Header)
	http.ServeContent(w, r, "", f.MTime, &reader{file: f})
}

var (
	cacheControl = []string{"private, max-age=40"} // contract/httpd.md 3
	acceptRanges = []string{"bytes"}
)

func setDefault(h http.Header, key, value string) {
	if _, ok := h[key]; !ok {
		h[key] = []string{value}
	}
}

func isConditional(h http.Header) bool {
	for _, key := range [...]string{"Range", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range"} {
		if _, ok := h[key]; ok {
			return true
		}
	}
	return false
}

// sendWhole sends a small file. One that shrank meanwhile ends the connection
// short of its Content-Length, so that the client knows.
func sendWhole(w http.ResponseWriter, r *http.Request, f *tree.File) {
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	piece := pieces.Get().(*[]byte)
	defer pieces.Put(piece)
	n, _ := f.ReadAt((*piece)[:f.Size], 0)
	w.Write((*piece)[:n])
}

// dropInvalidRange removes a Range that is not well-formed or says nothing: it
// is to be ignored (RFC 9110 14.2), where net/http answers 416 or a part without
// a byte.
func dropInvalidRange(h http.Header) {
	fields := h["Range"]
	if len(fields) == 0 {
		return
	}
	list, ok := strings.CutPrefix(fields[0], "bytes=")
	for _, one := range strings.Split(list, ",") {
		first, last, dash := strings.Cut(strings.TrimSpace(one), "-")
		ok = ok && dash && isRange(first, last)
	}
	if !ok || len(fields) > 1 {
		h.Del("Range")
	}
}

// isRange reports whether first-last is a range: both positions in order, the
// first alone, or the length of the end.
func isRange(first, last string) bool {
	from, errFrom := strconv.ParseUint(first, 10, 63)
	to, errTo := strconv.ParseUint(last, 10, 63)
	switch {
	case first == "":
		return errTo == nil && to > 0
	case last == "":
		return errFrom == nil
	}
	return errFrom == nil && errTo == nil && from <= to
}

// reader gives net/http the content of a file whose size is known, without
// asking the kernel where it is.
type reader struct {
	file *tree.File
	at   int64
}

func (r *reader) Read(p []byte) (int, error) {
	if left := r.file.Size - r.at; int64(len(p)) > left {
		p = p[:max(left, 0)]
	}
	if len(p) == 0 {
		return 0, io.EOF
	}
	n, err := r.file.ReadAt(p, r.at)
	r.at += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.file.Size
	}
	if offset < 0 {
		return 0, errors.New("seek before the start of the file")
	}
	r.at = offset
	return offset, nil
}
