package document

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteAll(t *testing.T) {
	for _, n := range []int{1, batchSize - 1, batchSize, 100} {
		dir := t.TempDir()
		var files []File
		for i := range n {
			files = append(files, File{filepath.Join(dir, fmt.Sprint(i)), fmt.Appendf(nil, "content %d", i), PublicMode})
		}
		files = append(files, File{filepath.Join(dir, "absent", "x"), nil, PublicMode})
		os.WriteFile(files[0].Path, []byte("old and longer content"), 0o600)
		os.WriteFile(files[0].temporary(), []byte("what a killed writer left behind"), 0o600)
		errs := WriteAll(files)
		for i, f := range files[:n] {
			if got, err := os.ReadFile(f.Path); errs[i] != nil || err != nil || string(got) != string(f.Data) {
				t.Errorf("%d files: %s holds %q (%v)", n, f.Path, got, errs[i])
			}
			if st, err := os.Stat(f.Path); err == nil && st.Mode() != PublicMode {
				t.Errorf("mode %v", st.Mode())
			}
		}
		if errs[n] == nil {
			t.Errorf("%d files: no error for a missing folder", n)
		}
	}
}

func TestWriteAllLeavesOnlyDocuments(t *testing.T) {
	dir := t.TempDir()
	var files []File
	for i := range 40 {
		files = append(files, File{filepath.Join(dir, fmt.Sprint(i)), []byte("x"), PublicMode})
	}
	for _, err := range WriteAll(files) {
		if err != nil {
			t.Error(err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 40 {
		t.Errorf("%d entries in the folder", len(entries))
	}
}
