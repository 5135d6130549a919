package recipes

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"slapmonitor/pkg/document"
)

// Modes as slapgrid's umask of 027 leaves them; set explicitly, so that the
// two front ends agree whoever calls them.
const (
	folderMode     fs.FileMode = 0o750
	fileMode       fs.FileMode = 0o640
	secretMode     fs.FileMode = 0o600
	executableMode fs.FileMode = 0o700
)

// Artifact is one thing on disk that a part consists of: a file, a folder
// (Folder) or a symbolic link (Target).
type Artifact struct {
	Path    string
	Content []byte
	Mode    fs.FileMode // of a file; 0 means 0640
	Folder  bool
	Target  string
	// Permanent things hold data: they are made when absent, never rewritten,
	// and stay when the part goes.
	Permanent bool
}

func checkPlan(p *Part, plan []Artifact) error {
	for _, a := range plan {
		if !filepath.IsAbs(a.Path) {
			return fmt.Errorf("section [%s]: %q is not an absolute path", p.Name, a.Path)
		}
		st, err := os.Lstat(a.Path)
		if err != nil {
			continue
		}
		switch {
		case a.Folder:
			if st, err = os.Stat(a.Path); err == nil && !st.IsDir() {
				return fmt.Errorf("section [%s]: %s should be a folder, but a file is there: move it away", p.Name, a.Path)
			}
		case a.Target != "":
			if st.Mode()&fs.ModeSymlink == 0 {
				return fmt.Errorf("section [%s]: %s should be a link to %s, but something else is there: move it away", p.Name, a.Path, a.Target)
			}
		case st.IsDir():
			return fmt.Errorf("section [%s]: %s should be a file, but a folder is there: move it away", p.Name, a.Path)
		}
	}
	return nil
}

// carryOut makes the plan true and returns what buildout may delete later.
// When it fails, what it newly made is taken away again.
func carryOut(p *Part, plan []Artifact) (paths []string, err error) {
	var made []string
	defer func() {
		if err != nil {
			for _, path := range made {
				err = errors.Join(err, os.Remove(path))
			}
		}
	}()
	for _, a := range plan {
		_, absent := os.Lstat(a.Path)
		if err := a.carryOut(); err != nil {
			return nil, fmt.Errorf("section [%s]: %w", p.Name, err)
		}
		if absent != nil && !a.Folder && !a.Permanent {
			made = append(made, a.Path)
		}
	}
	return removable(plan), nil
}

// removable are the paths that buildout may delete when the part goes.
func removable(plan []Artifact) []string {
	paths := []string{}
	for _, a := range plan {
		if !a.Permanent && !a.Folder && a.Target == "" {
			paths = append(paths, a.Path)
		}
	}
	return paths
}

// links are the symbolic links of a plan; see LinksOption.
func links(plan []Artifact) []string {
	var paths []string
	for _, a := range plan {
		if a.Target != "" && !a.Permanent {
			paths = append(paths, a.Path)
		}
	}
	return paths
}

func (a Artifact) carryOut() error {
	if a.Folder {
		return makeFolder(a.Path)
	}
	if err := makeFolder(filepath.Dir(a.Path)); err != nil {
		return err
	}
	if a.Target != "" {
		return makeLink(a.Path, a.Target)
	}
	if _, err := os.Lstat(a.Path); err == nil && a.Permanent {
		return nil
	}
	mode := a.Mode
	if mode == 0 {
		mode = fileMode
	}
	_, err := document.Write(a.Path, a.Content, mode)
	return err
}

// makeFolder makes path and the folders above it that are missing, each with
// folderMode; what is there already keeps its mode.
func makeFolder(path string) error {
	if st, err := os.Stat(path); err == nil {
		if !st.IsDir() {
			return fmt.Errorf("%s should be a folder, but a file is there: move it away", path)
		}
		return nil
	}
	if parent := filepath.Dir(path); parent != path {
		if err := makeFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make folder: %w", err)
	}
	return os.Chmod(path, folderMode)
}

// makeLink makes path a link to target, in one step where a link stood before.
func makeLink(path, target string) error {
	if old, err := os.Readlink(path); err == nil && old == target {
		return nil
	}
	temporary := path + ".new-link"
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make link: %w", err)
	}
	if err := os.Symlink(target, temporary); err != nil {
		return fmt.Errorf("make link: %w", err)
	}
	return os.Rename(temporary, path)
}
