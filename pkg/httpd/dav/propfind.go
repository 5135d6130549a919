package dav

import (
	"encoding/xml"
	"io"
	"net/http"

	"slapmonitor/pkg/httpd/area"
	"slapmonitor/pkg/httpd/tree"
)

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
	depth := depthOf(r)
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
