package buildout

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// patience is how long any input of a fuzz target may take: far more than a
// slow machine needs, and far less than an endless loop.
const patience = 20 * time.Second

// FuzzLex asks that every text is either lexed or refused with a known class,
// and that lexing what was lexed, written out again, gives the same options.
func FuzzLex(f *testing.F) {
	for _, in := range lexInputs {
		if len(in.text) < 1000 { // long ones only slow the fuzzer down
			f.Add(in.text)
		}
	}
	f.Add("[a:python3]\nb += 1\n  2\n\n=> c\n")
	f.Add("[s: (1, 2) < sys.version_info[:2] and not \"x\" in os.name] # c\n")
	f.Fuzz(func(t *testing.T, text string) {
		stop := watch(t)
		defer stop()
		sections, err := ParseText("fuzz.cfg", text)
		if err != nil {
			checkError(t, err)
			return
		}
		again, err := ParseText("again.cfg", writeSections(sections))
		if err != nil {
			t.Fatalf("%v\nfor %q\nfrom %q", err, writeSections(sections), text)
		}
		if got, want := len(again), len(sections); got != want {
			t.Fatalf("%d sections, then %d, from %q", want, got, text)
		}
		for i, s := range sections {
			if again[i].Name != s.Name || len(again[i].Pairs) != len(s.Pairs) {
				t.Fatalf("%q became %q, from %q", s, again[i], text)
			}
		}
	})
}

// writeSections writes sections so that they lex again. Values are written in
// block mode below a line of text, which keeps option names and their number.
func writeSections(sections []RawSection) string {
	var b strings.Builder
	for _, s := range sections {
		b.WriteString("[" + s.Name + "]\n")
		for _, p := range s.Pairs {
			if p.Option == partDependencies {
				b.WriteString("=>")
			} else {
				b.WriteString(p.Option + "=")
			}
			b.WriteString("\n  " + strings.ReplaceAll(p.Value, "\n", "\n  ") + "\n")
		}
	}
	return b.String()
}

// FuzzEvaluate evaluates profiles of several files (txtar) in both dialects.
func FuzzEvaluate(f *testing.F) {
	for _, text := range evaluateSeeds {
		f.Add(text)
	}
	cases, err := filepath.Glob("../../tests/buildout/cases/*/*.cfg")
	if err != nil || len(cases) == 0 {
		f.Fatal("no sample profiles: ", err)
	}
	for _, name := range cases {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "://") || strings.Contains(text, "/proc") || strings.Contains(text, "/dev") {
			t.Skip("only what the case holds is read")
		}
		stop := watch(t)
		defer stop()
		main := writeFuzzCase(t, text)
		for _, dialect := range []Dialect{Slapos, Upstream} {
			answer, _, err := Answer(main, Options{Dialect: dialect})
			if !json.Valid(answer) {
				t.Fatalf("not JSON: %q", answer)
			}
			if err != nil {
				checkError(t, err)
			}
		}
	})
}

var evaluateSeeds = []string{
	"[buildout]\nparts = a\n[a]\nrecipe = x\nb = ${c:d} $${e} ${:f}\nf = ${:_buildout_section_name_}\n[c]\n<= g\n   h\nd += 2\n[g]\nd = 1\n[h]\n",
	"[buildout]\nextends = b.cfg ../b.cfg lib/c.cfg\nparts =\n-- b.cfg --\n[s]\na = ${:_profile_base_location_}\nl += 1\n-- lib/c.cfg --\n[buildout]\nextends = ../b.cfg\n[s]\nl -= 1\n",
	"[buildout]\nparts = a\n[a]\na = ${:b}${:b}\nb = ${:c}${:c}\nc = ${:d}${:d}\nd = ${:a}\n",
	"[buildout]\nextends = ./buildout.cfg\nparts = a\n[a]\n<= a\n",
	"[buildout]\nextends = ./b.cfg .//b.cfg\nparts =\n-- b.cfg --\n[buildout]\nextends = ./b.cfg .//b.cfg\n",
}

// writeFuzzCase writes the files of an archive; names that leave the case's
// folder are left out.
func writeFuzzCase(t *testing.T, text string) string {
	archive := txtar.Parse([]byte(text))
	directory := t.TempDir()
	main := filepath.Join(directory, "buildout.cfg")
	if err := os.WriteFile(main, archive.Comment, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.Files {
		if !filepath.IsLocal(file.Name) || strings.ContainsRune(file.Name, 0) || len(file.Name) > 100 {
			continue
		}
		name := filepath.Join(directory, file.Name)
		if os.MkdirAll(filepath.Dir(name), 0o700) == nil {
			_ = os.WriteFile(name, file.Data, 0o600) // it may be a folder by now
		}
	}
	return main
}

// watch fails an input that takes longer than anything sane.
func watch(t *testing.T) (stop func()) {
	start := time.Now()
	return func() {
		if took := time.Since(start); took > patience {
			t.Errorf("took %v", took)
		}
	}
}

func checkError(t *testing.T, err error) {
	t.Helper()
	e, ok := err.(*Error)
	if !ok || e.Class == "" || e.Message == "" || e.Error() == "" {
		t.Fatalf("not a proper error: %#v", err)
	}
}
