package buildout

import "strings"

// lexInput is one small file and what buildout (2.13.2 and 3.0.1) makes of it:
// sections as "section: option=value option=value", values quoted where they
// hold blanks; or the class of the error.
type lexInput struct {
	name, text string
	want       [][]string // per section: its name, then option, value, option, value…
	class      string
}

func s(options ...string) [][]string { return [][]string{append([]string{"s"}, options...)} }

// lexInputs are the 62 inputs of contract/buildout.md, appendix A, under their
// numbers there.
var lexInputs = []lexInput{
	{"01 three ways of spacing", "[s]\na=1\nb = 2\nc  =  3\n", s("a", "1", "b", "2", "c", "3"), ""},
	{"02 colon", "[s]\na: 1\n", nil, ParsingError},
	{"03 colon in a name", "[s]\na:b = 1\n", nil, ParsingError},
	{"04 blank in a name", "[s]\na b = 1\n", nil, ParsingError},
	{"05 spellings of += and -=", "[s]\na += 1\nb+= 2\nc+ = 3\nd -= 4\n", s("a +", "1", "b+", "2", "c+", "3", "d -", "4"), ""},
	{"06 # after a value", "[s]\na = 1 # note\nb = x#y\n", s("a", "1 # note", "b", "x#y"), ""},
	{"07 ; after a value", "[s]\na = 1 ; note\nb = x;y\n", s("a", "1 ; note", "b", "x;y"), ""},
	{"08 indented # and ; in a block", "[s]\na =\n  one\n  # two\n  ; three\n  four\n", s("a", "one\n# two\n; three\nfour"), ""},
	{"09 comment in column 0 in a block", "[s]\na =\n  one\n# note\n  two\n", s("a", "one\ntwo"), ""},
	{"10 blank line in a block", "[s]\na =\n  one\n\n  two\nb = 3\n", s("a", "one\n\ntwo", "b", "3"), ""},
	{"11 blank line in an inline value", "[s]\na = one\n\n  two\nb = 3\n", s("a", "one\ntwo", "b", "3"), ""},
	{"12 relative indentation", "[s]\na =\n    if x:\n        y\n      z\n", s("a", "if x:\n    y\n  z"), ""},
	{"13 inline value goes on", "[s]\na = one\n      two\n    three\n", s("a", "one\ntwo\nthree"), ""},
	{"14 tabs, and tabs beside blanks", "[s]\na =\n\tone\n\t\ttwo\nb =\n\tx\n        y\n", s("a", "one\n\ttwo", "b", "\tx\n        y"), ""},
	{"15 first = counts", "[s]\na == 1\nb = c = d\n", s("a", "= 1", "b", "c = d"), ""},
	{"16 empty values", "[s]\na =\nb = \nc = x\n", s("a", "", "b", "", "c", "x"), ""},
	{"17 indented first option", "[s]\n  a = 1\n", nil, ParsingError},
	{"18 header with comment or blanks", "[s] # c\na = 1\n[t] ; c\nb = 2\n[  u  ]\nc = 3\n",
		[][]string{{"s", "a", "1"}, {"t", "b", "2"}, {"u", "c", "3"}}, ""},
	{"19 blank in a header", "[s t]\na = 1\n", nil, MissingSectionHeaderError},
	{"20 text after a header", "[s] x\na = 1\n", nil, MissingSectionHeaderError},
	{"21 conditions", "[s:True]\na = 1\n[t:False]\nb = 2\n[u]\nc = 3\n", [][]string{{"s", "a", "1"}, {"u", "c", "3"}}, ""},
	{"22 same section twice", "[s]\na = 1\nb = 1\n[t]\nx = 1\n[s]\nb = 2\nc = 3\n",
		[][]string{{"s", "a", "1", "b", "2", "c", "3"}, {"t", "x", "1"}}, ""},
	{"23 same option twice", "[s]\na = 1\na = 2\n", s("a", "2"), ""},
	{"24 += twice", "[s]\na += 1\na += 2\n", s("a +", "2"), ""},
	{"25 case", "[S]\nKey = 1\nkey = 2\n[s]\nKEY = 3\n", [][]string{{"S", "Key", "1", "key", "2"}, {"s", "KEY", "3"}}, ""},
	{"26 percent", "[s]\nb = 7\na = %(b)s 50% %%\n", s("b", "7", "a", "%(b)s 50% %%"), ""},
	{"27 not ASCII", "[s]\nclé = été ☃\n[séction]\na = 1\n", [][]string{{"s", "clé", "été ☃"}, {"séction", "a", "1"}}, ""},
	{"28 CRLF", "[s]\r\na = 1\r\nb =\r\n  x\r\n  y\r\n", s("a", "1", "b", "x\ny"), ""},
	{"29 byte order mark", "\ufeff[s]\na = 1\n", nil, MissingSectionHeaderError},
	{"30 backslash at the end", "[s]\na = one \\\nb = two\nc = C:\\dir\\\n  x\n", s("a", "one \\", "b", "two", "c", "C:\\dir\\\nx"), ""},
	{"31 quotes", "[s]\na = \"x\"\nb = 'y'\nc = `z`\nd = \"p\" \"q\"\n", s("a", `"x"`, "b", "'y'", "c", "`z`", "d", `"p" "q"`), ""},
	{"32 three quotes", "[s]\na = \"\"\"x\nb = 1\n", s("a", `"""x`, "b", "1"), ""},
	{"33 bare word", "[s]\na\n", nil, ParsingError},
	{"34 macro", "[s]\n<= a\n   b\nc = 1\n[t]\n<= a\n", [][]string{{"s", "<", "a\nb", "c", "1"}, {"t", "<", "a"}}, ""},
	{"35 part dependencies", "[s]\n=> a b\nc = 1\n", s("<part-dependencies>", "a b", "c", "1"), ""},
	{"36 brackets in a name", "[s]\na[0] = 1\n", nil, ParsingError},
	{"37 option before a header", "a = 1\n[s]\nb = 2\n", nil, MissingSectionHeaderError},
	{"38 dotted sections", "[a]\nk = 1\n[a.b]\nj = 2\n", [][]string{{"a", "k", "1"}, {"a.b", "j", "2"}}, ""},
	{"39 DEFAULT", "[DEFAULT]\nk = 1\n[s]\nj = 2\n", [][]string{{"DEFAULT", "k", "1"}, {"s", "j", "2"}}, ""},
	{"40 option called -", "[s]\n- = 1\n- = 2\n", s("-", "2"), ""},
	{"41 quoted option", "[s]\n\"a\" = 1\n`b` = 2\n", s(`"a"`, "1", "`b`", "2"), ""},
	{"42 no line break at the end", "[s]\na = 1\nb =\n  x", s("a", "1", "b", "x"), ""},
	{"43 line of blanks in a block", "[s]\na =\n  one\n   \n  two\n", s("a", "one\n\ntwo"), ""},
	{"44 dollars", "[s]\na = ${b:c} $${d:e} $x\n", s("a", "${b:c} $${d:e} $x"), ""},
	{"45 a profile as a value", "[s]\na =\n  [x]\n  y = 1\n  z: 2\n", s("a", "[x]\ny = 1\nz: 2"), ""},
	{"46 long block", "[s]\na =\n" + strings.Repeat("  line "+strings.Repeat("x", 60)+"\n", 210),
		s("a", strings.Repeat("line "+strings.Repeat("x", 60)+"\n", 209)+"line "+strings.Repeat("x", 60)), ""},
	{"47 long line", "[s]\na = " + strings.Repeat("y", 70_000) + "\n", s("a", strings.Repeat("y", 70_000)), ""},
	{"48 escaped # and ;", "[s]\na = x \\# y \\; z\n", s("a", `x \# y \; z`), ""},
	{"49 comment right after =", "[s]\na =\n# note\n  one\n", s("a", "one"), ""},
	{"50 trailing blank lines", "[s]\na =\n  one\n\n   \n\n[t]\nb = 1\n", [][]string{{"s", "a", "one"}, {"t", "b", "1"}}, ""},
	{"51 leading blank lines", "[s]\na =\n\n\n  one\n    two\n", s("a", "one\n  two"), ""},
	{"52 value of # or ;", "[s]\na = #fff\nb = ;x\n", s("a", "#fff", "b", ";x"), ""},
	{"53 JSON goes on inline", "[s]\na = {\n  \"k\": [1, 2],\n  \"l\": \"m\"\n  }\n", s("a", "{\n\"k\": [1, 2],\n\"l\": \"m\"\n}"), ""},
	{"54 script in a block", "[s]\ncommand =\n  #!/bin/sh\n  set -e\n  if [ -f \"$f\" ]; then\n    echo 'a = b' # hi\n  fi\n",
		s("command", "#!/bin/sh\nset -e\nif [ -f \"$f\" ]; then\n  echo 'a = b' # hi\nfi"), ""},
	{"55 empty sections", "[s]\n[t]\n", [][]string{{"s"}, {"t"}}, ""},
	{"56 no-break space goes on", "[s]\na = x\n\u00a0y\n", s("a", "x\ny"), ""},
	{"57 form feed goes on", "[s]\na = x\n\fy = 1\n", s("a", "x\ny = 1"), ""},
	{"58 lone CR", "[s]\ra = 1\rb = 2\r", s("a", "1", "b", "2"), ""},
	{"59 option called +", "[s]\n+ = 1\n+=2\n", s("+", "2"), ""},
	{"60 reference as a name", "[s]\n${a:b} = 1\n", nil, ParsingError},
	{"61 comments", "[s]\n;a = 1\n#a = 1\nb = 2\n", s("b", "2"), ""},
	{"62 rem", "[s]\nrem hello\n", nil, ParsingError},
}
