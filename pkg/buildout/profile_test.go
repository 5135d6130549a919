package buildout

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// writeProfile writes a profile and the files after it (txtar) into a new
// folder and gives the profile's name. @DIR@ in them stands for the folder.
func writeProfile(t testing.TB, text string) string {
	t.Helper()
	directory := t.TempDir()
	archive := txtar.Parse([]byte(strings.ReplaceAll(text, "@DIR@", directory)))
	files := append(archive.Files, txtar.File{Name: "buildout.cfg", Data: archive.Comment})
	for _, file := range files {
		name := filepath.Join(directory, file.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, file.Data, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(directory, "buildout.cfg")
}

// open opens a profile that must open.
func open(t testing.TB, text string, o Options) *Profile {
	t.Helper()
	p, err := Open(writeProfile(t, text), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lines writes pairs one a line, with line breaks shown.
func lines(pairs []Pair) string {
	var b strings.Builder
	for _, p := range pairs {
		b.WriteString(p.Option + "=" + strings.ReplaceAll(p.Value, "\n", "⏎") + "\n")
	}
	return b.String()
}

// checkSection compares all options of a section, in order.
func checkSection(t *testing.T, p *Profile, name, want string) {
	t.Helper()
	section, err := p.Section(name)
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := section.Items()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), lines(pairs)); diff != "" {
		t.Errorf("[%s]: %s", name, diff)
	}
}
