package rotate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func open(t *testing.T, limit int64) (*File, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.log")
	f, err := Open(path, limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, path
}

func write(t *testing.T, f *File, text string) {
	t.Helper()
	if n, err := f.Write([]byte(text)); err != nil || n != len(text) {
		t.Fatalf("write %q: %d, %v", text, n, err)
	}
}

func expect(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", filepath.Base(path), got, err, want)
	}
}

func TestRotation(t *testing.T) {
	f, path := open(t, 10)
	for i := range 5 {
		write(t, f, fmt.Sprintf("li%d\n", i))
	}
	expect(t, path, "li4\n")
	expect(t, path+".1", "li2\nli3\n")
	long := strings.Repeat("x", 30)
	write(t, f, long) // longer than a whole file: still whole
	expect(t, path, long)
	expect(t, path+".1", "li4\n")
	if st, err := os.Stat(path); err != nil || st.Mode() != Mode {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
}

func TestMovedByOthers(t *testing.T) {
	f, path := open(t, 100)
	write(t, f, "one\n")
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	write(t, f, "two\n")
	expect(t, path+".moved", "one\n")
	expect(t, path, "two\n")
	if err := os.Truncate(path, 0); err != nil { // logrotate's copytruncate
		t.Fatal(err)
	}
	write(t, f, "three\n")
	expect(t, path, "three\n")
}

func TestFailureIsNotForEver(t *testing.T) {
	f, path := open(t, 100)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o750); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("lost")); err == nil {
		t.Error("a folder was written to")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	write(t, f, "found")
	expect(t, path, "found")
}

func TestLinkIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("target", filepath.Join(dir, "x.log")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(dir, "x.log"), 100); err == nil {
		t.Error("a symbolic link was opened")
	}
	if _, err := os.Stat(filepath.Join(dir, "target")); !os.IsNotExist(err) {
		t.Errorf("its target was made: %v", err)
	}
}
