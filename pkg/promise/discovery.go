package promise

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"slapmonitor/pkg/monitorconf"
)

// Discover lists the promises of a partition, sorted by name. Names that begin
// with a dot are not promises: editors and package tools leave such files.
// clashes tells, a sentence each, which promises had to be renamed because
// another folder has one of that name.
func Discover(c *monitorconf.Config) (found []*Promise, clashes []string, err error) {
	taken := map[string]*Promise{}
	for _, source := range sources(c) {
		list, err := source()
		if err != nil {
			return nil, nil, err
		}
		for _, p := range list {
			p.Name = documentName(p.Name)
			if first := taken[p.Name]; first != nil {
				for taken[p.Name] != nil {
					p.Name += "." + p.Folder
				}
				clashes = append(clashes, fmt.Sprintf("%s and %s have the same name: the documents of the second are those of %q",
					first.Path, p.Path, p.Name))
			}
			taken[p.Name] = p
			found = append(found, p)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Name < found[j].Name })
	return found, clashes, nil
}

// longestName is how many bytes of a promise's name its documents can bear: file
// names have 255, and a suffix, a mark and a number go around it.
const longestName = 200

// documentName is the name of the documents of the promise whose file is called
// name: valid UTF-8, which JSON holds, and not too long.
func documentName(name string) string {
	valid := strings.ToValidUTF8(name, "\uFFFD")
	if len(valid) <= longestName {
		return valid
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return fmt.Sprintf("%s-%08x", strings.ToValidUTF8(valid[:longestName-20], ""), h.Sum32())
}

// sources are the places where promises come from, in the order in which names
// are given.
func sources(c *monitorconf.Config) []func() ([]*Promise, error) {
	monitors := func() ([]*Promise, error) { return executables(c.MonitorPromises) }
	if c.PromiseSource == fromSlapgrid {
		return []func() ([]*Promise, error){func() ([]*Promise, error) { return slapgridResults(c) }, monitors}
	}
	return []func() ([]*Promise, error){
		func() ([]*Promise, error) { return executables(c.PromiseFolder) },
		monitors,
		func() ([]*Promise, error) { return plugins(c.PluginFolder) },
	}
}

// executables lists a folder of programs; a folder that is not there has none.
func executables(folder string) ([]*Promise, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list promises: %w", err)
	}
	var found []*Promise
	for _, e := range entries {
		p := &Promise{Name: e.Name(), Path: filepath.Join(folder, e.Name()), Folder: filepath.Base(folder)}
		if e.IsDir() || strings.HasPrefix(p.Name, ".") {
			continue
		}
		if p.Fault = fileFault(p.Path); p.Fault == isFolder {
			continue
		}
		found = append(found, p)
	}
	return found, nil
}

// isFolder is the fault of a link to a folder, which is no promise at all.
const isFolder = "is a folder"

// fileFault says what keeps the file at path from being run, "" if nothing.
func fileFault(path string) string {
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		target, _ := os.Readlink(path)
		return fmt.Sprintf("Error: the promise %s is a link to %s, which does not exist", path, target)
	case err != nil:
		return fmt.Sprintf("Error: the promise cannot be read: %v", err)
	case st.IsDir():
		return isFolder
	case !st.Mode().IsRegular():
		return fmt.Sprintf("Error: the promise %s is not a regular file", path)
	case st.Mode()&0o111 == 0:
		return fmt.Sprintf("Error: the promise %s is not executable: run chmod +x on it, or remove it", path)
	}
	return ""
}
