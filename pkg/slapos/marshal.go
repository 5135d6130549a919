package slapos

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// The master speaks the XML of Python's xml_marshaller. Strings are escaped
// twice in it: once as text, once more because they stand in XML.

var textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// marshal writes nil, a bool, a string or a map of strings.
func marshal(value any) (string, error) {
	var b bytes.Buffer
	b.WriteString("<marshal>")
	switch v := value.(type) {
	case nil:
		b.WriteString("<none/>")
	case bool:
		digit := "0"
		if v {
			digit = "1"
		}
		b.WriteString("<bool>" + digit + "</bool>")
	case string:
		if err := writeString(&b, v); err != nil {
			return "", err
		}
	case map[string]string:
		b.WriteString(`<dictionary id="i2">`)
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if err := writeString(&b, k); err != nil {
				return "", err
			}
			if err := writeString(&b, v[k]); err != nil {
				return "", fmt.Errorf("the parameter %q: %w", k, err)
			}
		}
		b.WriteString("</dictionary>")
	default:
		return "", fmt.Errorf("a %T cannot be sent to a master", value)
	}
	b.WriteString("</marshal>")
	return b.String(), nil
}

func writeString(b *bytes.Buffer, s string) error {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, notXML) {
		return fmt.Errorf("it holds a control character, which XML cannot carry: remove it")
	}
	b.WriteString("<string>")
	if err := xml.EscapeText(b, []byte(textEscapes.Replace(s))); err != nil {
		return err
	}
	b.WriteString("</string>")
	return nil
}

func notXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
}
