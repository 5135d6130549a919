package apache_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"sort"
	"strings"
)

// node is an XML element of any kind.
type node struct {
	XMLName  xml.Name
	Children []node `xml:",any"`
	Text     string `xml:",chardata"`
}

func (n node) all(local string) (list []node) {
	if n.XMLName.Local == local && n.XMLName.Space == "DAV:" {
		return []node{n}
	}
	for _, c := range n.Children {
		list = append(list, c.all(local)...)
	}
	return list
}

// multistatus says what a WebDAV answer means, one line for each resource,
// status and property, without times and tokens.
func multistatus(body string) []string {
	var root node
	d := xml.NewDecoder(strings.NewReader(body))
	if err := d.Decode(&root); err != nil && err != io.EOF {
		return []string{fmt.Sprintf("no XML: %v", err)}
	}
	lines := []string{}
	for _, r := range root.all("response") {
		href := ""
		for _, h := range r.Children {
			if h.XMLName.Local == "href" {
				href = strings.TrimSpace(h.Text)
			}
			if h.XMLName.Local == "status" {
				lines = append(lines, href+" "+h.Text)
			}
		}
		for _, p := range r.all("propstat") {
			status := p.all("status")[0].Text
			for _, property := range p.all("prop")[0].Children {
				if describe(property) == "" {
					continue
				}
				lines = append(lines, href+" "+strings.TrimPrefix(status, "HTTP/1.1 ")+" "+describe(property))
			}
		}
	}
	if len(root.all("response")) == 0 {
		lines = append(lines, describe(root))
	}
	sort.Strings(lines)
	return lines
}

// describe is a property with its value, where that does not depend on time.
func describe(n node) string {
	name := "{" + n.XMLName.Space + "}" + n.XMLName.Local
	switch n.XMLName.Local {
	case "getcontenttype":
		// Apache has none for what it does not know; we say plain text.
		if strings.HasPrefix(n.Text, "text/plain") {
			return ""
		}
	case "creationdate", "getlastmodified", "getetag":
		return name
	case "lockdiscovery", "prop":
		var locks []string
		for _, l := range n.all("activelock") {
			locks = append(locks, fmt.Sprintf("%d exclusive %d shared, depth %s", len(l.all("exclusive")), len(l.all("shared")), strings.TrimSpace(l.all("depth")[0].Text)))
		}
		return fmt.Sprint(name, " ", locks)
	}
	var inner []string
	for _, c := range n.Children {
		inner = append(inner, describe(c))
	}
	return strings.TrimSpace(name + " " + strings.TrimSpace(n.Text) + strings.Join(inner, " "))
}
