package publish

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// opmlDocument is an OPML as an XML parser sees it.
type opmlDocument struct {
	XMLName  xml.Name      `xml:"opml"`
	Version  string        `xml:"version,attr"`
	Title    string        `xml:"head>title"`
	Created  string        `xml:"head>dateCreated"`
	Modified string        `xml:"head>dateModified"`
	Outlines []opmlOutline `xml:"body>outline>outline"`
}

type opmlOutline struct {
	Attributes []xml.Attr `xml:",any,attr"`
}

func (o opmlOutline) attr(name string) string {
	for _, a := range o.Attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func parseOPML(t *testing.T, data []byte) *opmlDocument {
	t.Helper()
	var o opmlDocument
	if err := xml.Unmarshal(data, &o); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return &o
}

func readOPML(t *testing.T, p *Publisher) *opmlDocument {
	t.Helper()
	return parseOPML(t, []byte(get(t, filepath.Join(p.Conf.PublicFolder, "feeds"))))
}

func TestOPMLOutlines(t *testing.T) {
	p := newPublisher(t)
	run(t, p)
	o := readOPML(t, p)
	if o.Version != "1.1" || o.Title != "Big Tree" {
		t.Errorf("version %q, title %q", o.Version, o.Title)
	}
	var urls []string
	for _, line := range o.Outlines {
		var names []string
		for _, a := range line.Attributes {
			names = append(names, a.Name.Local)
		}
		if got := strings.Join(names, " "); got != "text title type version htmlUrl xmlUrl url" {
			t.Errorf("attributes %s", got)
		}
		if line.attr("xmlUrl") != strings.Replace(line.attr("url"), "/share/private/", "/public/feed", 1) {
			t.Errorf("addresses %s and %s", line.attr("xmlUrl"), line.attr("url"))
		}
		urls = append(urls, line.attr("url"))
	}
	want := []string{ // given twice or no address: left out
		"https://[2001:db8::1]:8196/share/private/",
		"https://[2001:db8::2]:8196/share/private/",
		"https://[2001:db8::3]:8196/share/private/",
	}
	if d := cmp.Diff(want, urls); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestOPMLDates(t *testing.T) {
	p := newPublisher(t)
	run(t, p)
	first := readOPML(t, p)
	later := noon.Add(time.Hour)
	p.Now = func() time.Time { return later }
	run(t, p)
	if d := cmp.Diff(first, readOPML(t, p)); d != "" {
		t.Errorf("dates moved without reason\n%s", d)
	}
	p.Conf.MonitorURLs = nil
	run(t, p)
	last := readOPML(t, p)
	if last.Created != first.Created || last.Modified != "Thu, 19 Mar 2026 11:01:00 +0000" {
		t.Errorf("created %s, modified %s", last.Created, last.Modified)
	}
}

func TestChildrensTitles(t *testing.T) {
	answer := func(status int, body string) *httptest.Server {
		s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/public/monitor.global.json" {
				status = http.StatusNotFound
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(s.Close)
		return s
	}
	good := answer(200, `{"title":" Back\nend <1>","status":"OK"}`)
	servers := []*httptest.Server{
		good,
		answer(404, `{"title":"x"}`),
		answer(200, `no json`),
		answer(200, `{"title":""}`),
		answer(200, `{"title":"`+strings.Repeat("x", titleBytes)+`"}`),
	}
	p := newPublisher(t)
	p.Titles = nil
	p.Conf.MonitorURLs = []string{"https://127.0.0.1:1"}
	for _, s := range servers {
		p.Conf.MonitorURLs = append(p.Conf.MonitorURLs, s.URL)
	}
	run(t, p)
	var titles []string
	for _, o := range readOPML(t, p).Outlines[1:] {
		titles = append(titles, strings.Split(o.attr("title"), " 127")[0])
	}
	unknown := "Unknown Instance"
	if d := cmp.Diff([]string{unknown, "Back end <1>", unknown, unknown, unknown, unknown}, titles); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// A child that hangs costs the pass no more than its time, and nothing else.
func TestChildThatHangs(t *testing.T) {
	p := newPublisher(t)
	p.Titles = func(ctx context.Context, _ string) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if n := len(readOPML(t, p).Outlines); n != 3 {
		t.Errorf("%d outlines", n)
	}
}

func TestTitlesAreRemembered(t *testing.T) {
	p := newPublisher(t)
	asked, up := map[string]int{}, true
	p.Conf.MonitorURLs = []string{"https://a"}
	p.Titles = func(_ context.Context, base string) (string, error) {
		asked[base]++
		if !up {
			return "", errors.New("down")
		}
		return "A", nil
	}
	at := noon
	p.Now = func() time.Time { return at }
	step := func(after time.Duration, wantAsked int) {
		t.Helper()
		at = at.Add(after)
		run(t, p)
		if asked["https://a"] != wantAsked {
			t.Errorf("at %v: asked %d times, want %d", at, asked["https://a"], wantAsked)
		}
		if got := readOPML(t, p).Outlines[1].attr("title"); got != "A" {
			t.Errorf("at %v: title %q", at, got)
		}
	}
	step(0, 1)
	step(time.Minute, 1)
	step(titleAge, 2)
	up = false
	step(titleAge, 3)
	step(time.Minute, 3)
	step(titleRetry, 4)
	step(-24*time.Hour, 5) // the clock is set back
	p.Conf.MonitorURLs = nil
	run(t, p)
	if mem := p.recall(at); len(mem.Children) != 0 {
		t.Errorf("a child that is gone is remembered: %v", mem.Children)
	}
}

// What is in the OPML, everybody may read.
func TestAddressesWithCredentialsAreLeftOut(t *testing.T) {
	var log bytes.Buffer
	p := newPublisher(t)
	p.Log = slog.New(slog.NewTextHandler(&log, nil))
	p.Conf.MonitorURLs = []string{"https://admin:sesame@[2001:db8::3]:8196", "admin:sesame@x", "https://[2001:db8::2]:8196"}
	run(t, p)
	for name, text := range map[string]string{
		"OPML": get(t, filepath.Join(p.Conf.PublicFolder, "feeds")), "log": log.String(),
		"state": get(t, filepath.Join(p.Conf.PrivateFolder, "monitor.global.json")),
	} {
		if strings.Contains(text, "sesame") || !strings.Contains(text, "[2001:db8::") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// The first OPML is there before sub-instances, which may hang, have answered.
func TestOPMLIsThereAtOnce(t *testing.T) {
	p := newPublisher(t)
	var seen bool
	p.Titles = func(context.Context, string) (string, error) {
		text := get(t, filepath.Join(p.Conf.PublicFolder, "feeds"))
		seen = strings.Contains(text, "Unknown Instance")
		return "T", nil
	}
	p.Conf.MonitorURLs = []string{"https://[2001:db8::2]:8196"}
	run(t, p)
	if !seen {
		t.Error("there is no OPML yet while a sub-instance is asked")
	}
}
