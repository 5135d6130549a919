package publish

import (
	"bytes"
	"encoding/xml"
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
	b.Grow(1024 + 1024*len(s.promises))
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

// item is one promise. Clients skip the first line of the description, so it
// is empty, and show the rest as HTML, so markup in it is escaped once more.
// The 2017 client reads the plain message from comments. The guid changes when
// the status does: a reader then shows the change as news.
func (b *xmlWriter) item(base string, r *result) {
	name := title(r.name)
	b.raw("<item>")
	b.element("title", "["+r.status+"] "+name)
	b.element("link", base+"/share/private/")
	b.element("category", r.status)
	b.raw("<source")
	b.attribute("url", base+"/share/public/")
	b.raw(">")
	b.text(name)
	b.raw("</source>")
	b.element("description", "\n"+asHTML.Replace(r.message))
	b.element("comments", r.message)
	b.element("pubDate", document.FeedDate(r.since))
	b.raw(`<guid isPermaLink="false">`)
	b.text(base + "/public/feed#" + name + "@" + document.Date(r.since))
	b.raw("</guid></item>\n")
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
	if isPlain(s) && !strings.ContainsAny(s, "<>&\"'\n\t") {
		b.WriteString(s)
		return
	}
	_ = xml.EscapeText(&b.Buffer, []byte(s)) // a buffer takes everything
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
