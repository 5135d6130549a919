package standalone_test

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"slapmonitor/pkg/webapp"
)

// What a newcomer sees within a minute after "make run".
func TestServed(t *testing.T) {
	t.Parallel()
	d := example(t, "[monitor-conf-parameters]\nunknown-key = tolerated\n")
	before := time.Now().Truncate(time.Second)
	s := d.well()
	c := s.client()
	t.Run("terminal", func(t *testing.T) { checkTerminal(t, s, c) })
	t.Run("access", func(t *testing.T) { checkAccess(t, c) })
	t.Run("feed", func(t *testing.T) { checkFeed(t, c, before) })
	t.Run("feeds", func(t *testing.T) { checkFeeds(t, c) })
	t.Run("promise", func(t *testing.T) { checkPromise(t, c, before) })
	t.Run("report", func(t *testing.T) { checkReport(t, c) })
	t.Run("global state", func(t *testing.T) { checkGlobal(t, c, before) })
	t.Run("WebDAV", func(t *testing.T) { checkDAV(t, c) })
	t.Run("paths", func(t *testing.T) {
		for _, path := range []string{"/private/example-private/", "/public/example-public/", "/private/log/"} {
			c.get(path)
		}
	})
	if !strings.Contains(d.read(d.partition("etc/monitor.conf")), "unknown-key = tolerated") {
		t.Error("the unknown key did not reach monitor.conf: its toleration was not tested")
	}
}

