package equality

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"slapmonitor/pkg/buildout"
)

// housekeeping are files and folders of buildout's own.
var housekeeping = map[string]bool{".installed.cfg": true, "eggs": true, "develop-eggs": true, "parts": true}

// tree is everything below dir: mode and content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if housekeeping[name] {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		files[name], err = describe(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bin", "sbin"} { // buildout makes them whether they are needed or not
		if entries, err := os.ReadDir(filepath.Join(dir, name)); err == nil && len(entries) == 0 {
			delete(files, name)
		}
	}
	return files
}

func describe(path string) (string, error) {
	st, err := os.Lstat(path)
	if err != nil {
		return "", err
	}
	content := ""
	switch {
	case st.Mode()&fs.ModeSymlink != 0:
		content, err = os.Readlink(path)
	case st.Mode().IsRegular():
		content, err = contentOf(path)
	}
	return st.Mode().String() + "\n" + content, err
}

// contentOf is a file's content; of a password file what it stands for, since
// the hash is salted.
func contentOf(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil || filepath.Base(path) != "monitor-htpasswd" {
		return string(data), err
	}
	plain, err := os.ReadFile(filepath.Join(filepath.Dir(path), ".monitor-password"))
	if err != nil {
		return "", err
	}
	user, hash, ok := strings.Cut(strings.TrimSpace(string(data)), ":")
	if !ok {
		return "", errors.New("no colon in the password file")
	}
	if err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(strings.TrimSpace(string(plain)))); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: %s", user, plain), nil
}

// installed is what .installed.cfg says of each part, but for the signatures,
// which are each front end's own.
type installed struct {
	Parts   []string
	Options map[string]map[string]string
}

var spaces = strings.NewReplacer("%(__buildout_space__)s", " ", "%(__buildout_space_n__)s", "\n", "%(__buildout_space_t__)s", "\t")

func readInstalled(t *testing.T, dir string) installed {
	t.Helper()
	file := filepath.Join(dir, ".installed.cfg")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return installed{}
	}
	if err != nil {
		t.Fatal(err)
	}
	sections, err := buildout.ParseText(file, string(data))
	if err != nil {
		t.Fatal(err)
	}
	out := installed{Options: map[string]map[string]string{}}
	all := map[string]map[string]string{}
	for _, s := range sections {
		if all[s.Name] == nil {
			all[s.Name] = map[string]string{}
		}
		for _, o := range s.Pairs {
			all[s.Name][o.Option] = spaces.Replace(o.Value)
		}
	}
	out.Parts = strings.Fields(all["buildout"]["parts"])
	for _, part := range out.Parts {
		options := all[part]
		delete(options, "__buildout_signature__")
		paths := strings.Split(options["__buildout_installed__"], "\n")
		sort.Strings(paths)
		options["__buildout_installed__"] = strings.TrimSpace(strings.Join(paths, "\n"))
		out.Options[part] = options
	}
	return out
}
