package browser_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"slapmonitor/pkg/webapp"
)

// A liar is a monitor whose documents are not what they should be. It serves the
// interface too, so that nothing but the documents can go wrong.
type liar struct {
	*httptest.Server
	mu        sync.Mutex
	documents map[string]string
}

func newLiar(t *testing.T) *liar {
	t.Helper()
	l := &liar{documents: map[string]string{}}
	app := webapp.Handler()
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		text, ok := l.documents[r.URL.Path]
		l.mu.Unlock()
		switch {
		case strings.HasPrefix(r.URL.Path, "/app/"):
			app.ServeHTTP(w, r)
		case ok:
			w.Header().Set("Content-Type", "text/html") // whatever it says
			_, _ = w.Write([]byte(text))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *liar) say(path, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.documents[path] = text
}

// instance names an instance of the liar in its OPML; its documents are below
// /NAME.
func (l *liar) opml(names ...string) string {
	var b strings.Builder
	b.WriteString(`<opml version="1.1"><head><title>&lt;img src=x onerror=hack()&gt;</title></head><body>`)
	for _, name := range names {
		fmt.Fprintf(&b, `<outline title="%s" xmlUrl="%s/%s/public/feed" url="%s/%s/share/private/"/>`, name, l.URL, name, l.URL, name)
	}
	b.WriteString("</body></opml>")
	return b.String()
}

const attack = `<script>window.hacked=1</script><img src=x onerror="window.hacked=1"><svg/onload="window.hacked=1">`

func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

func feed(base, title string, items ...string) string {
	return fmt.Sprintf(`<rss version="2.0"><channel><title>%s</title><description>x</description><lastBuildDate>Sun, 22 Nov 2026 00:00:00 +0000</lastBuildDate>%s</channel></rss>`,
		title, strings.Join(items, ""))
}

func item(base, name, status, message string) string {
	return fmt.Sprintf(`<item><category>%s</category><source url="%s/share/public/">%s</source><comments>%s</comments><pubDate>Sun, 22 Nov 2026 00:00:00 +0000</pubDate></item>`,
		status, base, name, message)
}

func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	l := newLiar(t)
	long := strings.Repeat("word ", 1000)
	good := `{"portal_type":"Software Instance","title":%q,"specialise_title":"x","status":"OK","date":"2026-11-22T00:00:00+0000","aggregate_reference":"C","parameters":[],"_links":{"private_url":{"href":"javascript:alert(1)"}}}`
	l.say("/public/feeds", l.opml("markup", "control", "twin1", "twin2", "cutfeed", "htmlfeed", "badjson", "wrongtypes", "empty"))

	say := func(name, title string, items ...string) {
		l.say("/"+name+"/public/feed", feed(l.URL+"/"+name, title, items...))
		l.say("/"+name+"/share/private/monitor.global.json", fmt.Sprintf(good, html.UnescapeString(title)))
	}
	say("markup", escaped(attack), item(l.URL+"/markup", escaped(attack), "ERROR", escaped(attack)+" "+long), item("javascript:alert(1)", "evil-link", escaped(attack), "see javascript:alert(1) and https://ok.example/"))
	say("control", "con&#x202e;trol&#8203;", item(l.URL+"/control", "a&#x7;b&#x1b;[31m", "OK", "\x00bell\x07"))
	say("twin1", "Twin", item(l.URL+"/twin1", "same", "OK", "first"), item(l.URL+"/twin1", "same", "ERROR", "second"))
	say("twin2", "Twin", item(l.URL+"/twin2", "same", "OK", "third"))
	say("cutfeed", "Cut")
	l.say("/cutfeed/public/feed", strings.TrimSuffix(feed("", "Cut", item(l.URL+"/cutfeed", "before-the-cut", "OK", "")), "</channel></rss>")+"<item><source")
	say("htmlfeed", "Html")
	l.say("/htmlfeed/public/feed", "<!DOCTYPE html><html><body>Please sign in</body></html>")
	say("badjson", "Json", item(l.URL+"/badjson", "fine", "OK", ""))
	l.say("/badjson/share/private/monitor.global.json", `{"status": "OK", `)
	say("wrongtypes", "Types", item(l.URL+"/wrongtypes", "typed", "OK", ""))
	l.say("/wrongtypes/share/private/monitor.global.json", `{"status":{"a":1},"date":[],"title":5,"state":"x","parameters":{"a":1},"_links":[],"data":7,"_embedded":"y"}`)
	l.say("/empty/public/feed", "")
	l.say("/wrongtypes/share/public/typed.history.json", `{"data":[{"status":5,"date":"2026-11-22T00:00:00+0000","message":{"a":"b"}},null,"x"]}`)

	b := open(t, nil)
	b.goTo(l.URL + "/app/#page=ojsm_landing&url=" + l.URL + "/public/feeds&username=a&password=b")
	b.sees("h1", "Promises")
	b.until("the end of the synchronisation", `!document.querySelector('[role=progressbar]')`)
	for _, want := range []string{attack[:30], "evil-link", "first", "second", "third", "before-the-cut", "fine", "typed"} {
		b.sees(".table-body", want)
	}
	b.shot("hostile-promises")
	b.accessible("hostile promises")

	b.follow("#/sync")
	for name, says := range map[string]string{
		"Cut": "not well-formed XML", "Html": "not RSS but <html>", "Json": "not valid JSON", "5": "no status that is known", "empty": "not an XML document",
	} {
		b.until(name+": "+says, `[...document.querySelectorAll('.problem')].some(e => e.innerText.startsWith(%s) && e.innerText.includes('Bad document') && e.innerText.includes(%s))`, quote(name), quote(says))
	}
	b.shot("hostile-sync")

	// Every page of everything that came from there.
	pages := js[[]string](b, "%s", `(async () => {
		const seen = new Set(), queue = ['#/promises', '#/instances', '#/subscriptions', '#/configurations', '#/transfer'];
		while (queue.length) {
			const place = queue.shift();
			if (seen.has(place) || seen.size > 80) continue;
			seen.add(place);
			location.hash = place;
			await new Promise(r => setTimeout(r, 60));
			for (const a of document.querySelectorAll('main a')) {
				const h = a.getAttribute('href');
				if (h.startsWith('#/')) queue.push(h);
				else if (!/^https?:/.test(h)) throw new Error('a link to ' + h);
			}
			if (!document.querySelector('main').innerText.trim()) throw new Error('blank page ' + place);
			if (document.querySelector('main').innerText.includes('Something in this page failed')) throw new Error('failed page ' + place);
		}
		return [...seen];
	})()`)
	if len(pages) < 30 {
		t.Errorf("only %d pages were seen: %q", len(pages), pages)
	}
	if js[bool](b, `window.hacked === 1 || document.querySelector('main script, main img') !== null`) {
		t.Error("a document was taken for a program")
	}

	// A huge feed neither blocks the page nor the other instances.
	var huge []string
	for i := range 30_000 {
		huge = append(huge, item(l.URL+"/twin2", fmt.Sprintf("p%d", i), "OK", "some message of usual length about a service that answers"))
	}
	l.say("/twin2/public/feed", feed("", "Twin", huge...))
	b.follow("#/sync")
	b.click("main button", "Synchronise now")
	b.until("the huge feed", `!document.querySelector('[role=progressbar]') && document.querySelector('.panel .n').innerText.startsWith('30,0')`)

	// The OPML itself breaks: everything stays, and the problem is told.
	l.say("/public/feeds", "<opml><head")
	b.click("main button", "Synchronise now")
	b.sees(".problem", "not well-formed XML, line 1: the tag <head> is not well formed")
	b.follow("#/instances")
	b.until("the instances that were known", `document.querySelectorAll('.table-body .row').length === 9`)
}

// A monitor that answers, but not to pages of this origin, is neither down nor
// badly certified.
func TestOriginRefused(t *testing.T) {
	t.Parallel()
	closed := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("x")) }))
	t.Cleanup(closed.Close)
	l := newLiar(t)
	l.say("/public/feeds", fmt.Sprintf(`<opml><head><title>T</title></head><body><outline title="Closed" xmlUrl="%s/public/feed"/><outline title="Plain" xmlUrl="http://127.0.0.2:1/public/feed"/></body></opml>`, closed.URL))

	b := open(t, []string{pinOfKey(closed.Certificate())})
	b.goTo(l.URL + "/app/#page=ojsm_landing&url=" + l.URL + "/public/feeds&username=a&password=b")
	b.click("button", "Save anyway")
	b.sees("h1", "Promises")
	b.until("the end of the synchronisation", `!document.querySelector('[role=progressbar]')`)
	b.follow("#/sync")
	b.sees(".problem", "Closed: Does not allow this application")
	b.sees(".problem", "Plain: Not encrypted")
}
