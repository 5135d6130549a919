package check

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"slapmonitor/pkg/python"
)

// Differences from upstream: a report that lacks a field, or has one of another
// type, is a message and not a crash; dates in GMT are not read as local time;
// text that is no number in an option is said once.
var _ = register(&Check{
	Name:  "check_surykatka_json",
	About: "surykatka's report says that a site is well",
	Options: []Option{
		{Name: "json-file", About: "the report"},
		{Name: "report", About: "http_query, or bot_status: whether surykatka itself is at work"},
		{Name: "url", About: "the site"},
		{Name: "status-code", About: "the expected status"},
		{Name: "http-header-dict", Default: "{}", About: "the expected headers, a JSON object"},
		{Name: "ip-list", About: "the expected addresses, separated by spaces"},
		{Name: "enabled-sense-list", Default: "dns_query whois tcp_server http_query ssl_certificate elapsed_time", About: "what is looked at"},
		{Name: "maximum-elapsed-time", About: "seconds that an answer may take"},
		{Name: "certificate-expiration-days", Default: "15", About: "how many days the certificate must still be good for"},
		{Name: "domain-expiration-days", Default: "30", About: "how many days the domain must still be good for"},
	},
	Minutes:  2,
	Quiet:    true,
	TestLess: true,
	run:      surykatka,
})

// row is one observation of surykatka.
type row map[string]any

func (r row) text(key string) string {
	switch v := r[key].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// site is what is being said about one URL.
type site struct {
	in     *Input
	report map[string]any
	words  []string
	failed bool
}

func (s *site) ok(words string)    { s.words = append(s.words, "OK", words) }
func (s *site) error(words string) { s.failed, s.words = true, append(s.words, "ERROR", words) }

// sense is one aspect of a site.
type sense struct {
	name string
	look func(*site)
}

// senses are the aspects in the order in which they are reported.
func senses() []sense {
	return []sense{
		{"whois", (*site).whois},
		{"dns_query", (*site).dnsQuery},
		{"tcp_server", (*site).tcpServer},
		{"http_query", (*site).httpQuery},
		{"elapsed_time", (*site).elapsedTime},
		{"ssl_certificate", (*site).sslCertificate},
	}
}

func surykatka(_ context.Context, in *Input) Outcome {
	s := &site{in: in}
	if url := in.Text("url"); url != "" {
		s.words = append(s.words, url+" :")
	}
	file := python.Repr(in.Text("json-file"))
	raw, err := os.ReadFile(in.Path("json-file"))
	if err != nil {
		s.error("File " + file + " does not exists")
		return s.outcome()
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if d.Decode(&s.report) != nil || d.Decode(new(any)) != io.EOF {
		s.error("loading JSON from " + file)
		return s.outcome()
	}
	switch report := in.Text("report"); report {
	case "bot_status":
		s.botStatus()
	case "http_query":
		enabled := strings.Fields(in.Text("enabled-sense-list"))
		for _, sense := range senses() {
			if slices.Contains(enabled, sense.name) {
				sense.look(s)
			}
		}
	default:
		s.error("Report " + python.Repr(report) + " is not supported")
	}
	return s.outcome()
}

func (s *site) outcome() Outcome {
	return Outcome{Failed: s.failed, Message: strings.Join(s.words, " ")}
}

// begin announces a sense and returns the rows that it looks at; ok is false
// if the report has none of that kind.
func (s *site) begin(sense, key string) (rows []row, ok bool) {
	s.words = append(s.words, sense+":")
	all, ok := s.report[key]
	if !ok {
		s.error(python.Repr(key) + " not in " + python.Repr(s.in.Text("json-file")))
	}
	list, _ := all.([]any)
	for _, one := range list {
		if r, ok := one.(map[string]any); ok {
			rows = append(rows, r)
		}
	}
	return rows, ok
}

// noData says that nothing is known, and looks at what that could come from:
// the senses before this one that would not be looked at otherwise.
func (s *site) noData(before ...string) {
	s.error("No data")
	enabled := strings.Fields(s.in.Text("enabled-sense-list"))
	for _, sense := range senses() {
		if slices.Contains(before, sense.name) && !slices.Contains(enabled, sense.name) {
			sense.look(s)
		}
	}
}

func (s *site) botStatus() {
	rows, ok := s.begin("bot_status", "bot_status")
	if !ok {
		return
	}
	file := python.Repr(s.in.Text("json-file"))
	if len(rows) == 0 {
		s.error(python.Repr("bot_status") + " empty in " + file)
		return
	}
	text := "None"
	if rows[0]["text"] != nil {
		text = fmt.Sprint(rows[0]["text"])
	}
	if text != "loop" {
		s.error("bot_status is " + python.Repr(text) + " instead of 'loop' in " + file)
		return
	}
	at, err := mailDate(rows[0].text("date"))
	switch age := s.in.Now().Sub(at); {
	case err != nil:
		s.error("Can't parse date " + rows[0].text("date"))
	case age < 0:
		s.error("Last bot datetime is in future")
	case age > 15*time.Minute:
		s.error("Last bot datetime is more than 15 minutes old")
	default:
		s.ok("Last bot status")
	}
}
