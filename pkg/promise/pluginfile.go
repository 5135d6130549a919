package promise

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slapmonitor/pkg/promise/check"
	"slapmonitor/pkg/promise/plugin"
)

// plugins lists the promise files of a folder as slapgrid does: *.py, but not
// __init__*. A folder that is not there has none.
func plugins(folder string) ([]*Promise, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) || folder == "" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list promises: %w", err)
	}
	var found []*Promise
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".py")
		if !ok || e.IsDir() || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "__init__") {
			continue
		}
		found = append(found, readPlugin(name, filepath.Join(folder, e.Name())))
	}
	return found, nil
}

// readPlugin is the promise of a plugin file. One that does not have the form
// of a generated file is left to Python.
func readPlugin(name, path string) *Promise {
	p := &Promise{Name: name, Path: path, Folder: filepath.Base(filepath.Dir(path)), Plugin: &plugin.Plugin{}}
	raw, err := os.ReadFile(path)
	if err != nil {
		p.Fault = fmt.Sprintf("Error: the promise cannot be read: %v", err)
		return p
	}
	if parsed, err := plugin.Parse(string(raw)); err == nil {
		p.Plugin = parsed
		if parsed.Module != "" {
			p.Check = check.Lookup(parsed.Module)
		}
	}
	return p
}
