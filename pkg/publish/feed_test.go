package publish

import (
	"encoding/xml"
	"html"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

// rss is a feed as an XML parser sees it.
type rss struct {
	Version string `xml:"version,attr"`
	Channel struct {
		Title         string `xml:"title"`
		Description   string `xml:"description"`
		LastBuildDate string `xml:"lastBuildDate"`
		Self          struct {
			Href string `xml:"href,attr"`
			Rel  string `xml:"rel,attr"`
		} `xml:"http://www.w3.org/2005/Atom link"`
		Items []struct {
			Title       string `xml:"title"`
			Category    string `xml:"category"`
			Description string `xml:"description"`
			Comments    string `xml:"comments"`
			PubDate     string `xml:"pubDate"`
			Source      struct {
				URL  string `xml:"url,attr"`
				Name string `xml:",chardata"`
			} `xml:"source"`
			GUID struct {
				IsPermaLink string `xml:"isPermaLink,attr"`
				Value       string `xml:",chardata"`
			} `xml:"guid"`
		} `xml:"item"`
	} `xml:"channel"`
}

func parseFeed(t *testing.T, data []byte) *rss {
	t.Helper()
	var r rss
	if err := xml.Unmarshal(data, &r); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return &r
}

func TestFeedHasWhatClientsNeed(t *testing.T) {
	p := newPublisher(t)
	run(t, p)
	r := parseFeed(t, []byte(get(t, p.Conf.PublicFolder+"/feed")))
	c := r.Channel
	if r.Version != "2.0" || c.Title != `Frontend <one> & "two"` || c.Description != "Big Tree" {
		t.Errorf("version %q, title %q, description %q", r.Version, c.Title, c.Description)
	}
	if c.Self.Rel != "self" || c.Self.Href != "https://[2001:db8::1]:8196/public/feed" {
		t.Errorf("self link %+v", c.Self)
	}
	if _, err := time.Parse(document.FeedLayout, c.LastBuildDate); err != nil {
		t.Error(err)
	}
	var names []string
	guids := map[string]bool{}
	for _, i := range c.Items {
		names = append(names, i.Source.Name)
		guids[i.GUID.Value] = true
		if i.Title != "["+i.Category+"] "+i.Source.Name {
			t.Errorf("title %q of %s", i.Title, i.Source.Name)
		}
		if i.Source.URL != "https://[2001:db8::1]:8196/share/public/" || i.GUID.IsPermaLink != "false" {
			t.Errorf("%s: source %q, permalink %q", i.Source.Name, i.Source.URL, i.GUID.IsPermaLink)
		}
		if !strings.HasPrefix(i.Description, "\n") || html.UnescapeString(i.Description[1:]) != i.Comments {
			t.Errorf("%s: description %q, comments %q", i.Source.Name, i.Description, i.Comments)
		}
		if _, err := time.Parse(document.FeedLayout, i.PubDate); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(names, " "); got != "a-warning head ours seed.sh torn waiting" {
		t.Errorf("order %s", got)
	}
	if len(guids) != len(c.Items) {
		t.Errorf("%d guids for %d items", len(guids), len(c.Items))
	}
}

func TestFeedOfNoPromises(t *testing.T) {
	p := newPublisher(t)
	s := p.summarize([]result{}, noon, noon)
	if r := parseFeed(t, p.feed(s)); r.Channel.LastBuildDate != "Thu, 19 Mar 2026 10:01:00 +0000" {
		t.Errorf("lastBuildDate %q", r.Channel.LastBuildDate)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain\n\ttext":           "plain\n\ttext",
		"a\x00b\x1b[31mc\r\n":     "ab[31mc\n",
		"é\u0085\ufffe\uffff":     "é",
		"bad \xff byte":           "bad \uFFFD byte",
		strings.Repeat("é", 5000): strings.Repeat("é", maxMessage/2) + "…",
	} {
		if got := clean(in, maxMessage); got != want {
			t.Errorf("%.40q: got %.40q, want %.40q", in, got, want)
		}
	}
	if got := title(" a \n b\tc "); got != "a b c" {
		t.Errorf("title %q", got)
	}
}

// Whatever titles and messages hold, feed and OPML are sound XML that says
// what was meant.
func FuzzXML(f *testing.F) {
	f.Add("name", "message", "title")
	f.Add("<script>", "]]>&amp;<!--\x00\xff", "\"'><x>\r\n")
	f.Add("😀", "\ufffe\uffff\u2028", strings.Repeat("long ", 100))
	f.Fuzz(func(t *testing.T, name, message, heading string) {
		p := &Publisher{Conf: &monitorconf.Config{Title: heading, RootTitle: heading, BaseURL: "https://h"}, Log: slog.New(slog.DiscardHandler)}
		s := p.summarize([]result{{name: name, status: "OK", message: message, date: noon, since: noon}}, noon, noon)
		r := parseFeed(t, p.feed(s))
		i := r.Channel.Items[0]
		if want := clean(message, maxMessage); i.Comments != want || html.UnescapeString(i.Description) != html.UnescapeString("\n"+asHTML.Replace(want)) {
			t.Errorf("message %q became %q and %q", want, i.Comments, i.Description)
		}
		if strings.Contains(i.Description, "<") || !utf8.ValidString(i.Description) {
			t.Errorf("description %q holds markup", i.Description)
		}
		if r.Channel.Title != title(heading) || i.Source.Name != title(name) {
			t.Errorf("title %q, name %q", r.Channel.Title, i.Source.Name)
		}
		o := parseOPML(t, p.opml(&memory{}, noon))
		if o.Title != title(heading) || o.Outlines[0].attr("text") != title(heading) {
			t.Errorf("OPML %+v", o)
		}
	})
}
