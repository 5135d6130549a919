package dav

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"slapmonitor/pkg/httpd/content"
	"slapmonitor/pkg/httpd/tree"
)

// apacheSpace is the namespace of the one live property that is Apache's own.
const apacheSpace = "http://apache.org/dav/props/"

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
