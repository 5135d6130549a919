package buildout

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The constructor runs once for each reached section with a recipe, when its
// references are resolved; parts are in the order in which it returned.
func TestConstruct(t *testing.T) {
	var constructed []string
	p := open(t, `[buildout]
parts = a b a
[a]
recipe = r
x = ${c:out} ${plain:y}
[b]
recipe = r
x = ${a:x}
[c]
recipe = r
in = ${:_buildout_section_name_}
[plain]
y = 1
[unreached]
recipe = r
x = ${ghost:x}
[no-recipe]
recipe =
`, Options{Construct: func(s *Section) error {
		in, _ := s.Lookup("in")
		constructed = append(constructed, s.Name()+in)
		s.Set("out", "made by "+s.Name())
		return nil
	}})
	if len(p.Parts()) != 0 || constructed != nil {
		t.Error("opening resolves nothing")
	}
	if err := p.Evaluate(); err != nil {
		t.Fatal(err)
	}
	if err := p.Evaluate(); err != nil {
		t.Fatal("again: ", err)
	}
	if got := strings.Join(constructed, " "); got != "cc a b" {
		t.Errorf("constructed %s", got)
	}
	if got := strings.Join(p.Parts(), " "); got != "c a b" {
		t.Errorf("parts %s", got)
	}
	checkSection(t, p, "b", "recipe=r\nx=made by c 1\nout=made by b\n")
}

// What a constructor sets is never substituted, keeps its place or goes last.
func TestSet(t *testing.T) {
	p := open(t, "[buildout]\nparts = a\n[a]\nfirst = 1\nrecipe = r\nlast = 2\n[b]\nx = ${a:new} $${a:new}\n",
		Options{Construct: func(s *Section) error {
			s.Set("new", "${ghost:x}")
			s.Set("first", "changed")
			s.Set("newer", "$${x}")
			s.Set("new", "${ghost:y} again")
			return nil
		}})
	checkSection(t, p, "a", "first=changed\nrecipe=r\nlast=2\nnew=${ghost:y} again\nnewer=${x}\n")
	s, err := p.Section("a")
	if err != nil {
		t.Fatal(err)
	}
	if raw, _ := p.Raw("a"); len(raw) != 3 {
		t.Errorf("raw options stay as written: %v", raw)
	}
	if s.Profile() != p || s.Name() != "a" {
		t.Error("section does not know what it is")
	}
}

// A constructor declares a dependency by asking for a section.
func TestConstructorDependsOnSections(t *testing.T) {
	p := open(t, "[buildout]\nparts = a\n[a]\nrecipe = r\nneeds = c b\n[b]\nrecipe = r\n[c]\nrecipe = r\nneeds = b\n",
		Options{Construct: func(s *Section) error {
			needs, _ := s.Lookup("needs")
			for name := range strings.FieldsSeq(needs) {
				if _, err := s.Profile().Section(name); err != nil {
					return err
				}
			}
			return nil
		}})
	if err := p.Evaluate(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Parts(), " "); got != "b c a" {
		t.Errorf("parts %s", got)
	}
}

// Sections may depend on each other: the one that is being initialised is seen
// half-done, with its own options but without those that its recipe sets.
func TestMutualSections(t *testing.T) {
	var seen string
	p := open(t, "[buildout]\nparts = a\n[a]\nrecipe = r\nx = ${:y}\ny = 1\nz = ${b:z}\n[b]\nrecipe = r\nz = ${a:x}\n",
		Options{Construct: func(s *Section) error {
			if s.Name() == "b" {
				a, err := s.Profile().Section("a")
				if err != nil {
					return err
				}
				pairs, err := a.Items()
				if err != nil {
					return err
				}
				seen = lines(pairs)
			}
			s.Set("made", "1")
			return nil
		}})
	if err := p.Evaluate(); err != nil {
		t.Fatal(err)
	}
	if seen != "recipe=r\nx=1\ny=1\nz=1\n" {
		t.Errorf("b saw %s of a", seen)
	}
	if got := strings.Join(p.Parts(), " "); got != "b a" {
		t.Errorf("parts %s", got)
	}
}

// A reference to an option that only a constructor of a half-done section
// would set is a missing option.
func TestMutualSectionsNeedOutput(t *testing.T) {
	p := open(t, "[buildout]\nparts = a\n[a]\nrecipe = r\nz = ${b:z}\n[b]\nrecipe = r\nz = ${a:made}\n",
		Options{Construct: func(s *Section) error { s.Set("made", "1"); return nil }})
	e := checkClass(t, p.Evaluate(), MissingOption)
	if e.Message != "Referenced option does not exist: a made" || e.Line != 8 {
		t.Errorf("%v", e)
	}
}

