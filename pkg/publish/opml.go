package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"net/url"
	"slices"
	"time"

	"slapmonitor/pkg/document"
)

// outline is one monitored instance in the OPML.
type outline struct{ title, base string }

// opml is public/feeds: OPML 1.1 with this instance first and the
// sub-instances after it in their given order, because clients know an outline
// by its position. The attributes are those of contract/stack.md 1.7, no more;
// clients take private documents from url.
func (p *Publisher) opml(mem *memory, now time.Time) []byte {
	var body xmlWriter
	body.raw(`<body><outline text="Monitoring RSS Feed list">`)
	for _, o := range p.outlines(mem) {
		body.raw("<outline")
		for _, a := range [][2]string{
			{"text", o.title}, {"title", o.title}, {"type", "rss"}, {"version", "RSS"}, {"htmlUrl", ""},
			{"xmlUrl", o.base + "/public/feed"}, {"url", o.base + "/share/private/"},
		} {
			body.attribute(a[0], a[1])
		}
		body.raw("/>")
	}
	body.raw("</outline></body>")

	tree := title(p.Conf.RootTitle)
	digest := sha256.Sum256(append([]byte(tree+"\x00"), body.Bytes()...))
	if d := hex.EncodeToString(digest[:]); d != mem.Outlines {
		mem.Outlines, mem.Modified = d, now.UTC().Truncate(time.Second)
	}
	var b xmlWriter
	b.raw(xml.Header, `<opml version="1.1"><head>`)
	b.element("title", tree)
	b.element("dateCreated", document.FeedDate(mem.Created))
	b.element("dateModified", document.FeedDate(mem.Modified))
	b.raw("</head>", body.String(), "</opml>\n")
	return b.Bytes()
}

func (p *Publisher) outlines(mem *memory) []outline {
	list := []outline{{title(p.Conf.Title), p.Conf.BaseURL}}
	for _, base := range p.children() {
		list = append(list, outline{mem.titleOf(base), base})
	}
	return list
}

// children are the sub-instances' base URLs without repetition. What is not a
// web address, or holds a password, is left out: other instances publish these
// values, one that is not ready publishes anything, and the list is public.
func (p *Publisher) children() (list []string) {
	for _, base := range p.Conf.MonitorURLs {
		if isAddress(base) && base != p.Conf.BaseURL && !slices.Contains(list, base) {
			list = append(list, base)
		}
	}
	return list
}

func isAddress(base string) bool {
	u, err := url.Parse(base)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}
