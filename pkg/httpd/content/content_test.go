package content

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestType(t *testing.T) {
	for name, want := range map[string]string{
		"monitor.global.json": "application/json",
		"a.JSON":              "application/json",
		"monitor.haljson":     "application/hal+json",
		"app.log":             "text/plain; charset=utf-8",
		"app.log.1":           "text/plain; charset=utf-8",
		"app.log-20260101":    "text/plain; charset=utf-8",
		"app.log.1.gz":        "application/gzip",
		"index.html.txt":      "text/plain; charset=utf-8",
		"page.html":           "text/html; charset=utf-8",
		"page.html.bak":       "text/html; charset=utf-8",
		"script.js":           "text/javascript; charset=utf-8",
		"style.css":           "text/css; charset=utf-8",
		"logo.svg":            "image/svg+xml",
		"logo.png":            "image/png",
		"x.xml":               "application/xml",
		"feed":                "application/rss+xml",
		"resilient-feed":      "application/rss+xml",
		"notifier-status-rss": "application/rss+xml",
		"feeds":               "application/xml",
		"_document_list":      "text/plain; charset=utf-8",
		"htmlnoext":           "text/plain; charset=utf-8",
		"monitor.cfg":         "text/plain; charset=utf-8",
		"data.unknown":        "text/plain; charset=utf-8",
		".hidden":             "text/plain; charset=utf-8",
		".json":               "text/plain; charset=utf-8",
		"..html":              "text/plain; charset=utf-8",
		".a.json":             "application/json",
		"trailing.":           "text/plain; charset=utf-8",
		"collector.db":        "application/octet-stream",
		"":                    "text/plain; charset=utf-8",
	} {
		if got := Type(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestActive(t *testing.T) {
	for contentType, want := range map[string]bool{
		"text/html; charset=utf-8": true, "image/svg+xml": true, "application/xml": true, "application/xhtml+xml": true,
		"application/rss+xml": true, "application/json": false, "text/plain; charset=utf-8": false, "image/png": false,
	} {
		if got := Active(contentType); got != want {
			t.Errorf("%s: %v", contentType, got)
		}
	}
}

// Apache gives this tag for 7 bytes written at that microsecond.
func TestETag(t *testing.T) {
	if got, want := ETag(7, time.UnixMicro(0x660d23dea665b)), `"7-660d23dea665b"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := ETag(0, time.Unix(0, 999)), `"0-0"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestInvalidRangesAreDropped(t *testing.T) {
	twice := http.Header{"Range": {"bytes=0-1", "bytes=3-4"}}
	if dropInvalidRange(twice); twice["Range"] != nil {
		t.Errorf("two fields: %q", twice)
	}
	for value, kept := range map[string]bool{
		"bytes=0-5": true, "bytes=5-": true, "bytes=-5": true, "bytes=0-1, 3-4": true,
		"bytes=a-b": false, "bytes=-": false, "bytes=5": false, "bytes=": false, "items=0-5": false, "bytes=0-1,x": false, "0-5": false,
		"bytes=5-5": true, "bytes=5-2": false, "bytes=-0": false, "bytes=0-99999999999999999999": false, "bytes=99999999999999999999-": false, "bytes=+1-2": false,
	} {
		h := http.Header{"Range": {value}}
		dropInvalidRange(h)
		if got := h.Get("Range") != ""; got != kept {
			t.Errorf("%s: kept %v, want %v", value, got, kept)
		}
	}
}

func TestHumanSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 1023: "1023", 1024: "1.0K", 1536: "1.5K", 10 << 10: "10K", 1023 << 10: "1.0M", 999 << 10: "999K", 5 << 20: "5.0M", 3 << 30: "3.0G", 2 << 40: "2.0T", 5000 << 40: "5000T",
	} {
		if got := humanSize(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

// Apache's configuration has the same table.
func TestApacheHasTheSameTypes(t *testing.T) {
	text, err := os.ReadFile("../../../templates/monitor-httpd.conf")
	if err != nil {
		t.Fatal(err)
	}
	apache := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^AddType ("[^"]*"|\S+)((?: \.\w+)+)$`).FindAllStringSubmatch(string(text), -1) {
		contentType := strings.Trim(m[1], `"`)
		if contentType == "text/plain" || contentType == "text/html" {
			contentType += "; charset=utf-8" // AddDefaultCharset
		}
		for _, extension := range strings.Fields(m[2]) {
			apache[extension[1:]] = contentType
		}
	}
	if diff := cmp.Diff(byExtension, apache); diff != "" {
		t.Errorf("(-ours +apache)\n%s", diff)
	}
}
