package buildout

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The options of each section say which file they came from, for messages and
// for paths that are relative to the file that says them.
func TestErrorPlaces(t *testing.T) {
	for _, c := range []struct{ name, profile, place string }{
		{"in the main file", "[buildout]\nparts = a\n[a]\nrecipe = r\n\nx = ${ghost:x}\n", "buildout.cfg:6"},
		{"in an extended file", "[buildout]\nparts = a\nextends = lib/b.cfg\n-- lib/b.cfg --\n# c\n[a]\nrecipe =\n  r\nx = 1\n  ${ghost:x}\n", "lib/b.cfg:5"},
		{"where it was overridden", "[buildout]\nparts = a\nextends = b.cfg\n[a]\nx = ${ghost:x}\n-- b.cfg --\n[a]\nrecipe = r\nx = 1\n", "buildout.cfg:5"},
		{"where it was added to", "[buildout]\nparts = a\nextends = b.cfg\n[a]\nx += ${ghost:x}\n-- b.cfg --\n[a]\nrecipe = r\nx = 1\n", "buildout.cfg:5"},
		{"in a macro", "[buildout]\nparts = a\n[m]\nx = ${ghost:x}\n[a]\nrecipe = r\n<= m\n", "buildout.cfg:4"},
		{"a macro that is not there", "[buildout]\nparts = a\n[a]\nrecipe = r\n<= m\n", "buildout.cfg:5"},
		{"a file that is not there", "[buildout]\nparts = a\nextends =\n  b.cfg\n", "buildout.cfg:3"},
		{"a file that includes itself", "[buildout]\nparts = a\nextends = b.cfg\n-- b.cfg --\n\n[buildout]\nextends = b.cfg\n", "b.cfg:3"},
		{"a circle", "[buildout]\nparts = a\n[a]\nrecipe = r\nx = ${:y}\ny = ${:x}\n", "buildout.cfg:5"},
		{"extended-by", "[buildout]\nparts = a\nextended-by = b.cfg\n", "buildout.cfg:3"},
		{"a boolean", "[buildout]\nparts = a\nnewest = maybe\n", "buildout.cfg:3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			main := writeProfile(t, c.profile)
			_, _, err := Answer(main, Options{})
			place := filepath.Join(filepath.Dir(main), c.place)
			if err == nil || !strings.HasSuffix(err.Error(), "("+place+")") {
				t.Errorf("%v\ndoes not end in (%s)", err, place)
			}
		})
	}
}

// Messages that name their file do not get it twice.
func TestErrorWithoutPlace(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "ghost.cfg"), Options{})
	e := checkClass(t, err, UserError)
	if !strings.HasPrefix(e.Message, "Couldn't open /") || e.Error() != e.Message {
		t.Error(e)
	}
	if diff := cmp.Diff([]string{"Installing.", "Initializing."}, e.While); diff != "" {
		t.Error(diff)
	}
}

// SlapOS' fork takes leading "../" off as text; upstream leaves them in.
func TestParentDirectories(t *testing.T) {
	profile := "[buildout]\nparts =\nextends = lib/deep/a.cfg\n-- lib/deep/a.cfg --\n[buildout]\nextends = ../../b.cfg\n" +
		"-- b.cfg --\n[buildout]\nextends = lib/deep/a.cfg\n"
	for dialect, want := range map[Dialect]string{
		Slapos:   "Recursive file include ['@/buildout.cfg', '@/lib/deep/a.cfg', '@/b.cfg'] @/lib/deep/a.cfg",
		Upstream: "Files extend each other more than 500 deep",
	} {
		main := writeProfile(t, profile)
		_, err := Open(main, Options{Dialect: dialect})
		e := checkClass(t, err, map[Dialect]string{Slapos: UserError, Upstream: RecursionError}[dialect])
		if want = strings.ReplaceAll(want, "@", filepath.Dir(main)); !strings.HasPrefix(e.Message, want) {
			t.Errorf("%v: %.300s", dialect, e.Message)
		}
	}
}

