package dav

import (
	"encoding/xml"
	"net/http"

	"golang.org/x/net/webdav"

	"slapmonitor/pkg/httpd/tree"
)

// flushAt is how much of an answer is gathered before it is sent.
const flushAt = 32 << 10

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
