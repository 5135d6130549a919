package dav

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"slapmonitor/pkg/httpd/tree"
)

// An upload is whole or refused, whatever ends it.
func TestReceive(t *testing.T) {
	folder := t.TempDir()
	tr := &tree.Tree{Public: folder, Private: folder, WebDAV: folder, Roots: tree.NewRoots(folder)}
	for _, c := range []struct {
		body   io.Reader
		length int64
		status int
	}{
		{strings.NewReader("12345"), 5, 0},
		{strings.NewReader("12345"), -1, 0},
		{strings.NewReader("12345"), 6, http.StatusBadRequest},
		{strings.NewReader("12345"), 4, http.StatusBadRequest},
		{io.MultiReader(strings.NewReader("12345"), iotest.ErrReader(io.ErrUnexpectedEOF)), -1, http.StatusBadRequest},
		{iotest.ErrReader(os.ErrDeadlineExceeded), 5, http.StatusBadRequest},
	} {
		u, err := tr.Create(filepath.Join(folder, "f"))
		if err != nil {
			t.Fatal(err)
		}
		change := &change{r: &http.Request{Body: io.NopCloser(c.body), ContentLength: c.length}}
		err = change.receive(u)
		u.Abort()
		var r refusal
		if (c.status == 0) != (err == nil) || err != nil && (!errors.As(err, &r) || r.status != c.status) {
			t.Errorf("length %d: %v, want %d", c.length, err, c.status)
		}
	}
	if entries, err := os.ReadDir(folder); len(entries) != 0 {
		t.Errorf("left: %v %v", entries, err)
	}
}
