package cors

import (
	"regexp"
	"sort"
	"strings"
)

// ApacheHosts is the list of hosts, each escaped for a regular expression, as
// the first line of etc/httpd-cors.cfg joins them with "|": consumers' tests
// compare that line (contract/stack.md 1.7).
func (r Rules) ApacheHosts() []string {
	hosts := make([]string, len(r.list))
	for i, h := range r.list {
		hosts[i] = regexp.QuoteMeta(h)
	}
	return hosts
}

// ApacheOrigins are regular expressions that match, anchored, exactly the
// origins that Allow allows. The lines after the first one use them.
func (r Rules) ApacheOrigins() []string {
	var out []string
	for origin := range r.exact {
		out = append(out, regexp.QuoteMeta(origin))
	}
	sort.Strings(out)
	for _, s := range r.suffix {
		out = append(out, strings.Join([]string{s.scheme, `://[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?`, regexp.QuoteMeta(s.tail)}, ""))
	}
	return out
}
