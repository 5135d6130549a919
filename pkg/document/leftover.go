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
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") || !e.Type().IsRegular() {
			continue
		}
		for _, name := range names {
			if isTemporary(e.Name(), name) {
				_ = os.Remove(filepath.Join(dir, e.Name()))
			}
		}
	}
}

// isTemporary tells whether file is a name that renameio gives to the
// temporary of document: a dot, the document's name, digits.
func isTemporary(file, document string) bool {
	digits, ok := strings.CutPrefix(file, "."+document)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}
