package monitorconf

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/ini.v1"
)

// reader takes typed values out of the sections and keeps the first error.
type reader struct {
	file     string
	sections *ini.File
	err      error
}

// text is the trimmed value of key, or def when it is absent or empty.
func (r *reader) text(section, key, def string) string {
	if v, ok := r.lookup(section, key); ok && v != "" {
		return v
	}
	return def
}

// line is text on one line: continuation lines are joined with a blank.
func (r *reader) line(section, key, def string) string {
	return strings.Join(lines(r.text(section, key, def)), " ")
}

func (r *reader) lookup(section, key string) (string, bool) {
	s, err := r.sections.GetSection(section)
	if err != nil || !s.HasKey(key) {
		return "", false
	}
	// Value, not String: String would expand %(name)s.
	return strings.TrimSpace(s.Key(key).Value()), true
}

// path is an absolute path, cleaned.
func (r *reader) path(section, key, def string) string {
	v := r.text(section, key, def)
	r.checkPath(section, key, v)
	return filepath.Clean(v)
}

// optionalPath is a path that may be switched off by an empty value: "" then.
func (r *reader) optionalPath(section, key, def string) string {
	v, ok := r.lookup(section, key)
	if !ok {
		v = def
	}
	if v == "" {
		return ""
	}
	r.checkPath(section, key, v)
	return filepath.Clean(v)
}

// paths is a list of absolute paths, one a line or separated by blanks. A
// blank separates only when the next word starts with a slash, so a path may
// contain blanks wherever it stands.
func (r *reader) paths(section, key string) []string {
	var list []string
	for _, line := range lines(r.text(section, key, "")) {
		for _, p := range splitPaths(line) {
			r.checkPath(section, key, p)
			list = append(list, filepath.Clean(p))
		}
	}
	return list
}

func splitPaths(line string) []string {
	var list []string
	start := 0
	for i := 1; i < len(line); i++ {
		if line[i] == '/' && (line[i-1] == ' ' || line[i-1] == '\t') {
			list = append(list, strings.TrimSpace(line[start:i]))
			start = i
		}
	}
	return append(list, strings.TrimSpace(line[start:]))
}

func (r *reader) checkPath(section, key, v string) {
	switch {
	case strings.ContainsFunc(v, unicode.IsControl):
		r.fail(section, key, v, "write one path on one line")
	case !filepath.IsAbs(v):
		r.fail(section, key, v, "write an absolute path")
	}
}

// oneOf is one of the words, the first when the key says nothing.
func (r *reader) oneOf(section, key string, words ...string) string {
	v := r.text(section, key, words[0])
	if !slices.Contains(words, v) {
		r.fail(section, key, v, "write "+strings.Join(words, " or "))
	}
	return v
}

// address is an IP address without brackets, "" when the key says nothing.
func (r *reader) address(section, key string) string {
	v := r.text(section, key, "")
	if v == "" {
		return ""
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(v, "["), "]")
	if _, err := netip.ParseAddr(bare); err != nil {
		r.fail(section, key, v, "write an IPv4 or IPv6 address")
	}
	return bare
}

// port is a TCP port in decimal, "" when the key says nothing; 0 lets the
// kernel choose.
func (r *reader) port(section, key string) string {
	v := r.text(section, key, "")
	if v == "" {
		return ""
	}
	if _, err := strconv.ParseUint(v, 10, 16); err != nil {
		r.fail(section, key, v, "write a port number from 0 to 65535")
	}
	return v
}

// number is a whole number that is not negative.
func (r *reader) number(section, key string, def int) int {
	v := r.text(section, key, strconv.Itoa(def))
	n, err := strconv.ParseUint(v, 10, 31)
	if err != nil {
		r.fail(section, key, v, "write a whole number")
	}
	return int(n)
}

// baseURL is an absolute web address without slash at its end. When the key
// says nothing it is the address that the server listens on, and "" when that
// is unknown too.
func (r *reader) baseURL(section, key string, h HTTPD) string {
	v := r.text(section, key, "")
	if v == "" && h.IP != "" && h.Port != "" {
		v = "https://" + net.JoinHostPort(h.IP, h.Port)
	}
	if v == "" {
		return ""
	}
	u, err := url.Parse(v)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		r.fail(section, key, v, "write an address like https://[2001:db8::1]:8196")
	}
	return strings.TrimRight(v, "/")
}

func (r *reader) fail(section, key, value, remedy string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %s of [%s] is %q; %s", r.file, key, section, value, remedy)
	}
}

// lines are the non-empty lines of a value, trimmed.
func lines(value string) []string {
	var list []string
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

func trimSlashes(list []string) []string {
	for i := range list {
		list[i] = strings.TrimRight(list[i], "/")
	}
	return list
}