func TestConstructorFails(t *testing.T) {
	refused := errors.New("the port is not a number")
	p := open(t, "[buildout]\nparts = b\n[a]\nport = x\nrecipe = r\n[b]\nrecipe = r\nx = ${a:port}\n",
		Options{Construct: func(*Section) error { return refused }})
	e := checkClass(t, p.Evaluate(), UserError)
	want := []string{"Installing.", "Getting section b.", "Initializing section b.", "Getting option b:x.",
		"Getting section a.", "Initializing section a."}
	if diff := cmp.Diff(want, e.While); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(e, refused) || e.Message != refused.Error() || e.Line != 5 || !strings.HasSuffix(e.Error(), "/buildout.cfg:5)") {
		t.Errorf("%v", e)
	}
	if len(p.Parts()) != 0 {
		t.Errorf("parts %v", p.Parts())
	}
}

// An error of ours that a constructor passes on, wrapped or not, stays what it
// is.
func TestConstructorPassesErrorOn(t *testing.T) {
	for _, wrap := range []string{"%w", "recipe r: %w"} {
		p := open(t, "[buildout]\nparts = a\n[a]\nrecipe = r\n[b]\nx = ${ghost:x}\n",
			Options{Construct: func(s *Section) error {
				_, err := s.Profile().Section("b")
				return fmt.Errorf(wrap, err)
			}})
		e := checkClass(t, p.Evaluate(), MissingSection)
		if e.Line != 6 || e.While[len(e.While)-1] != "Getting section ghost." || strings.Count(e.Error(), "buildout.cfg:6") != 1 {
			t.Errorf("%v %v", e, e.While)
		}
	}
}

func TestGetAndLookup(t *testing.T) {
	p := open(t, "[buildout]\nparts =\n[a]\nx = 1\nempty =\n", Options{})
	s, err := p.Section("a")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := s.Get("empty"); v != "" || err != nil {
		t.Errorf("an empty option is there: %q, %v", v, err)
	}
	if v, ok := s.Lookup("ghost"); v != "" || ok {
		t.Errorf("%q %v", v, ok)
	}
	_, err = s.Get("ghost")
	if e := checkClass(t, err, MissingOption); e.Message != "Missing option: a:ghost" {
		t.Error(e)
	}
}

// A section whose initialisation failed keeps failing when it is asked for,
// and other sections are not touched by that.
func TestFailedSection(t *testing.T) {
	p := open(t, "[buildout]\nparts =\n[a]\nx = ${ghost:x}\ny = 1\n[b]\nx = 1\n", Options{})
	_, first := p.Section("a")
	_, second := p.Section("a")
	if first == nil || first != second {
		t.Errorf("%v, then %v", first, second)
	}
	if _, err := p.Section("b"); err != nil {
		t.Error(err)
	}
	if _, err := p.Section("ghost"); checkClass(t, err, MissingSection) == nil {
		t.Error("no error")
	}
}

// [buildout] comes first: what is wrong there fails everything, each time.
func TestBuildoutSectionFails(t *testing.T) {
	p := open(t, "[buildout]\nparts = a\nx = ${ghost:y}\n[a]\nrecipe = r\n", Options{})
	for range 2 {
		_, err := p.Section("a")
		e := checkClass(t, err, MissingSection)
		want := []string{"Installing.", "Initializing.", "Getting section buildout.", "Initializing section buildout.",
			"Getting option buildout:x.", "Getting section ghost."}
		if !slices.Equal(e.While, want) || e.Line != 3 {
			t.Errorf("%v %q", e, e.While)
		}
	}
	if err := p.Evaluate(); err == nil {
		t.Error("Evaluate succeeded")
	}
}

// A half-done section has its items once all that they refer to is there.
func TestItemsOfHalfDoneSection(t *testing.T) {
	p := open(t, "[buildout]\nparts = a\n[a]\nrecipe = r\nx = ${b:made}\nz = 1\n[b]\nrecipe = r\n", Options{Construct: func(s *Section) error {
		if s.Name() == "b" {
			a, err := s.Profile().Section("a")
			if err != nil {
				return err
			}
			_, err = a.Items()
			if e := checkClass(t, err, MissingOption); e.Message != "Referenced option does not exist: b made" || e.Line != 5 {
				t.Error(e)
			}
			s.Set("made", "2")
			pairs, err := a.Items()
			s.Set("seen", lines(pairs))
			return err
		}
		return nil
	}})
	if err := p.Evaluate(); err != nil {
		t.Fatal(err)
	}
	checkSection(t, p, "b", "recipe=r\nmade=2\nseen=recipe=r⏎x=2⏎z=1⏎\n")
}

// The dialects differ in what a final reading makes of "$${".
func TestEscapesByDialect(t *testing.T) {
	for dialect, want := range map[Dialect]string{
		Slapos:   "x=${a:y} $$\ny=[${a:y} $$]\n",
		Upstream: "x=$${a:y} $$\ny=[$${a:y} $$]\n",
	} {
		p := open(t, "[buildout]\nparts =\n[a]\nx = $${a:y} $$\ny = [${:x}]\n", Options{Dialect: dialect})
		checkSection(t, p, "a", want)
	}
}

func TestParseDialect(t *testing.T) {
	for name, want := range map[string]Dialect{"slapos": Slapos, "upstream": Upstream} {
		if got, err := ParseDialect(name); got != want || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := ParseDialect("zope"); err == nil || !strings.Contains(err.Error(), "slapos or upstream") {
		t.Error(err)
	}
}