func TestResolveParents(t *testing.T) {
	for _, c := range [][4]string{
		{"/a/b", "../x.cfg", "/a", "x.cfg"},
		{"/a/b", "../../x.cfg", "/", "x.cfg"},
		{"/a", "../../x.cfg", "/", "../x.cfg"},
		{"/a/b/", "..//x.cfg", "/a", "x.cfg"},
		{"/a/b", "./../x.cfg", "/a/b", "./../x.cfg"},
		{"/a/..", "../x.cfg", "/a/..", "../x.cfg"},
		{"a", "../x.cfg", "a", "../x.cfg"},
		{"https://h/a/b", "../x.cfg", "https://h/a", "x.cfg"},
		{"https://h/a", "../x.cfg", "https://h", "x.cfg"},
		{"https://h", "../x.cfg", "https://h", "../x.cfg"},
	} {
		if base, name := resolveParents(c[0], c[1]); base != c[2] || name != c[3] {
			t.Errorf("%s %s: got %s %s", c[0], c[1], base, name)
		}
	}
}

func TestPaths(t *testing.T) {
	for _, c := range [][3]string{
		{joinPath("/a", "b"), "/a/b", "join"},
		{joinPath("/a/", "b"), "/a/b", "join a folder with a slash"},
		{joinPath("/a", "/b"), "/b", "join something absolute"},
		{joinPath("", "b"), "b", "join nothing"},
		{joinPath("/a/..", "../b"), "/a/../../b", "join without cleaning"},
		{dirName("/a/b"), "/a", "folder"},
		{dirName("/a"), "/", "folder at the root"},
		{dirName("//a"), "//", "folder at a double root"},
		{dirName("/a//b"), "/a", "folder before two slashes"},
		{dirName("a"), "", "folder of a bare name"},
		{expandHome("~/x", "/h/"), "/h/x", "home"},
		{expandHome("~no-such-user-here/x", "/h"), "~no-such-user-here/x", "home of nobody"},
		{expandHome("x~", "/h"), "x~", "no home"},
		{localFile("file:///a/b?c#d"), "/a/b", "file URL"},
		{localFile("FILE://host/a"), "/a", "file URL with a host"},
		{localFile("http://host/a"), "", "other URL"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: got %q, want %q", c[2], c[0], c[1])
		}
	}
	for name, want := range map[string]bool{
		"http://x": true, "git+ssh://x": true, "a.b-c://": true, "://x": false, "x/://y": false, "/a": false, "c:/x": false,
	} {
		if isURL(name) != want {
			t.Errorf("isURL(%s) is not %v", name, want)
		}
	}
}

// The diamond of contract 1.5: what left adds to base is lost to right's copy.
// A file that is reached a thousand times is still merged each time, quickly.
func TestDiamondOfManyFiles(t *testing.T) {
	var profile strings.Builder
	profile.WriteString("[buildout]\nparts =\nextends = f0.cfg\n")
	for i := range 60 {
		fmt.Fprintf(&profile, "-- f%d.cfg --\n[buildout]\nextends = f%d.cfg f%d.cfg\n[s%d]\nx = 1\n", i, i+1, i+1, i)
	}
	profile.WriteString("-- f60.cfg --\n[s]\nl += 1\n")
	p := open(t, profile.String(), Options{})
	if n := len(p.raw.names); n != 63 {
		t.Errorf("%d sections", n)
	}
	// Each level lays the same section on itself, which adds the line once more.
	raw, _ := p.Raw("s")
	if diff := cmp.Diff([]Pair{{"l +", "1"}, {"l", strings.Repeat("\n1", 60)}}, raw); diff != "" {
		t.Error(diff)
	}
}

// The user's defaults are read from Home only.
func TestUserDefaults(t *testing.T) {
	main := writeProfile(t, "[buildout]\nparts =\nextends = b.cfg\n-- b.cfg --\n[s]\nl += base\n"+
		"-- home/.buildout/default.cfg --\n[s]\nl = user\n-- other/default.cfg --\n[s]\nl = other\n")
	home := filepath.Join(filepath.Dir(main), "home")
	for _, c := range []struct {
		o    Options
		want []Pair
	}{
		{Options{}, []Pair{{"l +", "base"}}},
		{Options{Home: home}, []Pair{{"l", "user\nbase"}}},
		{Options{Home: home, UserDefaults: filepath.Join(filepath.Dir(main), "other/default.cfg")}, []Pair{{"l", "other\nbase"}}},
		{Options{Home: "/nonexistent"}, []Pair{{"l +", "base"}}},
	} {
		p, err := Open(main, c.o)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := p.Raw("s")
		if diff := cmp.Diff(c.want, raw); diff != "" {
			t.Errorf("%+v: %s", c.o, diff)
		}
	}
}

