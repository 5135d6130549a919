package dav

import (
	"encoding/xml"
	"io"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/net/webdav"

	"slapmonitor/pkg/httpd/area"
	"slapmonitor/pkg/httpd/content"
	"slapmonitor/pkg/httpd/tree"
)

// apacheSpace is the namespace of the one live property that is Apache's own.
const apacheSpace = "http://apache.org/dav/props/"

// flushAt is how much of an answer is gathered before it is sent.
const flushAt = 32 << 10

// query is what a PROPFIND asks for.
type query struct {
	mode  queryMode
	names []xml.Name // asked for by name, or beside all of them
}

type queryMode int

const (
	allProperties queryMode = iota
	propertyNames
	namedProperties
)

func readQuery(r io.Reader) (query, error) {
	body, err := readBody(r)
	if err != nil {
		return query{}, err
	}
	return parseQuery(body)
}

// parseQuery reads the body; an empty one asks for everything.
func parseQuery(body []byte) (query, error) {
	if len(body) == 0 {
		return query{}, nil
	}
	root, err := parse(body)
	if err != nil {
		return query{}, err
	}
	if root.name != davName("propfind") {
		return query{}, errMalformed
	}
	if e := root.child("prop"); e != nil {
		return query{namedProperties, names(e)}, nil
	}
	if root.child("propname") != nil {
		return query{mode: propertyNames}, nil
	}
	if root.child("allprop") != nil {
		q := query{}
		if include := root.child("include"); include != nil {
			q.names = names(include)
		}
		return q, nil
	}
	return query{}, errMalformed
}

func names(e *element) []xml.Name {
	list := make([]xml.Name, len(e.children))
	for i, c := range e.children {
		list[i] = c.name
	}
	return list
}

// propfind answers for a file or a folder and, with Depth 1, for its children
// but links, which Apache leaves out, too: walks then are finite. No child is
// opened. An unlimited depth is refused (contract/httpd.md 4B).
func (h *Handler) propfind(w http.ResponseWriter, r *http.Request, p area.Path) {
	q, err := readQuery(r.Body)
	if err != nil {
		fail(w, statusOf(err), "")
		return
	}
	f, err := h.tree.Open(h.tree.Locate(p))
	if err != nil {
		failWith(w, err)
		return
	}
	defer f.Close()
	depth := r.Header.Get("Depth")
	switch {
	case depth != "" && depth != "0" && depth != "1" && depth != "infinity":
		fail(w, http.StatusBadRequest, "")
		return
	case depth != "0" && depth != "1" && f.IsDir():
		fail(w, http.StatusForbidden, "propfind-finite-depth")
		return
	}
	header := w.Header()
	header["Content-Type"] = xmlType
	w.WriteHeader(http.StatusMultiStatus)
	out := &multistatus{w: w, query: q, handler: h, path: h.tree.Locate(p)}
	out.open()
	out.resource(p.URL, "", f.Entry(p.Base()))
	if depth == "1" && f.IsDir() {
		f.Entries(func(e tree.Entry) bool {
			if e.Mode.IsRegular() || e.Mode.IsDir() {
				out.resource(p.URL, e.Name, e)
			}
			return out.err == nil
		})
	}
	out.close()
}

// multistatus writes one response element after the other, in pieces.
type multistatus struct {
	w       http.ResponseWriter
	query   query
	handler *Handler
	path    string // of the folder
	buf     []byte
	err     error // of the connection
}

func (m *multistatus) open() {
	m.buf = append(m.buf, prologue+`<D:multistatus xmlns:D="DAV:" xmlns:A="`+apacheSpace+"\">\n"...)
}

func (m *multistatus) close() {
	m.buf = append(m.buf, "</D:multistatus>\n"...)
	m.flush()
}

func (m *multistatus) flush() {
	if m.err == nil {
		_, m.err = m.w.Write(m.buf)
	}
	m.buf = m.buf[:0]
}

// resource writes one response: of the folder itself, or of a child of it.
func (m *multistatus) resource(folderURL, child string, e tree.Entry) {
	b := append(m.buf, "<D:response><D:href>"...)
	b = appendHref(b, folderURL)
	if child != "" {
		b = appendHref(append(b, '/'), child)
	}
	if e.Mode.IsDir() {
		b = append(b, '/')
	}
	b = append(b, "</D:href>"...)
	path := m.path
	if child != "" {
		path += "/" + child
	}
	m.buf = append(m.properties(b, path, e), "</D:response>\n"...)
	if len(m.buf) >= flushAt {
		m.flush()
	}
}

