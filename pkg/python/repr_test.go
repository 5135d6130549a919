package python

import "testing"

func TestRepr(t *testing.T) {
	for text, want := range map[string]string{
		"": "''", "a": "'a'", "it's": `"it's"`, `it's "x"`: `'it\'s "x"'`, "a\\b\n\t\r\x00\x7f": `'a\\b\n\t\r\x00\x7f'`,
		"é€😀": "'é€😀'", "\xff": `'\udcff'`, "\u200b\u0085": `'\u200b\x85'`,
	} {
		if got := Repr(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got := ReprBytes([]byte("é'\n")); got != `b"\xc3\xa9'\n"` {
		t.Error(got)
	}
	if got := ReprList([]string{"a", "it's"}); got != `['a', "it's"]` {
		t.Error(got)
	}
}
