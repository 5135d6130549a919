package dav

import (
	"bytes"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"strings"
)

// maxBody is Apache's limit of an XML body; the others no request needs, and
// they keep the work of a body proportional to its size.
const (
	maxBody       = 1_000_000
	maxDepth      = 64
	maxAttributes = 32
	maxPrefixes   = 64
)

var (
	errTooLarge  = refusal{status: http.StatusRequestEntityTooLarge}
	errMalformed = refusal{status: http.StatusBadRequest}
)

// element is a parsed XML element with its namespace resolved.
type element struct {
	name     xml.Name
	lang     string // xml:lang in force
	children []*element
	raw      []byte // all that is inside, as XML that stands by itself
}

func (e *element) child(name string) *element {
	for _, c := range e.children {
		if c.name == davName(name) {
			return c
		}
	}
	return nil
}

func davName(local string) xml.Name { return xml.Name{Space: "DAV:", Local: local} }

// readBody reads a request's XML body whole. Its errors, like parse's, are
// refusals.
func readBody(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	switch {
	case err != nil:
		return nil, errMalformed // the client's side of the connection
	case len(data) > maxBody:
		return nil, errTooLarge
	}
	return data, nil
}

// parse parses a document strictly: one root, every prefix declared, none bound
// to the empty namespace, no DTD (contract/httpd.md 3, PROPFIND). encoding/xml
// forgives all of these, so namespaces are resolved here.
func parse(data []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	p := parser{}
	for {
		token, err := d.RawToken()
		if err == io.EOF && p.root != nil && len(p.open) == 0 {
			return p.root, nil
		}
		if err != nil {
			return nil, errMalformed
		}
		if err := p.token(token); err != nil {
			return nil, err
		}
	}
}

type parser struct {
	root *element
	open []frame
	out  []byte // what has been read, with every name's namespace beside it
}

// frame is an element whose end has not come yet.
type frame struct {
	element *element
	raw     xml.Name          // as written, to compare with the end tag
	spaces  map[string]string // by prefix; shared with the parent unless own
	own     bool
	start   int // of what is inside, in the parser's out
}

func (p *parser) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		return p.end(t)
	case xml.CharData:
		return p.chars(t)
	case xml.Directive:
		return errMalformed
	}
	return nil
}

func (p *parser) start(t xml.StartElement) error {
	if len(p.open) == 0 && p.root != nil || len(p.open) == maxDepth || len(t.Attr) > maxAttributes {
		return errMalformed
	}
	f := frame{element: &element{}, raw: t.Name}
	if n := len(p.open); n > 0 {
		parent := p.open[n-1]
		f.spaces, f.element.lang = parent.spaces, parent.element.lang
		parent.element.children = append(parent.element.children, f.element)
	} else {
		p.root = f.element
	}
	for _, a := range t.Attr {
		if err := f.attribute(a); err != nil {
			return err
		}
	}
	name, err := f.resolve(t.Name, true)
	if err != nil {
		return err
	}
	f.element.name = name
	attributes, err := f.attributes(t.Attr)
	if err != nil {
		return err
	}
	p.out = appendOpenTag(p.out, name, attributes)
	f.start = len(p.out)
	p.open = append(p.open, f)
	return nil
}

// attribute takes over what an attribute says about names and language.
func (f *frame) attribute(a xml.Attr) error {
	switch {
	case a.Name.Space == "" && a.Name.Local == "xmlns":
		return f.bind("", a.Value)
	case a.Name.Space == "xmlns" && a.Value == "":
		return errMalformed
	case a.Name.Space == "xmlns":
		return f.bind(a.Name.Local, a.Value)
	case a.Name.Space == "xml" && a.Name.Local == "lang":
		f.element.lang = a.Value
	}
	return nil
}

func (f *frame) bind(prefix, space string) error {
	if !f.own {
		spaces := make(map[string]string, len(f.spaces)+1)
		maps.Copy(spaces, f.spaces)
		f.spaces, f.own = spaces, true
	}
	f.spaces[prefix] = space
	if len(f.spaces) > maxPrefixes {
		return errMalformed
	}
	return nil
}

// resolve replaces a prefix by its namespace. Attributes without a prefix have none.
func (f *frame) resolve(name xml.Name, isElement bool) (xml.Name, error) {
	if name.Local == "" || strings.Contains(name.Local, ":") {
		return name, errMalformed
	}
	if name.Space == "xml" {
		return xml.Name{Space: "http://www.w3.org/XML/1998/namespace", Local: name.Local}, nil
	}
	space, ok := f.spaces[name.Space]
	if name.Space != "" && !ok {
		return name, errMalformed
	}
	if name.Space == "" && !isElement {
		space = ""
	}
	return xml.Name{Space: space, Local: name.Local}, nil
}

func (f *frame) attributes(list []xml.Attr) ([]xml.Attr, error) {
	var out []xml.Attr
	for _, a := range list {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		name, err := f.resolve(a.Name, false)
		if err != nil {
			return nil, err
		}
		out = append(out, xml.Attr{Name: name, Value: a.Value})
	}
	return out, nil
}

func (p *parser) end(t xml.EndElement) error {
	if len(p.open) == 0 || p.open[len(p.open)-1].raw != t.Name {
		return errMalformed
	}
	f := p.open[len(p.open)-1]
	f.element.raw = p.out[f.start:len(p.out):len(p.out)]
	p.open = p.open[:len(p.open)-1]
	p.out = appendCloseTag(p.out, f.element.name)
	return nil
}

func (p *parser) chars(t xml.CharData) error {
	if len(p.open) == 0 {
		if strings.TrimSpace(string(t)) != "" {
			return errMalformed
		}
		return nil
	}
	p.out = appendText(p.out, string(t))
	return nil
}
