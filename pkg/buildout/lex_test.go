package buildout

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLexInputs(t *testing.T) {
	for _, in := range lexInputs {
		t.Run(in.name, func(t *testing.T) {
			checkLex(t, in)
		})
	}
}

func checkLex(t *testing.T, in lexInput) {
	t.Helper()
	sections, err := ParseText("case.cfg", in.text)
	if in.class != "" {
		checkClass(t, err, in.class)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, section := range sections {
		words := []string{section.Name}
		for _, p := range section.Pairs {
			words = append(words, p.Option, p.Value)
		}
		got = append(got, words)
	}
	if diff := cmp.Diff(in.want, got); diff != "" {
		t.Error(diff)
	}
}

func checkClass(t *testing.T, err error, class string) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an error of class %s", err, class)
	}
	if e.Class != class {
		t.Fatalf("got class %s (%v), want %s", e.Class, err, class)
	}
	return e
}

// What the text of contract 1.1 to 1.3 says beyond appendix A.
func TestLexMore(t *testing.T) {
	for _, in := range []lexInput{
		{"empty file", "", nil, ""},
		{"blank lines and comments only", "\n  \n# c\n;\n", nil, ""},
		{"blank line right after a header", "[s]\n\n\na = 1\n", s("a", "1"), ""},
		{"every spelling of +=", "[s]\na +=1\na+=2\na   +=3\n", s("a +", "1", "a+", "2", "a   +", "3"), ""},
		{"operator apart from =", "[s]\na + = 1\n", nil, ParsingError},
		{"odd but legal names", "[s]\n<x = y\nc++ = 1\n$ = 2\n(a) = 3\n", s("<x", "y", "c++", "1", "$", "2", "(a)", "3"), ""},
		{"braces and brackets in names", "[s]\n{a} = 1\n", nil, ParsingError},
		{"a repeated option keeps its place", "[s]\na = 1\nb = 1\na = 2\n", s("a", "2", "b", "1"), ""},
		{"a repeated option forgets its lines", "[s]\na =\n  one\na = two\n", s("a", "two"), ""},
		{"=> twice", "[s]\n=> a\n=> b\n", s("<part-dependencies>", "b"), ""},
		{"=> indented is a value", "[s]\na = 1\n  => b\n", s("a", "1\n=> b"), ""},
		{"a re-opened section goes on where it was", "[s]\na = 1\n[t]\n[s]\nb = 2\n", [][]string{{"s", "a", "1", "b", "2"}, {"t"}}, ""},
		{"a re-opened section has no open option", "[s]\na = 1\n[s]\n  b\n", nil, ParsingError},
		{"a comment does not end an inline value", "[s]\na = one\n# c\n  two\n", s("a", "one\ntwo"), ""},
		{"unicode space around a name and value", "[s]\na\u00a0=\u2003x\u3000\n", s("a", "x"), ""},
		{"information separators are space", "[s]\na = x\n\x1cy\n", s("a", "x\ny"), ""},
		{"a null byte is text", "[s]\na = x\x00y\n", s("a", "x\x00y"), ""},
		{"a header in a value", "[s]\na = 1\n  [t]\nb = 2\n", s("a", "1\n[t]", "b", "2"), ""},
		{"no name", "[]\na = 1\n", nil, MissingSectionHeaderError},
		{"a reference in a header", "[x${a:k}]\na = 1\n", nil, MissingSectionHeaderError},
		{"no expression", "[s:]\na = 1\n", s("a", "1"), ""},
		{"blanks around the colon", "[s : True ]\na = 1\n", s("a", "1"), ""},
		{"brackets in an expression", "[s: (1,)[0] == 1] # c]\na = 1\n", s("a", "1"), ""},
		{"# ends an expression", "[t]\n[s: \"#\" == \"#\"]\na = 1\n", nil, ParsingError},
		{"block value of blanks", "[s]\na =\n   \n\n  \nb = 1\n", s("a", "", "b", "1"), ""},
		{"dedent ignores lines of blanks", "[s]\na =\n    x\n  \n    y\n", s("a", "x\n\ny"), ""},
		{"first line deepest", "[s]\na =\n      x\n  y\n", s("a", "    x\ny"), ""},
	} {
		t.Run(in.name, func(t *testing.T) { checkLex(t, in) })
	}
}

