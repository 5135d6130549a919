package deploy

import (
	"path/filepath"
	"testing"

	"slapmonitor/recipes"
)

// What is written is what zc.buildout 3.0.1 writes for the same value, and
// what is read back is the value.
func TestInstalledOptions(t *testing.T) {
	for value, want := range map[string]string{
		"":             "",
		"a":            "a",
		"a b":          "a b",
		" a ":          "%(__buildout_space__)sa%(__buildout_space__)s",
		"a\nb":         "a\n\tb",
		"\na":          "%(__buildout_space_n__)sa",
		"a\n":          "a%(__buildout_space_n__)s",
		"\n":           "%(__buildout_space_n__)s",
		"a\n\n\nb":     "a\n\t%(__buildout_space_n__)s%(__buildout_space_n__)sb",
		"a\n  b\n":     "a\n\t%(__buildout_space__)s%(__buildout_space__)sb%(__buildout_space_n__)s",
		"\n  a\n b\n ": "%(__buildout_space_n__)s%(__buildout_space__)s%(__buildout_space__)sa\n\t%(__buildout_space__)sb\n\t%(__buildout_space__)s",
		"[x]\n#c\n;d":  "[x]\n\t#c\n\t;d",
		"\n\tx = 1":    "%(__buildout_space_n__)s%(__buildout_space_t__)sx = 1",
	} {
		if got := escape(value); got != want {
			t.Errorf("%q is written as %q", value, got)
		}
		dir := t.TempDir()
		i := &installed{file: filepath.Join(dir, installedFile), parts: []installedPart{{"p", recipes.Pairs{{Option: "o", Value: value}, {Option: "last", Value: "x"}}, nil}}}
		if err := i.save(); err != nil {
			t.Fatal(err)
		}
		back, err := readInstalled(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := back.parts[0].options.Lookup("o"); got != value {
			t.Errorf("%q is read back as %q", value, got)
		}
	}
}