func TestDirectory(t *testing.T) {
	says := "[buildout]\nparts =\ndirectory = /said\n"
	silent := "[buildout]\nparts =\n"
	for _, c := range []struct {
		name, profile string
		o             Options
		want          string
	}{
		{"the main file's", silent, Options{}, "@"},
		{"what the profile says", says, Options{}, "/said"},
		{"another default", silent, Options{DefaultDirectory: "/other"}, "/other"},
		{"another default, but the profile says", says, Options{DefaultDirectory: "/other"}, "/said"},
		{"overridden", says, Options{Directory: "/over"}, "/over"},
		{"assigned", says, Options{Assignments: []string{"buildout:directory=/assigned"}}, "/assigned"},
		{"assigned without section", says, Options{Assignments: []string{"directory = /assigned"}}, "/assigned"},
		{"assigned over overridden", says, Options{Directory: "/over", Assignments: []string{"directory=/assigned"}}, "/assigned"},
	} {
		main := writeProfile(t, c.profile)
		p, err := Open(main, c.o)
		if err != nil {
			t.Fatal(err)
		}
		s, err := p.Section("buildout")
		if err != nil {
			t.Fatal(err)
		}
		got, _ := s.Get("directory")
		bin, _ := s.Get("bin-directory")
		if want := strings.ReplaceAll(c.want, "@", filepath.Dir(main)); got != want || bin != want+"/bin" {
			t.Errorf("%s: %s, %s", c.name, got, bin)
		}
	}
}

func TestBadAssignments(t *testing.T) {
	main := writeProfile(t, "[buildout]\nparts =\n")
	for _, text := range []string{"x", "a:b:c=1", ":x=1", "a:=1", "=1"} {
		_, err := Open(main, Options{Assignments: []string{text}})
		if e := checkClass(t, err, UserError); !strings.HasPrefix(e.Message, "Invalid") {
			t.Error(e)
		}
	}
}

// Leftover operators are accepted as buildout does, and pointed out.
func TestWarnings(t *testing.T) {
	p := open(t, "[buildout]\nparts =\nextends = b.cfg\nx += fine\n[both]\nl += fine\n[only]\nl += lost\nm -= lost\n[child]\n<= both\nl += fine\n"+
		"-- b.cfg --\n[both]\nl = 1\n[kept]\nk += lost\n", Options{Assignments: []string{"cl:x+=1"}})
	got := strings.Join(p.Warnings(), "\n")
	for _, part := range []string{
		"buildout.cfg:8: [only] has an option called \"l +\": there was no [only] below to apply += to, so ${only:l} does not see it",
		"buildout.cfg:9: [only] has an option called \"m -\"",
		"b.cfg:4: [kept] has an option called \"k +\"",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("no warning of %s", part)
		}
	}
	if n := len(p.Warnings()); n != 3 {
		t.Errorf("%d warnings:\n%s", n, got)
	}
}

func TestWarningsAreFew(t *testing.T) {
	p := open(t, "[buildout]\nparts =\n[s]\n"+chained(5*maxWarnings, "o%d += %d\n"), Options{})
	if n := len(p.Warnings()); n != maxWarnings {
		t.Errorf("%d warnings", n)
	}
}

func TestUnreadableFiles(t *testing.T) {
	for _, c := range []struct{ extends, class string }{
		{"ghost.cfg", FileNotFoundError},
		{"@DIR@", IsADirectoryError},
		{"buildout.cfg/x.cfg", NotADirectoryError},
		{"latin1.cfg", UnicodeDecodeError},
		{strings.Repeat("x", 300), OSError},
	} {
		_, err := Open(writeProfile(t, "[buildout]\nextends = "+c.extends+"\n-- latin1.cfg --\n[s]\nk = \xe9\n"), Options{})
		e := checkClass(t, err, c.class)
		if e.File == "" || e.Class == UserError {
			t.Errorf("%v", e)
		}
	}
}

func TestHugeFile(t *testing.T) {
	main := writeProfile(t, "[buildout]\nparts =\n")
	if err := os.Truncate(main, maxFile+1); err != nil {
		t.Fatal(err)
	}
	_, err := Open(main, Options{})
	if err == nil || !strings.Contains(err.Error(), "is larger than 16 MiB") {
		t.Error(err)
	}
}
