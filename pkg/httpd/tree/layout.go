// Package tree finds the file that a path of the monitor names and opens it
// without ever leaving the folders that may be served: it compares what was
// opened, not what was asked for, so that no symbolic link and no race leads
// out. It knows which names are hidden. It must not know HTTP.
package tree

import (
	"path/filepath"
	"strings"

	"slapmonitor/pkg/httpd/area"
)

// Tree is the three folders that the server offers and the roots that links in
// them may lead to.
type Tree struct {
	Public  string // absolute
	Private string
	WebDAV  string
	Roots   *Roots
}

// ParameterFolder is the only folder, below Private, that WebDAV clients may
// change unless the operator opened the rest.
const ParameterFolder = "config/.jio_documents"

// Locate is the file or folder that p names; it need not exist. Below /share the
// two served folders and their 2017 aliases answer whether or not the generator
// has made its links (contract/app-wire.md 1.1).
func (t *Tree) Locate(p area.Path) string {
	switch p.Area {
	case area.Public:
		return join(t.Public, p.Name)
	case area.Share:
		return t.locateShare(p.Name)
	}
	return join(t.Private, p.Name)
}

func (t *Tree) locateShare(name string) string {
	first, rest, _ := strings.Cut(name, "/")
	switch first {
	case "public":
		return join(t.Public, rest)
	case "private":
		return join(t.Private, rest)
	case "jio_public":
		if below, ok := mirror(rest); ok {
			return join(t.Public, below)
		}
	case "jio_private":
		if below, ok := mirror(rest); ok {
			return join(t.Private, below)
		}
	}
	return join(t.WebDAV, name)
}

// mirror is what a path below a jio_ folder of 2017 stands for: the whole tree
// below .jio_documents, and the parameters at their own place.
func mirror(name string) (below string, ok bool) {
	if name == ".jio_documents" {
		return "", true
	}
	if below, ok := strings.CutPrefix(name, ".jio_documents/"); ok {
		return below, true
	}
	if name == ParameterFolder || strings.HasPrefix(name, ParameterFolder+"/") {
		return name, true
	}
	return "", false
}

// Parameters reports whether path lies strictly below the parameter folder.
func (t *Tree) Parameters(path string) bool {
	return strings.HasPrefix(path, join(t.Private, ParameterFolder)+"/")
}

// join is filepath.Join for a clean root and a clean relative name, without the
// work of cleaning them again.
func join(root, name string) string {
	if name == "" {
		return root
	}
	return root + string(filepath.Separator) + name
}
