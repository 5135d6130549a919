package buildout_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator makes profiles of a few sections and options with few names, so
// that they meet: overridden, added to, referred to, inherited.
type generator struct{ *rand.Rand }

func (g generator) pick(words ...string) string { return words[g.IntN(len(words))] }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

// profile makes a main file, some that it extends, and assignments.
func (g generator) profile() (files map[string]string, args []string) {
	files = map[string]string{
		"buildout.cfg": "[buildout]\nparts =" + g.pick(" a", " a b", " b a", "", " a b c", "\n  a\n  b") + "\n" +
			g.extends(60, "base.cfg", "lib/one.cfg", "two.cfg") + g.sections(),
		"base.cfg":    "[buildout]\n" + g.extends(40, "lib/one.cfg", "two.cfg", "./two.cfg") + g.sections(),
		"lib/one.cfg": "[buildout]\n" + g.extends(30, "../two.cfg", "@DIR@/two.cfg") + g.sections(),
		"two.cfg":     g.sections(),
	}
	if g.chance(10) {
		files["home/.buildout/default.cfg"] = g.sections()
	}
	for g.chance(10) {
		args = append(args, g.pick("a:x=1", "x=1", "b:list+=1", "b:list -=one", "buildout:extends=two.cfg", "a:recipe=egg", "c:z=${a:x}"))
	}
	return files, args
}

func (g generator) extends(percent int, names ...string) string {
	if !g.chance(percent) {
		return ""
	}
	g.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	return "extends = " + strings.Join(names[:1+g.IntN(2)], " ") + "\n"
}

func (g generator) sections() string {
	var b strings.Builder
	for range 2 + g.IntN(5) {
		name := g.pick("a", "b", "c", "d", "e.f", "buildout")
		b.WriteString("[" + name + g.pick("", "", "", "", "", ":python3", ": python2", ":sys.version_info > (3,)") + "]" + g.pick("", "", "", " # c", ";") + "\n")
		for range g.IntN(5) {
			b.WriteString(g.option())
		}
	}
	return b.String()
}

func (g generator) option() string {
	switch g.IntN(40) {
	case 0, 1, 2:
		return "recipe = egg\n"
	case 3, 4:
		return "<= " + g.pick("a", "b", "c", "d", "e.f", "buildout\n   a") + "\n"
	case 5:
		return "=> " + g.pick("a", "b", "c") + "\n"
	case 6:
		return g.pick("# comment\n", "; comment\n", "\n", "<+= b\n", "junk\n", "a b = 1\n")
	}
	name := g.pick("x", "y", "z", "list", "list", "k-1", "recipe-x", "bin-directory")
	operator := g.pick(" =", " =", "=", " +=", "+=", " -=")
	if g.chance(25) {
		return name + operator + "\n" + g.block()
	}
	return name + operator + " " + g.text() + "\n" + g.pick("", "", "", "", "  "+g.text()+"\n")
}

func (g generator) block() string {
	var b strings.Builder
	for range 1 + g.IntN(4) {
		b.WriteString(g.pick("  ", "  ", "    ", "\t") + g.text() + "\n" + g.pick("", "", "", "", "\n", "# c\n", "   \n"))
	}
	return b.String()
}

func (g generator) text() string {
	words := make([]string, g.IntN(4))
	for i := range words {
		words[i] = g.pick("one", "two", "three", "# c", "[a]", "é", "x = y", `"q"`, "$$", "$", g.reference(), g.reference())
	}
	return strings.Join(words, g.pick("", " "))
}

func (g generator) reference() string {
	if g.chance(5) {
		return g.pick("${x}", "${a:b:c}", "${a/b:c}", "${a:b/c}", "$${a:x}", "${", "${ghost:x}", "${a:ghost}")
	}
	return fmt.Sprintf("${%s:%s}", g.pick("a", "b", "c", "d", "e.f", "", "", "buildout"),
		g.pick("x", "x", "y", "z", "list", "k-1", "_buildout_section_name_", "_buildout_section_name_"))
}
