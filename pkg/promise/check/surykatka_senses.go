package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"slapmonitor/pkg/python"
)

// explained are the statuses that surykatka makes up.
var explained = map[string]string{
	"520": "Too many redirects", "523": "Connection error", "524": "Connection timeout", "526": "SSL Error",
}

// mailDate reads a date in the form of RFC 5322, GMT if it says nothing else.
func mailDate(text string) (time.Time, error) {
	if t, err := mail.ParseDate(text); err == nil {
		return t, nil
	}
	return time.Parse("Mon, 02 Jan 2006 15:04:05", strings.TrimSpace(strings.TrimSuffix(text, "-0000")))
}

// address is the site's URL; one that cannot be read has no host.
func (s *site) address() *url.URL {
	u, err := url.Parse(s.in.Text("url"))
	if err != nil {
		return &url.URL{}
	}
	return u
}

// days is an option that holds a number of days; ok is false, and said, if it
// does not.
func (s *site) days(option string) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s.in.Text(option)))
	if err != nil {
		s.error(option + " " + python.Repr(s.in.Text(option)) + " is incorrect")
	}
	return n, err == nil
}

// matching are the rows that want says yes to, sorted by their address.
func matching(rows []row, want func(row) bool) []row {
	var found []row
	for _, r := range rows {
		if want(r) {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b row) int { return strings.Compare(a.text("ip"), b.text("ip")) })
	return found
}

func (s *site) expiry(what string, end time.Time, days int) {
	if end.AddDate(0, 0, -days).Before(s.in.Now()) {
		s.error(fmt.Sprintf("%s expires in < %d days", what, days))
	} else {
		s.ok(fmt.Sprintf("%s expires in > %d days", what, days))
	}
}

func (s *site) whois() {
	s.words = append(s.words, "whois:")
	host := s.address().Host
	if host == "" {
		s.error("url is incorrect")
		return
	}
	days, ok := s.days("domain-expiration-days")
	if !ok {
		return
	}
	s.words = s.words[:len(s.words)-1]
	rows, ok := s.begin("whois", "whois")
	if !ok {
		return
	}
	found := matching(rows, func(r row) bool {
		return host == r.text("domain") || strings.HasSuffix(host, "."+r.text("domain"))
	})
	switch {
	case len(found) == 0:
		s.error("No data")
		return
	case len(found) > 1:
		s.error("Bad data")
		return
	}
	domain, date := found[0].text("domain"), found[0].text("expiration_date")
	if date == "" {
		s.error(domain + " expiration date not avaliable")
		return
	}
	end, err := mailDate(date)
	if err != nil {
		s.error("Can't parse date " + date)
		return
	}
	s.expiry(domain, end, days)
}

func (s *site) dnsQuery() {
	rows, ok := s.begin("dns_query", "dns_query")
	if !ok {
		return
	}
	want := sortedSet(strings.Fields(s.in.Text("ip-list")))
	if len(want) == 0 {
		s.ok("No check configured")
		return
	}
	host := s.address().Hostname()
	replies := map[string][]string{}
	for _, r := range rows {
		if r.text("domain") == host && (r.text("rdtype") == "A" || r.text("rdtype") == "AAAA") {
			resolver := r.text("resolver_ip")
			replies[resolver] = append(replies[resolver], commaList(r.text("response"))...)
		}
	}
	if len(replies) == 0 {
		s.noData("whois")
		return
	}
	for _, resolver := range slices.Sorted(maps.Keys(replies)) {
		got, wanted := sortedSet(replies[resolver]), strings.Join(want, " ")
		if slices.Equal(got, want) {
			s.ok("resolver's " + resolver + ": " + wanted)
			continue
		}
		text := strings.Join(got, " ")
		if text == "" {
			text = "empty-reply"
		}
		s.error("resolver's " + resolver + ": " + wanted + " != " + text)
	}
}

// commaList splits at commas and drops what is empty.
func commaList(text string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(text, " ", ""), func(r rune) bool { return r == ',' })
}

