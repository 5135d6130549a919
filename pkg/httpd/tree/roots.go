package tree

import (
	"path/filepath"
	"strings"
	"sync/atomic"
)

// Roots are the folders and files that may be served, wherever links lie.
type Roots struct {
	given []string
	real  atomic.Pointer[[]string]
}

// NewRoots allows everything at or below the given absolute paths. One that
// does not exist yet is allowed as soon as it does.
func NewRoots(paths ...string) *Roots {
	r := &Roots{}
	for _, p := range paths {
		if filepath.IsAbs(p) && filepath.Clean(p) != "/" {
			r.given = append(r.given, filepath.Clean(p))
		}
	}
	r.resolve()
	return r
}

// Allow reports whether real, a path without links, lies in a root. Before it
// refuses it looks again where the roots are: folders are made and moved.
func (r *Roots) Allow(real string) bool {
	if within(*r.real.Load(), real) {
		return true
	}
	r.resolve()
	return within(*r.real.Load(), real)
}

// contain is Allow for what was known before, without looking again.
func (r *Roots) contain(path string) bool { return within(*r.real.Load(), path) }

func (r *Roots) resolve() {
	var list []string
	for _, p := range r.given {
		if real, err := filepath.EvalSymlinks(p); err == nil && real != "/" {
			list = append(list, real)
		}
	}
	r.real.Store(&list)
}

func within(roots []string, path string) bool {
	for _, root := range roots {
		if strings.HasPrefix(path, root) && (len(path) == len(root) || path[len(root)] == '/') {
			return true
		}
	}
	return false
}