func checkTerminal(t *testing.T, s *session, c *client) {
	// The monitor's own interface, where "make build" built it in.
	page := "https://monitor.app.officejs.com/#page=ojsm_landing"
	if webapp.Built() {
		page = c.base + "/app/#page=ojsm_landing"
	}
	for name, want := range map[string]string{
		"base URL": c.base,
		"feed URL": c.base + "/public/feed",
		"user":     "admin",
		"password": "in " + s.partition("etc/.monitor-password"),
		// page= comes first, then plain values in this order: parsers split on & and =
		"setup URL": page + "&url=" + c.base + "/public/feeds&username=admin&password=" + c.password,
	} {
		if got := s.line(`^  ` + name + ` +(.*)$`)[1]; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if len(c.password) < 16 {
		t.Errorf("the password has %d characters", len(c.password))
	}
}

func checkAccess(t *testing.T, c *client) {
	for _, r := range []struct {
		method, path string
		anonymous    bool
		want         int
	}{
		{"GET", "/", true, 401}, {"GET", "/", false, 200},
		{"GET", "/private/monitor.global.json", true, 401},
		{"GET", "/share/private/", true, 401}, {"GET", "/share/private/", false, 200},
		{"GET", "/public/feeds", true, 200},
		{"GET", "//public//feeds", true, 200},
		{"GET", "/share/private//monitor.global.json", false, 200},
		{"GET", "/private/absent", false, 404},
		{"GET", "/private/../etc/.monitor-password", false, 403},
		{"PUT", "/share/public/feed", true, 401},
	} {
		if a := c.ask(r.method, r.path, "", r.anonymous); a.status != r.want {
			t.Errorf("%s %s (anonymous %v): %d, want %d", r.method, r.path, r.anonymous, a.status, r.want)
		}
	}
	wrong := *c
	wrong.password = "wrong"
	if a := wrong.ask("GET", "/", "", false); a.status != 401 {
		t.Errorf("a wrong password: %d", a.status)
	}
	origin := "https://monitor.app.officejs.com"
	a := c.ask("OPTIONS", "/share/private/config/.jio_documents/config.tmp.json", "", true,
		"Origin", origin, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization, content-type")
	if a.status/100 != 2 || a.header.Get("Access-Control-Allow-Origin") != origin {
		t.Errorf("preflight: %d %v", a.status, a.header)
	}
	if a := c.ask("GET", "/share/private/", "", true, "Origin", origin); a.header.Get("Access-Control-Allow-Origin") != origin {
		t.Errorf("a 401 without CORS headers looks like no server to the app: %v", a.header)
	}
}

// promises of the example that its own profile makes.
var promises = []string{"load-average", "log-folder-size", "monitor-asks-for-password"}

func checkFeed(t *testing.T, c *client, before time.Time) {
	f := c.feed()
	if f.Channel.Title != "Standalone example" || f.Channel.Description != "Standalone example" {
		t.Errorf("channel: %q, %q", f.Channel.Title, f.Channel.Description)
	}
	if built := feedDate(t, f.Channel.LastBuildDate); built.Before(before) {
		t.Errorf("built %v, before the start", built)
	}
	var names []string
	for _, i := range f.Channel.Items {
		names = append(names, i.Source.Text)
		if i.Category != "OK" || i.Title != "[OK] "+i.Source.Text || i.Source.URL != c.base+"/share/public/" ||
			i.GUID.Permanent != "false" || i.GUID.Text == "" || !strings.HasPrefix(i.Description, "\n") || i.Link == "" {
			t.Errorf("item %+v", i)
		}
		if at := feedDate(t, i.PubDate); at.Before(before) {
			t.Errorf("%s changed %v, before the start", i.Source.Text, at)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("the order is not stable: %v", names)
	}
	for _, p := range promises {
		f.item(t, p)
	}
}

func checkFeeds(t *testing.T, c *client) {
	var opml struct {
		Title    string `xml:"head>title"`
		Outlines []struct {
			Attributes []xml.Attr `xml:",any,attr"`
		} `xml:"body>outline>outline"`
	}
	if err := xml.Unmarshal(c.get("/public/feeds"), &opml); err != nil {
		t.Fatal(err)
	}
	if opml.Title != "Standalone example" || len(opml.Outlines) != 1 {
		t.Fatalf("%+v", opml)
	}
	got := map[string]string{}
	for _, a := range opml.Outlines[0].Attributes {
		got[a.Name.Local] = a.Value
	}
	if want := []string{"htmlUrl", "text", "title", "type", "url", "version", "xmlUrl"}; !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
		t.Errorf("attributes %v, want %v", got, want)
	}
	if got["type"] != "rss" || got["version"] != "RSS" || got["xmlUrl"] != c.base+"/public/feed" || got["url"] != c.base+"/share/private/" {
		t.Errorf("outline %v", got)
	}
	if a := c.ask("GET", strings.TrimPrefix(got["url"], c.base), "", false); a.status != http.StatusOK {
		t.Errorf("its url: %d", a.status)
	}
}

func checkPromise(t *testing.T, c *client, before time.Time) {
	for _, name := range promises {
		s := c.json("/private/" + name + ".status.json")
		for key, want := range map[string]any{
			"status": "OK", "type": "status", "title": name, "instance": "Standalone example", "hosting_subscription": "Standalone example",
		} {
			if s[key] != want {
				t.Errorf("%s: %s is %v, want %v", name, key, s[key], want)
			}
		}
		if change, _ := s["change-time"].(float64); change < float64(before.Unix()) {
			t.Errorf("%s: change-time %v", name, s["change-time"])
		}
		if _, err := time.ParseInLocation("2006-01-02 15:04:05", fmt.Sprint(s["start-date"]), time.Local); err != nil {
			t.Errorf("%s: start-date: %v", name, err)
		}
		if _, ok := s["message"].(string); !ok {
			t.Errorf("%s: message %v", name, s["message"])
		}
		if link := fmt.Sprint(s["_links"]); !strings.Contains(link, c.base) {
			t.Errorf("%s: _links %v", name, link)
		}
		today, _ := s["result"].(map[string]any)
		if today["failed"] != false || today["type"] == nil || today["message"] != s["message"] {
			t.Errorf("%s: result %v", name, today)
		}
		jsonDate(t, today["date"])

		h := c.json("/public/" + name + ".history.json")
		entries, _ := h["data"].([]any)
		if date, _ := h["date"].(float64); date < float64(before.Unix()) || len(entries) != 1 {
			t.Fatalf("%s: history %v", name, h)
		}
		entry, _ := entries[0].(map[string]any)
		if _, ok := entry["message"].(string); !ok || entry["status"] != "OK" || jsonDate(t, entry["date"]).Before(before) {
			t.Errorf("%s: history entry %v", name, entry)
		}
		// the browser application asks here
		c.get("/share/public/" + name + ".history.json")
	}
}

func checkReport(t *testing.T, c *client) {
	r := c.json("/private/disk-usage.report.json")
	if r["status"] != "OK" || r["type"] != "report" || r["title"] != "disk-usage" || !strings.Contains(fmt.Sprint(r["message"]), "%") {
		t.Errorf("report %v", r)
	}
}

func checkGlobal(t *testing.T, c *client, before time.Time) {
	if got := string(c.get("/share/private/_document_list")); strings.TrimSuffix(got, "\n") != "monitor.global" {
		t.Errorf("document list %q", got)
	}
	g := c.json("/share/private/monitor.global.json")
	for key, want := range map[string]any{
		"portal_type": "Software Instance", "type": "global", "status": "OK", "title": "Standalone example",
		"specialise_title": "Standalone example", "hosting-title": "Standalone example", "partition_id": "slappart0",
	} {
		if g[key] != want {
			t.Errorf("%s is %v, want %v", key, g[key], want)
		}
	}
	for _, key := range []string{"aggregate_reference", "ipv4", "ipv6", "software_release", "data", "_embedded"} {
		if g[key] == nil {
			t.Errorf("%s is missing", key)
		}
	}
	if _, there := g["reference"]; there {
		t.Error("reference would replace the app's own id")
	}
	if jsonDate(t, g["date"]).Before(before) {
		t.Errorf("date %v, before the start", g["date"])
	}
	state, _ := g["state"].(map[string]any)
	if success, _ := state["success"].(float64); state["error"] != 0.0 || success < float64(len(promises)) {
		t.Errorf("state %v", state)
	}
	parameters, _ := g["parameters"].([]any)
	if !strings.Contains(fmt.Sprint(parameters), "greeting") || !strings.Contains(fmt.Sprint(parameters), "example-manual") {
		t.Errorf("parameters %v", parameters)
	}
	links, _ := g["_links"].(map[string]any)
	for name, want := range map[string]string{"private_url": "/share/private/", "public_url": "/share/public/", "rss_url": "/public/feed"} {
		link, _ := links[name].(map[string]any)
		if link["href"] != c.base+want {
			t.Errorf("link %s: %v", name, link)
		}
	}
	data, _ := g["data"].(map[string]any)
	c.json(fmt.Sprintf("/share/private/documents/%v.json", data["state"]))
	if public := c.json("/public/monitor.global.json"); public["status"] != "OK" || public["title"] != "Standalone example" {
		t.Errorf("public state %v", public)
	}
}

func checkDAV(t *testing.T, c *client) {
	a := c.ask("PROPFIND", "/share/private/", "", false, "Depth", "1")
	if a.status != http.StatusMultiStatus {
		t.Fatalf("%d %s", a.status, a.body)
	}
	var list struct {
		Hrefs []string `xml:"response>href"`
	}
	if err := xml.Unmarshal(a.body, &list); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/share/private/", "/share/private/_document_list", "/share/private/monitor.global.json", "/share/private/documents/"} {
		if !slices.Contains(list.Hrefs, want) {
			t.Errorf("%s is not among %v", want, list.Hrefs)
		}
	}
	if a := c.ask("PROPFIND", "/share/private/", "", true, "Depth", "1"); a.status != 401 {
		t.Errorf("anonymous: %d", a.status)
	}
}
