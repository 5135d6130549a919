package httpd

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var href = regexp.MustCompile(`<D:href>([^<]*)</D:href>`)

func found(body string) (list []string) {
	for _, m := range href.FindAllStringSubmatch(body, -1) {
		list = append(list, m[1])
	}
	return list
}

func TestPropfind(t *testing.T) {
	s := example(t)
	write(t, s.path("private/documents/a b'(é)&.txt"), "x")
	xml := func(inner string) string {
		return `<?xml version="1.0"?><D:propfind xmlns:D="DAV:">` + inner + `</D:propfind>`
	}
	for _, c := range []struct {
		target, depth, body string
		status              int
		hrefs               []string
	}{
		{p + "documents/", "1", "", 207, []string{"/share/private/documents/", "/share/private/documents/a%20b'(%c3%a9)&amp;.txt", "/share/private/documents/monitor_state.data.json"}},
		{p + "documents", "1", xml("<D:prop><D:resourcetype/></D:prop>"), 207, []string{"/share/private/documents/", "/share/private/documents/a%20b'(%c3%a9)&amp;.txt", "/share/private/documents/monitor_state.data.json"}},
		{p + "config/", "1", "", 207, []string{"/share/private/config/", "/share/private/config/.jio_documents/"}},
		{p + "_document_list", "1", "", 207, []string{"/share/private/_document_list"}},
		{p, "0", "", 207, []string{"/share/private/"}},
		{"/share/", "1", "", 207, []string{"/share/", "/share/jio_private/", "/share/jio_public/", "/share/publicity/"}},
		{p, "", "", 403, nil},
		{p, "infinity", "", 403, nil},
		{p, "Infinity", "", 403, nil},
		{p, "2", "", 400, nil},
		{p + "nothing", "0", "", 404, nil},
		{p + "out", "0", "", 403, nil},
		{p + "out/", "1", "", 403, nil},
		{p + "fifo", "0", "", 403, nil},
		{p, "0", "<", 400, nil},
		{p, "0", xml("<x"), 400, nil},
		{p, "0", xml(""), 400, nil},
		{p, "0", xml("<D:unknown/>"), 400, nil},
		{p, "0", `<propfind/>`, 400, nil},
		{p, "0", xml(`<D:prop xmlns:e=""><e:x/></D:prop>`), 400, nil},
		{p, "0", xml(`<D:prop><e:x/></D:prop>`), 400, nil},
		{p, "0", xml(`<D:prop/>`) + "<more/>", 400, nil},
		{p, "0", `<!DOCTYPE x [<!ENTITY a "b">]>` + xml("<D:allprop/>"), 400, nil},
		{p, "0", xml("<D:prop>&a;</D:prop>"), 400, nil},
		{p, "0", xml(strings.Repeat("<D:x>", 1000)), 400, nil},
		{p, "0", xml("<D:allprop/>" + strings.Repeat(" ", 1_000_000)), 413, nil},
	} {
		headers := h("Depth", c.depth)
		if c.depth == "" {
			headers = nil
		}
		got := s.known("PROPFIND", c.target, c.body, headers...)
		if got.status != c.status {
			t.Errorf("%s %s %.80s: %d, want %d", c.target, c.depth, c.body, got.status, c.status)
		}
		if got.status != 207 {
			continue
		}
		list := found(got.body)
		if list[0] != c.hrefs[0] {
			t.Errorf("%s: the first is %s", c.target, list[0])
		}
		if diff := cmp.Diff(c.hrefs, sorted(list)); diff != "" {
			t.Errorf("%s: %s", c.target, diff)
		}
	}
	if got := s.known("PROPFIND", p, "", "Depth", "infinity"); !strings.Contains(got.body, "propfind-finite-depth") {
		t.Errorf("%q", got.body)
	}
}

func sorted(list []string) []string {
	list = append([]string(nil), list...)
	for i := range list {
		for k := i; k > 0 && list[k] < list[k-1]; k-- {
			list[k], list[k-1] = list[k-1], list[k]
		}
	}
	return list
}