func (m *multistatus) properties(b []byte, path string, e tree.Entry) []byte {
	dead := m.handler.properties.of(path)
	switch m.query.mode {
	case propertyNames:
		b = append(b, propstatOpen...)
		for i := range liveProperties {
			if liveProperties[i].has(e) {
				b = append(append(append(b, '<'), liveProperties[i].tag...), "/>"...)
			}
		}
		for _, d := range dead {
			b = appendCloseTag(appendOpenTag(b, d.XMLName, nil), d.XMLName)
		}
		return append(b, propstatOK...)
	case allProperties:
		b = append(b, propstatOpen...)
		for i := range liveProperties {
			if liveProperties[i].has(e) {
				b = m.live(b, &liveProperties[i], path, e)
			}
		}
		for _, d := range dead {
			b = appendDead(b, d)
		}
		return append(b, propstatOK...)
	}
	return m.named(b, path, e, dead)
}

const (
	propstatOpen    = "<D:propstat><D:prop>"
	propstatOK      = "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
	propstatMissing = "</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>"
)

// named answers a list of names: those found, then those not found.
func (m *multistatus) named(b []byte, path string, e tree.Entry, dead []webdav.Property) []byte {
	var missing []xml.Name
	start := len(b)
	b = append(b, propstatOpen...)
	none := len(b)
	for _, name := range m.query.names {
		if l := findLive(name); l != nil && l.has(e) {
			b = m.live(b, l, path, e)
		} else if d, ok := findDead(dead, name); ok {
			b = appendDead(b, d)
		} else {
			missing = append(missing, name)
		}
	}
	switch {
	case len(b) > none || missing == nil:
		b = append(b, propstatOK...)
	default:
		b = b[:start]
	}
	if missing == nil {
		return b
	}
	b = append(b, propstatOpen...)
	for _, name := range missing {
		b = appendCloseTag(appendOpenTag(b, name, nil), name)
	}
	return append(b, propstatMissing...)
}

func (m *multistatus) live(b []byte, l *liveProperty, path string, e tree.Entry) []byte {
	b = append(append(append(b, '<'), l.tag...), '>')
	switch l.name.Local {
	case "lockdiscovery":
		b = m.handler.appendLocks(b, path)
	default:
		b = l.append(b, e)
	}
	return append(append(append(b, "</"...), l.tag...), '>')
}

// liveProperty is a property that the server computes (contract/httpd.md 3).
type liveProperty struct {
	name   xml.Name
	tag    string
	files  bool // collections have none
	append func([]byte, tree.Entry) []byte
}

func (l *liveProperty) has(e tree.Entry) bool { return !l.files || !e.Mode.IsDir() }

const davDate = "2006-01-02T15:04:05Z"

var liveProperties = []liveProperty{
	{davName("resourcetype"), "D:resourcetype", false, func(b []byte, e tree.Entry) []byte {
		if e.Mode.IsDir() {
			b = append(b, "<D:collection/>"...)
		}
		return b
	}},
	{davName("creationdate"), "D:creationdate", false, func(b []byte, e tree.Entry) []byte {
		return e.CTime.UTC().AppendFormat(b, davDate)
	}},
	{davName("getcontentlength"), "D:getcontentlength", true, func(b []byte, e tree.Entry) []byte {
		return strconv.AppendInt(b, e.Size, 10)
	}},
	{davName("getlastmodified"), "D:getlastmodified", false, func(b []byte, e tree.Entry) []byte {
		return e.MTime.UTC().AppendFormat(b, http.TimeFormat)
	}},
	{davName("getetag"), "D:getetag", false, func(b []byte, e tree.Entry) []byte {
		return content.AppendETag(b, e.Size, e.MTime)
	}},
	{xml.Name{Space: apacheSpace, Local: "executable"}, "A:executable", true, func(b []byte, e tree.Entry) []byte {
		if e.Mode&0o100 != 0 {
			return append(b, 'T')
		}
		return append(b, 'F')
	}},
	{davName("getcontenttype"), "D:getcontenttype", false, func(b []byte, e tree.Entry) []byte {
		if e.Mode.IsDir() {
			return append(b, "httpd/unix-directory"...)
		}
		t, _, _ := strings.Cut(content.Type(e.Name), ";")
		return append(b, t...)
	}},
	{davName("supportedlock"), "D:supportedlock", false, func(b []byte, _ tree.Entry) []byte {
		return append(b, "<D:lockentry><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>"+
			"<D:lockentry><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockentry>"...)
	}},
	{davName("lockdiscovery"), "D:lockdiscovery", false, nil},
}

func findLive(name xml.Name) *liveProperty {
	for i := range liveProperties {
		if liveProperties[i].name == name {
			return &liveProperties[i]
		}
	}
	return nil
}
