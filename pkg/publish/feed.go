package publish

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"

	"slapmonitor/pkg/document"
)

// feed is public/feed: RSS 2.0, one item per promise, in the order of their
// names because clients know an item by its position
// (contract/app-wire.md 3.2). Channel title and description are the instance's
// and the tree's titles, by which clients join it with the other documents.
func (p *Publisher) feed(s *summary) []byte {
	base := p.Conf.BaseURL
	var b xmlWriter
	b.Grow(p.feedSize(len(s.promises)))
	b.raw(xml.Header, `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>`)
	b.element("title", title(p.Conf.Title))
	b.element("link", base+"/share/private/")
	b.element("description", title(p.Conf.RootTitle))
	b.element("lastBuildDate", document.FeedDate(s.date))
	b.raw(`<atom:link`)
	b.attribute("href", base+"/public/feed")
	b.raw(` rel="self" type="application/rss+xml"/>`)
	for i := range s.promises {
		b.item(base, &s.promises[i])
	}
	b.raw("</channel></rss>\n")
	return b.Bytes()
}

// feedSize is about how long the feed of so many promises is: as the last one.
func (p *Publisher) feedSize(promises int) int {
	if st, err := os.Lstat(filepath.Join(p.Conf.PublicFolder, "feed")); err == nil && st.Size() < maxResult {
		return int(st.Size()) + 4096
	}
	return 1024 + 600*promises
}

// item is one promise. Clients skip the first line of the description, so it
// is empty, and show the rest as HTML, so markup in it is escaped once more.
// The 2017 client reads the plain message from comments. The guid changes when
// the status does: a reader then shows the change as news.
func (b *xmlWriter) item(base string, r *result) {
	name := title(r.name)
	b.raw("<item><title>[", r.status, "] ")
	b.text(name)
	b.raw("</title><link>")
	b.text(base)
	b.raw("/share/private/</link><category>", r.status, `</category><source url="`)
	b.text(base)
	b.raw(`/share/public/">`)
	b.text(name)
	b.raw("</source><description>&#xA;")
	b.text(asHTML.Replace(r.message))
	b.raw("</description>")
	b.element("comments", r.message)
	b.raw("<pubDate>", document.FeedDate(r.since), `</pubDate><guid isPermaLink="false">`)
	b.text(base)
	b.raw("/public/feed#")
	b.text(name)
	b.raw("@", document.Date(r.since), "</guid></item>\n")
}

var asHTML = strings.NewReplacer("&", "&amp;", "<", "&lt;")

// xmlWriter writes XML by hand, which is ten times cheaper than reflection and
// gives control over white space; all escaping is encoding/xml's.
type xmlWriter struct{ bytes.Buffer }

func (b *xmlWriter) raw(parts ...string) {
	for _, s := range parts {
		b.WriteString(s)
	}
}

func (b *xmlWriter) text(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '<' || c == '>' || c == '&' || c == '"' || c == '\'' {
			_ = xml.EscapeText(&b.Buffer, []byte(s)) // a buffer takes everything
			return
		}
	}
	b.WriteString(s)
}

func (b *xmlWriter) element(name, text string) {
	b.raw("<", name, ">")
	b.text(text)
	b.raw("</", name, ">")
}

func (b *xmlWriter) attribute(name, value string) {
	b.raw(" ", name, `="`)
	b.text(value)
	b.raw(`"`)
}
