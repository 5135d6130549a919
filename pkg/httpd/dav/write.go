package dav

import (
	"encoding/xml"
	"net/http"
)

// prologue starts every XML answer.
const prologue = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"

// xmlType is the content type of every XML answer, as Apache writes it.
var xmlType = []string{`text/xml; charset="utf-8"`}

// appendText adds character data, also good inside a quoted attribute.
func appendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '&':
			b = append(b, "&amp;"...)
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '"':
			b = append(b, "&quot;"...)
		case '\r':
			b = append(b, "&#13;"...)
		default:
			b = append(b, c)
		}
	}
	return b
}

// appendTag adds a name with its namespace declared at the same place, so that
// the element can be moved anywhere. DAV: has the prefix D everywhere.
func appendTag(b []byte, name xml.Name) []byte {
	switch name.Space {
	case "DAV:":
		return append(append(b, "D:"...), name.Local...)
	case "":
		return append(append(b, name.Local...), ` xmlns=""`...)
	}
	b = append(append(b, "N:"...), name.Local...)
	b = append(b, ` xmlns:N="`...)
	return append(appendText(b, name.Space), '"')
}

func appendOpenTag(b []byte, name xml.Name, attributes []xml.Attr) []byte {
	b = appendTag(append(b, '<'), name)
	for i, a := range attributes {
		b = append(b, ' ')
		switch a.Name.Space {
		case "":
		case "http://www.w3.org/XML/1998/namespace":
			b = append(b, "xml:"...)
		default:
			prefix := "A" + string(rune('A'+i))
			b = append(b, "xmlns:"+prefix+`="`...)
			b = append(appendText(b, a.Name.Space), `" `+prefix+":"...)
		}
		b = append(append(b, a.Name.Local...), `="`...)
		b = append(appendText(b, a.Value), '"')
	}
	return append(b, '>')
}

func appendCloseTag(b []byte, name xml.Name) []byte {
	b = append(b, "</"...)
	switch name.Space {
	case "DAV:":
		b = append(b, "D:"...)
	case "":
	default:
		b = append(b, "N:"...)
	}
	return append(append(b, name.Local...), '>')
}

// appendHref adds a decoded path as Apache escapes it: clients compare the raw
// text of the last segment (contract/httpd.md 4B).
func appendHref(b []byte, path string) []byte {
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			b = append(b, c)
		case c == '&':
			b = append(b, "&amp;"...)
		case isBare(c):
			b = append(b, c)
		default:
			b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return b
}

const hexDigits = "0123456789abcdef"

func isBare(c byte) bool {
	switch c {
	case '$', '-', '_', '.', '+', '!', '*', '\'', '(', ')', ',', ':', ';', '@', '=', '/', '~':
		return true
	}
	return false
}

// fail answers with a status, and with the RFC 4918 condition that was not met
// if there is one.
func fail(w http.ResponseWriter, status int, condition string) {
	h := w.Header()
	if condition == "" {
		h["Content-Type"] = []string{"text/plain; charset=utf-8"}
		w.WriteHeader(status)
		w.Write([]byte(statusText(status) + "\n"))
		return
	}
	h["Content-Type"] = xmlType
	w.WriteHeader(status)
	w.Write([]byte(prologue + `<D:error xmlns:D="DAV:"><D:` + condition + "/></D:error>\n"))
}
