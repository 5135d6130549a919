package apache_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"slapmonitor/tests/web"
)

// A consumer's own directives are honoured, as one of them needs for its gadget.
func TestIncludeFile(t *testing.T) {
	dir, err := os.MkdirTemp("", "monitor-include-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	include := filepath.Join(dir, "include.conf")
	text := fmt.Sprintf("Alias /gadget %q\n<Directory %q>\n  Require all granted\n</Directory>\n", dir, dir)
	for path, text := range map[string]string{include: text, filepath.Join(dir, "software.cfg.html"): "the gadget"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := web.StartApache(t, web.New(t, nil, "httpd-include-file = "+include))
	v, _ := ask(t, s, request{method: "GET", target: "/gadget/software.cfg.html", anonymous: true})
	if v.Status != 200 || v.Body != "the gadget" {
		t.Errorf("%+v", v)
	}
	if got := status(t, s, request{method: "GET", target: "/private/", anonymous: true}); got != 401 {
		t.Errorf("/private/: %d", got)
	}
}
