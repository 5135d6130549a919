package dav

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/webdav"
)

func TestParse(t *testing.T) {
	e, err := parse([]byte(`<?xml version="1.0"?><!-- c -->
<D:a xmlns:D="DAV:" xmlns="u:default" xml:lang="de"><b x="1" D:y="&lt;2"/>text &amp; more<D:c xmlns:D="u:other">in</D:c></D:a>`))
	if err != nil {
		t.Fatal(err)
	}
	if e.name != davName("a") || e.lang != "de" || len(e.children) != 2 {
		t.Fatalf("%+v", e)
	}
	b, c := e.children[0], e.children[1]
	if b.name != (xml.Name{Space: "u:default", Local: "b"}) || b.lang != "de" || c.name != (xml.Name{Space: "u:other", Local: "c"}) || string(c.raw) != "in" {
		t.Errorf("%+v %+v", b, c)
	}
	want := `<N:b xmlns:N="u:default" x="1" xmlns:AB="DAV:" AB:y="&lt;2"></N:b>text &amp; more<N:c xmlns:N="u:other">in</N:c>`
	if diff := cmp.Diff(want, string(e.raw)); diff != "" {
		t.Error(diff)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "<a", "<a>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>", "<p:a/>", `<a xmlns:p=""/>`, `<a p:x="1"/>`, "<!DOCTYPE a><a/>",
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, "<a>&b;</a>", "<a:b:c/>", "<a b/>", "\xff<a/>",
		strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1),
		"<a" + strings.Repeat(` b="c"`, maxAttributes+1) + "/>",
	} {
		if e, err := parse([]byte(text)); err == nil {
			t.Errorf("%.60q: %+v", text, e)
		}
	}
}

// The work is in proportion to the body, whatever is in it.
func TestParseIsLinear(t *testing.T) {
	for name, text := range map[string]string{
		"siblings": "<a>" + strings.Repeat("<b/>", 200_000) + "</a>",
		"prefixes": "<a>" + strings.Repeat(`<b xmlns:p="u:p"/>`, 50_000) + "</a>",
		"comments": "<a>" + strings.Repeat("x<!---->", 100_000) + "</a>",
		"depth":    strings.Repeat("<a>"+strings.Repeat("x", 15_000), maxDepth) + strings.Repeat("</a>", maxDepth),
	} {
		start := time.Now()
		if _, err := parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s takes %v", name, took)
		}
	}
}

func TestParseIf(t *testing.T) {
	token := func(s string) webdav.Condition { return webdav.Condition{Token: s} }
	for _, c := range []struct {
		header string
		want   ifHeader
	}{
		{"", nil},
		{"(<a:1>)", ifHeader{{"", []webdav.Condition{token("a:1")}}}},
		{" ( <a:1> ) ", ifHeader{{"", []webdav.Condition{token("a:1")}}}},
		{`(<a:1> ["e"])(Not <a:2>)`, ifHeader{{"", []webdav.Condition{token("a:1"), {ETag: `"e"`}}}, {"", []webdav.Condition{{Not: true, Token: "a:2"}}}}},
		{`(Not["e"])`, ifHeader{{"", []webdav.Condition{{Not: true, ETag: `"e"`}}}}},
		{`<https://h/x> (<a:1>) (["e"]) <https://h/y> (<a:2>)`, ifHeader{{"https://h/x", []webdav.Condition{token("a:1")}}, {"https://h/x", []webdav.Condition{{ETag: `"e"`}}}, {"https://h/y", []webdav.Condition{token("a:2")}}}},
	} {
		got, err := parseIf([]string{c.header})
		if err != nil {
			t.Errorf("%s: %v", c.header, err)
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(ifList{})); diff != "" {
			t.Errorf("%s: %s", c.header, diff)
		}
	}
	for _, bad := range []string{"x", "()", "(", "(<a:1>", "(<>)", "([])", "(<a:1)", "(Not)", "(Not Not <a:1>)", "<https://h/x>", "<https://h/x> <https://h/y> (<a:1>)", "(<a:1>) <https://h/x> (<a:2>)", "(<a:1>) x", "(x)", "<> (<a:1>)", "(" + strings.Repeat("<a:1> ", maxConditions+1) + ")"} {
		if got, err := parseIf([]string{bad}); err == nil {
			t.Errorf("%.60s: %+v", bad, got)
		}
	}
}

