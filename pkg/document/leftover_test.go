package document

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemoveLeftovers(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".feed123", ".feed", ".feeds456", ".feed12x", "feed", ".htaccess1"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".feed9"), 0o700); err != nil {
		t.Fatal(err)
	}
	RemoveLeftovers(dir, "feed", "feeds")
	RemoveLeftovers(filepath.Join(dir, "absent"), "feed")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if d := cmp.Diff([]string{".feed", ".feed12x", ".feed9", ".htaccess1", "feed"}, left); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