func sortedSet(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

func (s *site) tcpServer() {
	rows, ok := s.begin("tcp_server", "tcp_server")
	if !ok {
		return
	}
	want := sortedSet(strings.Fields(s.in.Text("ip-list")))
	if len(want) == 0 {
		s.ok("No check configured")
		return
	}
	u := s.address()
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "443", false: "80"}[u.Scheme == "https"]
	}
	found := matching(rows, func(r row) bool {
		return slices.Contains(commaList(r.text("domain")), u.Hostname()) && r.text("port") == port
	})
	if len(found) == 0 {
		s.noData("whois", "dns_query")
		return
	}
	for _, ip := range want {
		open, closed := false, false
		for _, r := range found {
			if r.text("ip") == ip {
				open, closed = open || r.text("state") == "open", closed || r.text("state") == "closed"
			}
		}
		if strings.Contains(ip, ":") {
			ip = "[" + ip + "]"
		}
		if open && !closed {
			s.ok("IP " + ip + ":" + port)
		} else {
			s.error("IP " + ip + ":" + port)
		}
	}
}

// queries are the HTTP answers of the site.
func (s *site) queries(rows []row) []row {
	return matching(rows, func(r row) bool { return r.text("url") == s.in.Text("url") })
}

func (s *site) httpQuery() {
	rows, ok := s.begin("http_query", "http_query")
	if !ok {
		return
	}
	var headers map[string]any
	d := json.NewDecoder(strings.NewReader(cmp.Or(s.in.Text("http-header-dict"), "{}")))
	d.UseNumber()
	if err := d.Decode(&headers); err != nil {
		s.error("http-header-dict " + python.Repr(s.in.Text("http-header-dict")) + " is incorrect")
		return
	}
	found := s.queries(rows)
	if len(found) == 0 {
		s.noData("whois", "dns_query", "tcp_server")
		return
	}
	want := s.in.Text("status-code")
	for _, r := range found {
		ip, code := r.text("ip"), r.text("status_code")
		if code == want {
			s.ok("IP " + ip + " status_code " + code)
		} else {
			if why := explained[code]; why != "" {
				code += " (" + why + ")"
			}
			s.error("IP " + ip + " status_code " + code + " != " + want)
		}
		if len(headers) > 0 {
			s.headers(ip, headers, r["http_header_dict"])
		}
	}
}

// headers compares two dictionaries of headers.
func (s *site) headers(ip string, want map[string]any, got any) {
	if sameJSON(want, got) {
		s.ok("IP " + ip + " HTTP Header " + pyJSON(want))
	} else {
		s.error("IP " + ip + " HTTP Header " + pyJSON(want) + " != " + pyJSON(got))
	}
}

func (s *site) elapsedTime() {
	rows, ok := s.begin("elapsed_time", "http_query")
	if !ok {
		return
	}
	found := s.queries(rows)
	if len(found) == 0 {
		s.noData("whois", "dns_query", "tcp_server", "http_query")
		return
	}
	if !s.in.Has("maximum-elapsed-time") {
		s.ok("No check configured")
		return
	}
	most, measured := s.in.Float("maximum-elapsed-time"), false
	for _, r := range found {
		took, err := strconv.ParseFloat(r.text("total_seconds"), 64)
		if err != nil {
			continue
		}
		measured = true
		switch ip := r.text("ip"); {
		case took == 0:
			s.error("IP " + ip + " failed to reply")
		case took > most:
			s.error(fmt.Sprintf("IP %s replied > %.2fs", ip, most))
		default:
			s.ok(fmt.Sprintf("IP %s replied < %.2fs", ip, most))
		}
	}
	if !measured {
		s.error("No entry with total_seconds found. If the error persist, please update surykatka")
	}
}

func (s *site) sslCertificate() {
	u := s.address()
	if u.Scheme != "https" {
		s.words = append(s.words, "ssl_certificate:")
		s.ok("No check needed")
		return
	}
	rows, ok := s.begin("ssl_certificate", "ssl_certificate")
	days, valid := s.days("certificate-expiration-days")
	switch {
	case !ok || !valid:
		return
	case u.Host == "":
		s.error("url is incorrect")
		return
	}
	found := matching(rows, func(r row) bool { return r.text("hostname") == u.Host })
	if len(found) == 0 {
		s.noData("whois", "dns_query", "tcp_server", "http_query")
		return
	}
	for _, r := range found {
		end, err := mailDate(r.text("not_after"))
		if err != nil {
			s.error("IP " + r.text("ip") + " no information")
			continue
		}
		s.expiry("IP "+r.text("ip"), end, days)
	}
}
