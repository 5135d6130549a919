package templates

import (
	"strings"
	"testing"
)

func TestNamesAreChecked(t *testing.T) {
	context := Context{"a": "A", "list": []map[string]string{{"k": "v"}}, "m": map[string]string{"k": "v"}}
	for _, c := range []struct{ text, want, err string }{
		{"{{ a }}", "A", ""},
		{"{% for x in list %}{{ x.k }}{% endfor %}", "v", ""},
		{"{{ m.k }}", "v", ""},
		{"{% set x = a %}{{ x }}", "A", ""},
		{"{% for x in list %}{{ forloop.Counter }}{% endfor %}", "1", ""},
		{"{{ ghost }}", "", "ghost is not defined"},
		{"{{ m.ghost }}", "", "m.ghost is not defined"},
		{"{% if false %}{{ ghost }}{% endif %}", "", "ghost is not defined"},
		{"{% for x in ghosts %}{% endfor %}", "", "ghosts is not defined"},
		{"{% if ghost %}{% endif %}", "", "ghost is not defined"},
		{"{{ a|default:ghost }}", "", "ghost is not defined"},
		{"{% set x = ghost %}", "", "ghost is not defined"},
	} {
		got, err := RenderText("t", c.text, context)
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: got %q, %v; want error %q", c.text, got, err, c.err)
		case c.err == "" && (err != nil || string(got) != c.want):
			t.Errorf("%s: got %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

func TestNothingIsEscapedAndNoFileIsRead(t *testing.T) {
	got, err := RenderText("t", "{{ a }}", Context{"a": "<&'\">"})
	if err != nil || string(got) != "<&'\">" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, text := range []string{`{% include "monitor.conf" %}`, `{% ssi "/etc/passwd" %}`, `{% extends "monitor.conf" %}`} {
		if _, err := RenderText("t", text, Context{}); err == nil {
			t.Errorf("%s was rendered", text)
		}
	}
}

func TestVersionIsStable(t *testing.T) {
	if v := Version(); !strings.HasPrefix(v, Release+"-") || v != Version() {
		t.Errorf("version %q", v)
	}
}