func TestLexConditions(t *testing.T) {
	for _, in := range []lexInput{
		{"true re-opens and overrides", "[s]\na = 1\n[s:python3]\na = 2\nb = 3\n", s("a", "2", "b", "3"), ""},
		{"false is skipped with its lines", "[s]\na = 1\n[s:python2]\na = 2\n  more\n\n  still\n[t]\n", [][]string{{"s", "a", "1"}, {"t"}}, ""},
		{"bad lines in a false section count", "[s]\na = 1\n[s:python2]\nnot an option\n", nil, ParsingError},
		{"a false first header opens nothing", "[s:python2]\na = 1\n", nil, MissingSectionHeaderError},
		{"a false section does not exist", "[s]\n[t:python2]\na = 1\n", s(), ""},
		{"option after a false section's header stays out", "[s]\na = 1\n[t:False]\n  deeper\nb = 2\n", s("a", "1"), ""},
		{"indented line under a false header, nothing open", "[s]\n[t:False]\n  deeper\n", nil, ParsingError},
		{"unknown name", "[s:nosuch]\n", nil, NameError},
		{"outside the subset", "[s:len('a')]\n", nil, UnsupportedCondition},
	} {
		t.Run(in.name, func(t *testing.T) { checkLex(t, in) })
	}
}

// All bad lines of a file are reported together, with buildout's layout.
func TestParsingErrorSentence(t *testing.T) {
	text := "[s]\na = 1\nbad one\n[t]\nb: 'q'\n" + strings.Repeat("\n", 4) + "last"
	_, err := ParseText("/x/p.cfg", text)
	e := checkClass(t, err, ParsingError)
	want := "File contains parsing errors: /x/p.cfg\n\t[line  3]: 'bad one\\n'\n\t[line  5]: \"b: 'q'\\n\"\n\t[line 10]: 'last'"
	if e.Message != want {
		t.Errorf("got  %q\nwant %q", e.Message, want)
	}
	if e.File != "/x/p.cfg" || e.Line != 3 {
		t.Errorf("at %s:%d", e.File, e.Line)
	}
}

func TestMissingHeaderSentence(t *testing.T) {
	_, err := ParseText("/x/p.cfg", "\n# c\n  a = \"é\"\t\u200b\n[s]\n")
	e := checkClass(t, err, MissingSectionHeaderError)
	want := "File contains no section headers.\nfile: /x/p.cfg, line: 3\n'  a = \"é\"\\t\\u200b\\n'"
	if e.Message != want {
		t.Errorf("got  %q\nwant %q", e.Message, want)
	}
}

func TestNotUTF8(t *testing.T) {
	_, err := ParseText("/x/p.cfg", "[s]\r\na = é\r\nb = \xe9t\xe9\n")
	e := checkClass(t, err, UnicodeDecodeError)
	for _, part := range []string{"/x/p.cfg", "line 3", "0xe9", "UTF-8"} {
		if !strings.Contains(e.Error(), part) {
			t.Errorf("%q does not say %q", e.Error(), part)
		}
	}
	if e.Line != 3 {
		t.Errorf("line %d", e.Line)
	}
}

// .installed.cfg is lexed with the same rules.
func TestParseInstalled(t *testing.T) {
	text := "[buildout]\nparts = a\n\n[a]\n__buildout_installed__ = /x\n\t/y\nv = %(__buildout_space_n__)sone\n"
	sections, err := ParseText(".installed.cfg", text)
	if err != nil {
		t.Fatal(err)
	}
	want := []RawSection{
		{"buildout", []Pair{{"parts", "a"}}},
		{"a", []Pair{{"__buildout_installed__", "/x\n/y"}, {"v", "%(__buildout_space_n__)sone"}}},
	}
	if diff := cmp.Diff(want, sections); diff != "" {
		t.Error(diff)
	}
}
