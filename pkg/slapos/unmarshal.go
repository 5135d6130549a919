package slapos

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// object is an instance of a class of slapos.slap: its attributes.
type object struct {
	class      string
	attributes map[string]any
}

const maxDepth = 100

var textUnescapes = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// unmarshal reads what xml_marshaller writes: nil, bool, int64, float64,
// string, []any (lists, tuples, sets), map[string]any and *object.
func unmarshal(data []byte) (any, error) {
	u := unmarshaller{decoder: xml.NewDecoder(bytes.NewReader(data)), known: map[string]any{}}
	start, err := u.next()
	if err != nil {
		return nil, err
	}
	if start == nil || start.Name.Local != "marshal" {
		return nil, errors.New("no <marshal> element")
	}
	values, err := u.children(0)
	if err != nil {
		return nil, err
	}
	if len(values) != 1 {
		return nil, fmt.Errorf("<marshal> holds %d values", len(values))
	}
	return values[0], nil
}

type unmarshaller struct {
	decoder *xml.Decoder
	known   map[string]any // by id, for references
}

// next is the next start element, or nil at the end of the one around.
func (u *unmarshaller) next() (*xml.StartElement, error) {
	for {
		token, err := u.decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the text ends early")
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return &t, nil
		case xml.EndElement:
			return nil, nil
		}
	}
}

func (u *unmarshaller) children(depth int) ([]any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("values nest more than %d deep", maxDepth)
	}
	values := []any{}
	for {
		start, err := u.next()
		if err != nil || start == nil {
			return values, err
		}
		v, err := u.value(start, depth+1)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
}

func (u *unmarshaller) value(start *xml.StartElement, depth int) (any, error) {
	name := start.Name.Local
	switch name {
	case "none", "reference":
		if err := u.decoder.Skip(); err != nil || name == "none" {
			return nil, err
		}
		v, ok := u.known[attribute(start, "id")]
		if !ok {
			return nil, fmt.Errorf("a reference to %q, which is not there", attribute(start, "id"))
		}
		return v, nil
	case "string", "unicode", "int", "long", "float", "bool":
		return u.scalar(name)
	case "list", "tuple", "set", "dictionary", "object":
		values, err := u.children(depth)
		if err != nil {
			return nil, err
		}
		v, err := collect(name, attribute(start, "class"), values)
		if id := attribute(start, "id"); id != "" {
			u.known[id] = v
		}
		return v, err
	}
	return nil, fmt.Errorf("an unknown element <%s>", name)
}

func (u *unmarshaller) scalar(name string) (any, error) {
	var text strings.Builder
	for {
		token, err := u.decoder.Token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.CharData:
			text.Write(t)
			continue
		case xml.EndElement:
		default:
			return nil, fmt.Errorf("<%s> holds more than text", name)
		}
		break
	}
	s := text.String()
	switch name {
	case "int", "long":
		return strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	case "float":
		return strconv.ParseFloat(strings.TrimSpace(s), 64)
	case "bool":
		return strings.TrimSpace(s) != "0", nil
	}
	return textUnescapes.Replace(s), nil
}

func collect(name, class string, values []any) (any, error) {
	switch name {
	case "dictionary":
		if len(values)%2 != 0 {
			return nil, errors.New("a dictionary has a key without a value")
		}
		m := make(map[string]any, len(values)/2)
		for i := 0; i < len(values); i += 2 {
			m[text(values[i])] = values[i+1]
		}
		return m, nil
	case "object":
		o := &object{class: class}
		if len(values) == 2 {
			o.attributes, _ = values[1].(map[string]any)
		}
		if o.attributes == nil {
			return nil, fmt.Errorf("an object of class %s without attributes", class)
		}
		return o, nil
	}
	return values, nil
}

func attribute(e *xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// text is a scalar as a profile writes it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return fmt.Sprint(v)
}
