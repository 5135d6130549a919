package document

import (
	"os"
	"path/filepath"
	"strings"
)

// RemoveLeftovers deletes from dir the temporary files that killed writers of
// the documents names left behind. Only the documents' one writer may call it,
// while it holds whatever keeps a second writer out. Errors do not matter: the
// next pass tries again.
func RemoveLeftovers(dir string, names ...string) {
	f, err := os.Open(dir)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	// Only the names, in no order: there may be thousands of documents.
	files, _ := f.Readdirnames(-1)
	for _, file := range files {
		if file[0] != '.' {
			continue
		}
		for _, name := range names {
			if isTemporary(file, name) {
				removeFile(filepath.Join(dir, file))
			}
		}
	}
}

func removeFile(path string) {
	if st, err := os.Lstat(path); err == nil && st.Mode().IsRegular() {
		_ = os.Remove(path)
	}
}

// isTemporary tells whether file is a name that renameio gives to the
// temporary of document: a dot, the document's name, digits.
func isTemporary(file, document string) bool {
	digits, ok := strings.CutPrefix(file, "."+document)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}
