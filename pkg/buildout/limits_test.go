package buildout

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// Profiles that would run for ever or fill the memory get an error instead.
func TestHostileProfiles(t *testing.T) {
	for _, c := range []struct{ name, profile, says string }{
		{"values that double", head + doubling(60), "grows out of all bounds"},
		{"a chain of references", head + chained(5000, "o%d = ${:o%d}\n"), "nested more than"},
		{"a chain of sections", head + "x = ${s0:x}\n" + chained(5000, "[s%d]\nx = ${s%d:x}\n"), "nested more than"},
		{"a chain of macros", head + "<= s0\n" + chained(5000, "[s%d]\n<= s%d\n"), "nested more than"},
		{"wide macros in a chain", head + "<= s0\n" + chained(900, "[s%d]\n<= s%d\nl += "+strings.Repeat("x", 2000)+"\n") + "[s900]\n", "grows out of all bounds"},
		{"files that extend one another by new names", "[buildout]\nextends = ./buildout.cfg\nparts =\n", "deep"},
		{"a long condition", "[buildout]\nparts =\n[s:" + strings.Repeat("1 or ", 2000) + "1]\n", "too long"},
		{"a power", "[buildout]\nparts =\n[s:9**64**64]\n", "unsupported condition"},
		{"one file again and again", "[buildout]\nextends = " + strings.Repeat("a.cfg ", 20_000) + "\nparts =\n-- a.cfg --\n[s]\n" + chained(2000, "o%d += %d\n"), "grows out of all bounds"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			main := writeProfile(t, c.profile)
			_, _, err := Answer(main, Options{})
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %.300v, want ...%s...", err, c.says)
			}
		})
	}
}

const head = "[buildout]\nparts = a\n[a]\nrecipe = egg\n"

// doubling makes each option twice as long as the next.
func doubling(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "o%02d = ${:o%02d}${:o%02d}\n", i, i+1, i+1)
	}
	return b.String() + fmt.Sprintf("o%02d = xxxxxxxxxxxxxxxx\n", n)
}

// chained repeats a format for 0 1, 1 2, 2 3 …
func chained(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i, i+1)
	}
	return b.String()
}

// A section that fails is looked at again by each that refers to it; that must
// not take for ever either.
func TestManyFailingSections(t *testing.T) {
	main := writeProfile(t, "[buildout]\nparts =\n"+chained(5_000, "[s%d]\nx = ${s%d:x}\n"))
	answer, _, err := Answer(main, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(answer), `"s0": "References and macros are nested more than 1000 deep."`) {
		t.Errorf("%.500s", answer)
	}
}

// A chain that is merely long is none of that.
func TestLongChainsEvaluate(t *testing.T) {
	p := open(t, head+chained(200, "o%03d = ${:o%03d}\n")+"o200 = end\n", Options{})
	if err := p.Evaluate(); err != nil {
		t.Fatal(err)
	}
	section, _ := p.Section("a")
	if v, _ := section.Get("o000"); v != "end" {
		t.Errorf("got %q", v)
	}
}

// Extending something that is no file must not block.
func TestExtendsNamedPipe(t *testing.T) {
	main := writeProfile(t, "[buildout]\nextends = pipe\nparts =\n")
	if err := syscall.Mkfifo(filepath.Join(filepath.Dir(main), "pipe"), 0o600); err != nil {
		t.Skip("no named pipes here: ", err)
	}
	_, err := Open(main, Options{})
	if err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Error(err)
	}
}

// What a hostile profile holds on to stays small.
func TestHostileMemory(t *testing.T) {
	main := writeProfile(t, head+doubling(60))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	_, _, _ = Answer(main, Options{})
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<30 {
		t.Errorf("allocated %d MiB", grown>>20)
	}
}
