package document

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// both ways to write many documents.
var ways = map[string]func(spares string, files []File) []error{
	"replace":  func(_ string, files []File) []error { return WriteAll(files) },
	"exchange": func(spares string, files []File) []error { return Exchange{spares}.WriteAll(files) },
}

func TestWriteAll(t *testing.T) {
	for name, write := range ways {
		for _, n := range []int{1, 7, 100} {
			dir, spares := t.TempDir(), t.TempDir()
			var files []File
			for i := range n {
				files = append(files, File{filepath.Join(dir, fmt.Sprint(i)), fmt.Appendf(nil, "content %d", i), PublicMode})
			}
			files = append(files, File{filepath.Join(dir, "absent", "x"), nil, PublicMode})
			os.WriteFile(files[0].Path, []byte("old and longer content"), 0o600)
			errs := write(spares, files)
			for i, f := range files[:n] {
				if got, err := os.ReadFile(f.Path); errs[i] != nil || err != nil || string(got) != string(f.Data) {
					t.Errorf("%s: %s holds %q (%v)", name, f.Path, got, errs[i])
				}
				if st, err := os.Stat(f.Path); err == nil && st.Mode() != PublicMode {
					t.Errorf("%s: mode %v", name, st.Mode())
				}
			}
			if errs[n] == nil {
				t.Errorf("%s: no error for a missing folder", name)
			}
			if entries, _ := os.ReadDir(dir); len(entries) != n {
				t.Errorf("%s: %d entries in the folder, want %d", name, len(entries), n)
			}
		}
	}
}

// exchanged writes path through x and returns the inode of the document.
func exchanged(t *testing.T, x Exchange, path, data string) os.FileInfo {
	t.Helper()
	if err := x.WriteAll([]File{{path, []byte(data), PublicMode}})[0]; err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != data {
		t.Fatalf("%q, %v", got, err)
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode() != PublicMode {
		t.Fatalf("%v, %v", st, err)
	}
	return st
}

func TestExchangeLeavesAFreshSpareToItsReaders(t *testing.T) {
	x, path := Exchange{t.TempDir()}, filepath.Join(t.TempDir(), "doc")
	exchanged(t, x, path, "first")
	exchanged(t, x, path, "second")
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for i := range 5 {
		exchanged(t, x, path, strings.Repeat("x", 100*i+1))
	}
	var b [100]byte
	if n, _ := reader.Read(b[:]); string(b[:n]) != "second" {
		t.Errorf("a reader saw %q in the document it had opened", b[:n])
	}
}

func TestExchangeUsesTwoFilesInTurn(t *testing.T) {
	x, path := Exchange{t.TempDir()}, filepath.Join(t.TempDir(), "doc")
	one := exchanged(t, x, path, "one")
	two := exchanged(t, x, path, "two and longer")
	time.Sleep(settle + 100*time.Millisecond)
	three := exchanged(t, x, path, "3")
	if !os.SameFile(one, three) || os.SameFile(one, two) {
		t.Error("the spare was not used")
	}
}

func TestExchangeDistrustsWhatItFinds(t *testing.T) {
	precious := filepath.Join(t.TempDir(), "precious")
	for name, make := range map[string]func(spare string) error{
		"a link":        func(spare string) error { return os.Symlink(precious, spare) },
		"a second name": func(spare string) error { return os.Link(precious, spare) },
		"a folder":      func(spare string) error { return os.Mkdir(spare, 0o700) },
		"something huge": func(spare string) error {
			return os.WriteFile(spare, []byte(strings.Repeat("x", maxExchanged+1)), 0o600)
		},
	} {
		os.WriteFile(precious, []byte("precious"), 0o600)
		x, path := Exchange{t.TempDir()}, filepath.Join(t.TempDir(), "doc")
		if err := make(x.spare(path)); err != nil {
			t.Fatal(err)
		}
		exchanged(t, x, path, "content")
		if got, _ := os.ReadFile(precious); string(got) != "precious" {
			t.Errorf("%s: another file was written to", name)
		}
	}
}

func TestExchangeOfLargeDocuments(t *testing.T) {
	x, path := Exchange{t.TempDir()}, filepath.Join(t.TempDir(), "doc")
	exchanged(t, x, path, "small")
	exchanged(t, x, path, strings.Repeat("x", 2*maxExchanged))
	exchanged(t, x, path, "small again")
}

func TestExchangeRemove(t *testing.T) {
	x, path := Exchange{t.TempDir()}, filepath.Join(t.TempDir(), "doc")
	exchanged(t, x, path, "one")
	exchanged(t, x, path, "two")
	for range 2 {
		if err := x.Remove(path); err != nil {
			t.Error(err)
		}
	}
	if entries, _ := os.ReadDir(x.Folder); len(entries) != 0 {
		t.Error("the spare is left")
	}
}
