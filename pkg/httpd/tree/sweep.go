package tree

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Sweep removes what uploads left behind when the server was killed. It follows
// no links and is called before requests come in.
func (t *Tree) Sweep() {
	for _, root := range []string{t.Public, t.Private, t.WebDAV} {
		filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && strings.HasPrefix(d.Name(), TemporaryPrefix) {
				os.Remove(path)
			}
			return nil
		})
	}
}
