package metrics

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func page(t *testing.T, folder string, r *Requests, method string) string {
	t.Helper()
	w := httptest.NewRecorder()
	New(folder, r).ServeHTTP(w, httptest.NewRequest(method, "/metrics", nil))
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Fatalf("%s: %d %s", method, w.Code, w.Header().Get("Content-Type"))
	}
	return w.Body.String()
}

func TestPage(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"kept.status.json":     `{"status":"OK","change-time":1700000000.5,"execution-time":0.25}`,
		"bro\"ken.status.json": `{"status":"ERROR","change-time":1,"execution-time":20}`,
		"cut.status.json":      `{"status":"OK","chan`,
		"other.json":           `{"status":"OK"}`,
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Unix(1700000060, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "folder.status.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	var r Requests
	r.Count(200, 1000)
	r.Count(207, 24)
	r.Count(404, 10)
	r.Count(0, 0)
	var got []string
	for _, line := range strings.Split(page(t, folder, &r, "GET"), "\n") {
		if line != "" && line[0] != '#' {
			got = append(got, line)
		}
	}
	want := []string{
		`monitor_http_requests_total{code="1xx"} 0`,
		`monitor_http_requests_total{code="2xx"} 2`,
		`monitor_http_requests_total{code="3xx"} 0`,
		`monitor_http_requests_total{code="4xx"} 1`,
		`monitor_http_requests_total{code="5xx"} 0`,
		`monitor_http_response_bytes_total 1034`,
		`monitor_promise_change_timestamp_seconds{promise="bro\"ken"} 1`,
		`monitor_promise_change_timestamp_seconds{promise="kept"} 1.7000000005e+09`,
		`monitor_promise_document_timestamp_seconds{promise="bro\"ken"} 1.70000006e+09`,
		`monitor_promise_document_timestamp_seconds{promise="kept"} 1.70000006e+09`,
		`monitor_promise_duration_seconds{promise="bro\"ken"} 20`,
		`monitor_promise_duration_seconds{promise="kept"} 0.25`,
		`monitor_promise_up{promise="bro\"ken"} 0`,
		`monitor_promise_up{promise="kept"} 1`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNoFolderNoBody(t *testing.T) {
	var r Requests
	if got := page(t, filepath.Join(t.TempDir(), "none"), &r, "GET"); strings.Contains(got, "monitor_promise_up{") {
		t.Errorf("promises from nowhere: %s", got)
	}
	if got := page(t, t.TempDir(), &r, "HEAD"); got != "" {
		t.Errorf("HEAD has a body: %s", got)
	}
}
