package recipes

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Programs are those of the stack, which are always installed together.
var Programs = []string{
	"monitor-collect", "monitor-configwrite", "monitor-generate", "monitor-httpd",
	"monitor-publish", "monitor-runpromise", "monitor-standalone",
}

// oldNames are programs of the Python stack that others call by path.
var oldNames = map[string]string{"monitor.runpromise": "monitor-runpromise"}

func init() {
	register(&Recipe{
		Name:    "toolkit",
		Summary: "the programs of the stack: sets binary-directory, and links them into bin-directory under today's and the Python stack's names. The egg builds them with Go where no binary-directory is given",
		Options: []Option{
			{Name: "binary-directory", Meaning: "where the programs are", Default: "where this generator is; the egg builds them if they are nowhere"},
			{Name: "bin-directory", Meaning: "where links to them go", Default: "no links"},
			{Name: "go", Meaning: "the Go command that the egg builds with", Default: "go, found on PATH"},
		},
		Plan: planToolkit,
	})
}

func planToolkit(p *Part) ([]Artifact, error) {
	directory, err := p.programs()
	if err != nil {
		return nil, err
	}
	p.Set("binary-directory", directory)
	if p.Default("bin-directory", "") == "" {
		return nil, nil
	}
	bin, err := p.Path("bin-directory")
	if err != nil {
		return nil, err
	}
	var plan []Artifact
	for _, name := range Programs {
		if !sameFile(bin, directory) {
			plan = append(plan, Artifact{Path: filepath.Join(bin, name), Target: filepath.Join(directory, name)})
		}
	}
	for old, name := range oldNames {
		plan = append(plan, Artifact{Path: filepath.Join(bin, old), Target: filepath.Join(directory, name)})
	}
	return plan, nil
}

// programs is where the programs are. What a profile names is checked: from
// here on everything relies on it.
func (p *Part) programs() (string, error) {
	if p.Default("binary-directory", "") == "" {
		return BinaryDirectory()
	}
	directory, err := p.Path("binary-directory")
	if err != nil || p.Phase != Init { // init sets the option itself
		return directory, err
	}
	for _, name := range Programs {
		st, err := os.Stat(filepath.Join(directory, name))
		if err != nil || st.IsDir() || st.Mode()&0o111 == 0 {
			return "", fmt.Errorf("section [%s]: %s has no program %s: build the programs there (\"make build\" in the checkout), or set binary-directory to where they are", p.Name, directory, name)
		}
	}
	return directory, nil
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	var other fs.FileInfo
	if other, err = os.Stat(b); err != nil {
		return false
	}
	return os.SameFile(one, other)
}
