package cors

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var entries = []string{"monitor.app.officejs.com", "Panel.Example.com:8443", "*.wild.example", "http://localhost:8080", "[2001:db8::1]:8443", "2001:db8::2", "https://plain.example:443/"}

// origins are what browsers and attackers send, and whether the entries let
// them in.
var origins = map[string]bool{
	"https://monitor.app.officejs.com":               true,
	"https://panel.example.com:8443":                 true,
	"https://a.wild.example":                         true,
	"https://a.b.wild.example":                       true,
	"http://localhost:8080":                          true,
	"https://[2001:db8::1]:8443":                     true,
	"https://[2001:db8::2]":                          true,
	"https://plain.example":                          true,
	"http://monitor.app.officejs.com":                false,
	"https://monitor.app.officejs.com:444":           false,
	"https://MONITOR.app.officejs.com":               false,
	"https://x.monitor.app.officejs.com":             false,
	"https://monitor.app.officejs.com.evil":          false,
	"https://evilmonitor.app.officejs.com":           false,
	"https://monitorxapp.officejs.com":               false,
	"https://evil.example#.monitor.app.officejs.com": false,
	"https://evil.example#.wild.example":             false,
	"https://evil.example/.wild.example":             false,
	"https://user@a.wild.example":                    false,
	"https://a:1.wild.example":                       false,
	"https://wild.example":                           false,
	"https://.wild.example":                          false,
	"http://a.wild.example":                          false,
	"https://panel.example.com":                      false,
	"https://localhost:8080":                         false,
	"https://[2001:db8::1]":                          false,
	"monitor.app.officejs.com":                       false,
	"null":                                           false,
	"":                                               false,
}

func TestAllow(t *testing.T) {
	rules, err := Parse(entries)
	if err != nil {
		t.Fatal(err)
	}
	for origin, want := range origins {
		if got := rules.Allow(origin); got != want {
			t.Errorf("%s: %v, want %v", origin, got, want)
		}
	}
}

// What Apache's rule allows is what Allow does.
func TestApacheAllowsTheSame(t *testing.T) {
	rules, err := Parse(entries)
	if err != nil {
		t.Fatal(err)
	}
	rule := regexp.MustCompile("^(" + strings.Join(rules.ApacheOrigins(), "|") + ")$")
	for origin, want := range origins {
		if got := rule.MatchString(origin); got != want {
			t.Errorf("%s: %v, want %v", origin, got, want)
		}
	}
}

// Consumers' tests compare the hosts of Apache's first line.
func TestApacheHosts(t *testing.T) {
	rules, _ := Parse([]string{"monitor.app.officejs.com", "host:1", "::1"})
	if diff := cmp.Diff([]string{`monitor\.app\.officejs\.com`, `host:1`, `\[::1\]`}, rules.ApacheHosts()); diff != "" {
		t.Error(diff)
	}
}

func TestParseLeavesOutBadEntries(t *testing.T) {
	rules, err := Parse([]string{"good.example", "null", "*", "*.", "a b", "https://", "ftp://x.example", "evil.example/path", "a.example|b.example", "", "[::1", "x:y"})
	if err == nil {
		t.Fatal("nothing is said about bad entries")
	}
	for _, bad := range []string{"*", "a b", "ftp://x.example", "evil.example/path", "a.example|b.example", "x:y"} {
		if !strings.Contains(err.Error(), bad) {
			t.Errorf("%q is not told in %v", bad, err)
		}
	}
	if !rules.Allow("https://good.example") {
		t.Error("a good entry among bad ones is lost")
	}
}

func TestApply(t *testing.T) {
	rules, _ := Parse([]string{"a.example"})
	request := func(method string, headers ...string) *http.Request {
		r := httptest.NewRequest(method, "/x", nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Add(headers[i], headers[i+1])
		}
		return r
	}
	for _, c := range []struct {
		name      string
		r         *http.Request
		allowed   bool
		preflight bool
	}{
		{"no origin", request("GET"), false, false},
		{"allowed", request("GET", "Origin", "https://a.example"), true, false},
		{"not allowed", request("GET", "Origin", "https://b.example"), false, false},
		{"two origins", request("GET", "Origin", "https://a.example", "Origin", "https://b.example"), false, false},
		{"preflight", request("OPTIONS", "Origin", "https://a.example", "Access-Control-Request-Method", "PUT"), true, true},
		{"preflight of a stranger", request("OPTIONS", "Origin", "https://b.example", "Access-Control-Request-Method", "PUT"), false, false},
		{"plain OPTIONS", request("OPTIONS", "Origin", "https://a.example"), true, false},
		{"GET that looks like one", request("GET", "Origin", "https://a.example", "Access-Control-Request-Method", "PUT"), true, false},
	} {
		h := http.Header{}
		if got := rules.Apply(h, c.r); got != c.preflight {
			t.Errorf("%s: preflight %v", c.name, got)
		}
		if h.Get("Vary") != "Origin" {
			t.Errorf("%s: Vary %q", c.name, h.Get("Vary"))
		}
		if got := h.Get("Access-Control-Allow-Origin") == "https://a.example"; got != c.allowed {
			t.Errorf("%s: Allow-Origin %q", c.name, h.Get("Access-Control-Allow-Origin"))
		}
		if got := len(h) == 7; got != c.allowed {
			t.Errorf("%s: headers %v", c.name, h)
		}
	}
}

func FuzzAllow(f *testing.F) {
	for origin := range origins {
		f.Add(origin)
	}
	rules, err := Parse(entries)
	if err != nil {
		f.Fatal(err)
	}
	rule := regexp.MustCompile("^(" + strings.Join(rules.ApacheOrigins(), "|") + ")$")
	f.Fuzz(func(t *testing.T, origin string) {
		if rules.Allow(origin) != rule.MatchString(origin) {
			t.Fatalf("%q: Allow and Apache's rule differ", origin)
		}
		if rules.Allow(origin) && strings.ContainsAny(origin, "#@?\\ \n") {
			t.Fatalf("%q is allowed", origin)
		}
	})
}