func TestParseTimeout(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": time.Hour, "Infinite": time.Hour, "Second-60": time.Minute, "Second-4100000000": time.Hour, "Infinite, Second-30": 30 * time.Second,
		"Second-0": time.Hour, "Second--1": time.Hour, "Second-99999999999999999999": time.Hour, "x": time.Hour, "Second-5,Second-6": 5 * time.Second,
	} {
		if got := parseTimeout(header); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func TestHref(t *testing.T) {
	for path, want := range map[string]string{
		"/share/a b": "/share/a%20b", "/é": "/%c3%a9", "/a&b<c>'\"": "/a&amp;b%3cc%3e'%22", "/(x)!*,;:@=+$~": "/(x)!*,;:@=+$~", "/%#?": "/%25%23%3f",
	} {
		if got := string(appendHref(nil, path)); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// What an earlier server kept may be damaged, or from a time when the clock was
// wrong: no lock is for ever.
func TestKeptLocks(t *testing.T) {
	folder := t.TempDir()
	text := `[null, {"token":"a","path":"/a","expires":"2999-01-01T00:00:00Z"}, {"token":"b","path":"/b","expires":"2001-01-01T00:00:00Z"}]`
	if err := os.WriteFile(filepath.Join(folder, "webdav-locks.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := openLocks(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.covering("/a")) != 1 || len(l.covering("/b")) != 0 {
		t.Error("live and expired ones")
	}
	now := time.Now().Add(maxLockTime + time.Second)
	l.now = func() time.Time { return now }
	if len(l.covering("/a")) != 0 {
		t.Error("a lock for a thousand years")
	}
}

// A lock expires, and then is in nobody's way.
func TestLockExpires(t *testing.T) {
	l, err := openLocks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	l.now = func() time.Time { return now }
	one := &Lock{Path: "/a", Infinite: true, Timeout: time.Minute}
	if err := l.add(one); err != nil {
		t.Fatal(err)
	}
	if len(l.covering("/a/b")) != 1 || len(l.covering("/ab")) != 0 || len(l.covering("/")) != 0 || len(l.below("/")) != 0 {
		t.Error("a deep lock covers what it should not, or does not what it should")
	}
	if !l.conflicts(&Lock{Path: "/a/b", Shared: true}) || l.conflicts(&Lock{Path: "/ab"}) {
		t.Error("conflicts")
	}
	now = now.Add(59 * time.Second)
	if err := l.refresh(one, time.Minute); err != nil {
		t.Fatal(err)
	}
	now = now.Add(59 * time.Second)
	if len(l.covering("/a")) != 1 {
		t.Error("a refreshed lock expired")
	}
	now = now.Add(2 * time.Second)
	if len(l.covering("/a")) != 0 || l.conflicts(&Lock{Path: "/a"}) {
		t.Error("an expired lock is in the way")
	}
	if err := l.add(&Lock{Path: "/b", Timeout: time.Minute}); err != nil || len(l.list) != 1 {
		t.Errorf("expired locks are kept: %v %d", err, len(l.list))
	}
}

func FuzzParseXML(f *testing.F) {
	for _, s := range []string{
		`<D:propfind xmlns:D="DAV:"><D:prop><D:x/></D:prop></D:propfind>`, `<a xmlns="u"><b xmlns=""/>t</a>`, "<a>&#13;&quot;</a>", `<a x='"'/>`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := parse(data)
		if err != nil {
			return
		}
		// What is kept of a body can be put into any answer.
		out := append([]byte(`<D:r xmlns:D="DAV:">`), e.raw...)
		out = append(out, "</D:r>"...)
		again, err := parse(out)
		if err != nil {
			t.Fatalf("%q became %q: %v", data, out, err)
		}
		if !bytes.Equal(again.raw, e.raw) && len(again.children) != len(e.children) {
			t.Fatalf("%q became %q", e.raw, again.raw)
		}
		if _, err := parseQuery(data); err != nil && statusOf(err) != http.StatusBadRequest {
			t.Fatal(err)
		}
		parseLockInfo(data)
	})
}

func FuzzParseIf(f *testing.F) {
	for _, s := range []string{`(<a:1> ["e"])(Not <a:2>)`, `<https://h/x> (<a:1>)`, "(Not", "(<"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		list, err := parseIf([]string{header})
		if err != nil {
			return
		}
		for _, l := range list {
			if len(l.conditions) == 0 {
				t.Fatalf("%q has an empty list", header)
			}
			for _, c := range l.conditions {
				if (c.Token == "") == (c.ETag == "") {
					t.Fatalf("%q: %+v", header, c)
				}
			}
		}
	})
}
