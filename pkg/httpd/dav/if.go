package dav

import (
	"errors"
	"net/url"
	"strings"

	"golang.org/x/net/webdav"

	"slapmonitor/pkg/httpd/area"
	"slapmonitor/pkg/httpd/content"
)

// ifHeader is a parsed If header (RFC 4918 10.4): it holds when one of its lists
// does, and a list when all of its conditions do.
type ifHeader []ifList

type ifList struct {
	tag        string // the URL it speaks of, "" for the request's own
	conditions []webdav.Condition
}

var errIf = errors.New("invalid If header")

// maxConditions bounds the work for one header; 32 KiB of header hold 3,000.
const maxConditions = 256

// parseIf parses the fields of the header.
func parseIf(fields []string) (ifHeader, error) {
	rest := strings.TrimSpace(strings.Join(fields, " "))
	var header ifHeader
	tag, tagged, total := "", false, 0
	for rest != "" {
		switch rest[0] {
		case '<':
			end := strings.IndexByte(rest, '>')
			if end < 2 || !tagged && header != nil {
				return nil, errIf
			}
			tag, tagged, rest = rest[1:end], true, rest[end+1:]
			if !strings.HasPrefix(strings.TrimLeft(rest, " \t"), "(") {
				return nil, errIf
			}
		case '(':
			list, after, err := parseList(rest[1:])
			if err != nil {
				return nil, err
			}
			if total += len(list); total > maxConditions {
				return nil, errIf
			}
			header, rest = append(header, ifList{tag, list}), after
		default:
			return nil, errIf
		}
		rest = strings.TrimLeft(rest, " \t")
	}
	return header, nil
}

// parseList parses what follows an opening parenthesis.
func parseList(s string) (list []webdav.Condition, rest string, err error) {
	for {
		var c webdav.Condition
		s = strings.TrimLeft(s, " \t")
		if after, ok := strings.CutPrefix(s, ")"); ok && list != nil {
			return list, after, nil
		}
		if after, ok := strings.CutPrefix(s, "Not"); ok {
			c.Not, s = true, strings.TrimLeft(after, " \t")
		}
		if s == "" {
			return nil, "", errIf
		}
		var end int
		switch s[0] {
		case '<':
			end = strings.IndexByte(s, '>')
			if end < 2 {
				return nil, "", errIf
			}
			c.Token = s[1:end]
		case '[':
			end = strings.IndexByte(s, ']')
			if end < 2 {
				return nil, "", errIf
			}
			c.ETag = s[1:end]
		default:
			return nil, "", errIf
		}
		list, s = append(list, c), s[end+1:]
	}
}

// submits reports whether the header says the token.
func (h ifHeader) submits(token string) bool {
	for _, l := range h {
		for _, c := range l.conditions {
			if c.Token == token && !c.Not {
				return true
			}
		}
	}
	return false
}

// ifHolds evaluates the header.
func (c *change) ifHolds() bool {
	for _, l := range c.ifs {
		if path, ok := c.tagged(l.tag); ok && c.listHolds(l, path) {
			return true
		}
	}
	return c.ifs == nil
}

// tagged is the file that a list speaks of. What is not of /share has no state.
func (c *change) tagged(tag string) (path string, ok bool) {
	if tag == "" {
		return c.path, true
	}
	u, err := url.Parse(tag)
	if err != nil {
		return "", false
	}
	p, status := area.Parse(u)
	return c.handler.tree.Locate(p), status == 0 && p.Area == area.Share
}

func (c *change) listHolds(l ifList, path string) bool {
	for _, one := range l.conditions {
		if c.state(one, path) == one.Not {
			return false
		}
	}
	return true
}

// state reports whether path is in the state that a condition names.
func (c *change) state(one webdav.Condition, path string) bool {
	if one.Token != "" {
		for _, l := range c.handler.locks.covering(path) {
			if l.Token == one.Token {
				return true
			}
		}
		return false
	}
	e, exists, err := c.handler.lstat(path)
	return err == nil && exists && one.ETag == content.ETag(e.Size, e.MTime)
}