func TestProperties(t *testing.T) {
	s := open(t, map[string]string{"private/f.json": "12345", "private/d/x": "x"})
	etag := s.known("GET", p+"f.json", "").header.Get("Etag")
	all := s.known("PROPFIND", p+"f.json", "", "Depth", "0").body
	for _, want := range []string{
		"<D:getcontentlength>5<", "<D:getcontenttype>application/json<", "<D:getetag>" + etag + "<", "<D:resourcetype></D:resourcetype>", "<D:creationdate>", "<D:getlastmodified>",
		"<A:executable>F<", "<D:exclusive/>", "<D:shared/>", "<D:lockdiscovery></D:lockdiscovery>",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in %s", want, all)
		}
	}
	folder := s.known("PROPFIND", p+"d/", "", "Depth", "0").body
	for want, there := range map[string]bool{"<D:collection/>": true, "httpd/unix-directory": true, "<D:getetag>": true, "getcontentlength": false, "executable": false} {
		if strings.Contains(folder, want) != there {
			t.Errorf("%s in a folder: %s", want, folder)
		}
	}
	patch := func(inner string) string {
		return `<?xml version="1.0"?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="http://ns.example/z">` + inner + `</D:propertyupdate>`
	}
	s.run([]request{
		{"PROPPATCH", p + "f.json", patch(`<D:set><D:prop><Z:author lang="x"><Z:name>J&amp;J</Z:name></Z:author><Z:two>2</Z:two></D:prop></D:set>`), nil, 207},
		{"PROPPATCH", p + "d/x", patch(`<D:set><D:prop><Z:in>d</Z:in></D:prop></D:set>`), nil, 207},
		{"PROPPATCH", p + "f.json", patch(`<D:remove><D:prop><Z:two/></D:prop></D:remove>`), nil, 207},
		{"PROPPATCH", p + "f.json", "<x", nil, 400},
		{"PROPPATCH", p + "none", patch(`<D:set><D:prop><Z:a>1</Z:a></D:prop></D:set>`), nil, 404},
		{"PROPPATCH", p + "f.json", patch(`<D:set><D:prop><D:getetag>x</D:getetag></D:prop></D:set>`), nil, 207},
		{"COPY", p + "f.json", "", h("Destination", s.url+p+"copy.json"), 201},
		{"MOVE", p + "f.json", "", h("Destination", s.url+p+"moved.json"), 201},
		{"MOVE", p + "d", "", h("Destination", s.url+p+"e"), 201},
		{"PUT", p + "f.json", "new", nil, 201},
	})
	ask := `<D:propfind xmlns:D="DAV:"><D:prop><Z:author xmlns:Z="http://ns.example/z"/><Z:in xmlns:Z="http://ns.example/z"/><D:displayname/></D:prop></D:propfind>`
	for name, want := range map[string]string{"copy.json": "J&amp;J", "moved.json": "J&amp;J", "e/x": ">d<"} {
		got := s.known("PROPFIND", p+name, ask, "Depth", "0").body
		if !strings.Contains(got, want) || !strings.Contains(got, "200 OK") || !strings.Contains(got, "404 Not Found") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := s.known("PROPFIND", p+"f.json", ask, "Depth", "0").body; strings.Contains(got, "J&amp;J") {
		t.Errorf("a new file has the properties of an old one: %s", got)
	}
	if got := s.known("PROPFIND", p+"copy.json", `<D:propfind xmlns:D="DAV:"><D:propname/></D:propfind>`, "Depth", "0").body; !strings.Contains(got, "author") || strings.Contains(got, "J&amp;J") || !strings.Contains(got, "<D:getetag/>") {
		t.Errorf("names: %s", got)
	}
	if got := s.known("PROPPATCH", p+"copy.json", patch(`<D:set><D:prop><Z:big>`+strings.Repeat("x", 900_000)+`</Z:big></D:prop></D:set>`)); !strings.Contains(got.body, "200 OK") {
		t.Errorf("%d %.200s", got.status, got.body)
	}
	if got := s.known("PROPPATCH", p+"moved.json", patch(`<D:set><D:prop><Z:big>`+strings.Repeat("x", 900_000)+`</Z:big></D:prop></D:set>`)); !strings.Contains(got.body, "507") {
		t.Errorf("more than may be kept: %d %s", got.status, got.body)
	}
}
