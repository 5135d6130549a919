// Package peers finds and starts the real programs that tests compare with:
// zc.buildout, slapproxy, slapgrid. "make peers" installs them; a test that
// misses one is skipped, or fails where MONITOR_REQUIRE_PEERS is 1.
package peers

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Checkout is the folder of this repository.
func Checkout() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Missing skips the test, or fails it where all peers must be there.
func Missing(t testing.TB, format string, a ...any) {
	t.Helper()
	if os.Getenv("MONITOR_REQUIRE_PEERS") == "1" {
		t.Fatalf(format, a...)
	}
	t.Skipf(format, a...)
}

// Python is the interpreter that finds the Python peers.
func Python(t testing.TB) string {
	t.Helper()
	lookAtSources()
	python := os.Getenv("MONITOR_TEST_PYTHON")
	if python == "" {
		python = filepath.Join(Checkout(), ".cache", "peers", "bin", "python")
	}
	if _, err := os.Stat(python); err != nil {
		Missing(t, "the peers are not installed (%v): run \"make peers\"", err)
	}
	return python
}

// lookAtSources looks at every file of the checkout: "go test" repeats an old
// result unless something that a test itself looked at has changed, and what
// programs are built from, or read, it would not see.
var lookAtSources = sync.OnceFunc(func() {
	_ = filepath.WalkDir(Checkout(), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		_, _ = os.Stat(path)
		return nil // what is gone again is none of ours
	})
})

// Program is an executable beside Python, as buildout or slapos.
func Program(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(filepath.Dir(Python(t)), name)
	if _, err := os.Stat(path); err != nil {
		Missing(t, "the peers lack %s: run \"make peers\"", name)
	}
	return path
}

// Report leaves a line for whoever runs all tests: "go test" shows what a
// passing package prints to nobody.
func Report(name, text string) {
	dir := filepath.Join(Checkout(), ".cache", "report")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return // the report is a convenience
	}
	_ = os.WriteFile(filepath.Join(dir, name+".txt"), []byte(text), 0o644)
}
