package httpd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slapmonitor/pkg/httpd/cors"
)

const app = "https://monitor.app.officejs.com"

// corsHeaders is how many Access-Control headers an answer has.
func corsHeaders(h http.Header) (n int) {
	for key := range h {
		if strings.HasPrefix(key, "Access-Control-") {
			n++
		}
	}
	return n
}

// Browsers show a page nothing of an answer without these headers, whatever its
// status is.
func TestCORSOnEveryStatus(t *testing.T) {
	s := example(t)
	for _, c := range []struct {
		method, target string
		headers        []string
		status         int
	}{
		{"GET", "/public/feed", nil, 200},
		{"GET", "/public", nil, 301},
		{"GET", "/public/feed", []string{"If-None-Match", "*"}, 304},
		{"GET", "/public/feed", []string{"Range", "bytes=0-1"}, 206},
		{"GET", "/public/feed", []string{"Range", "bytes=99-"}, 416},
		{"GET", "/private/", nil, 401},
		{"GET", "/favicon.ico", nil, 401},
		{"GET", "/share/private/", nil, 401},
		{"GET", "/public/nothing", nil, 404},
		{"GET", "/public/.DAV/x", nil, 403},
		{"GET", "/../x", nil, 400},
		{"PUT", "/public/feed", nil, 405},
		{"PROPFIND", "/share/public/", []string{"Depth", "1"}, 207},
		{"PROPFIND", "/share/public/", nil, 403},
		{"PROPFIND", "/share/public/nothing", []string{"Depth", "0"}, 404},
		{"OPTIONS", "/share/private/", nil, 200},
		{"PUT", "/share/private/x", []string{"user", "admin:secret"}, 403},
		{"PUT", "/share/private/config/.jio_documents/x", []string{"user", "admin:secret"}, 201},
		{"PUT", "/share/private/config/.jio_documents/x", []string{"user", "admin:secret"}, 204},
		{"PUT", "/share/private/config/.jio_documents/x", []string{"user", "admin:secret", "If-None-Match", "*"}, 412},
		{"PUT", "/share/private/config/.jio_documents/config.tmp.json", []string{"user", "admin:secret"}, 400},
	} {
		got := s.do(c.method, c.target, "", append(c.headers, "Origin", app)...)
		if got.status != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.target, got.status, c.status)
		}
		for key, want := range map[string]string{
			"Access-Control-Allow-Origin": app, "Access-Control-Allow-Credentials": "true", "Access-Control-Allow-Methods": cors.Methods,
			"Access-Control-Allow-Headers": cors.Headers, "Access-Control-Expose-Headers": cors.Exposed, "Access-Control-Max-Age": "40", "Vary": "Origin",
		} {
			if value := got.header.Get(key); value != want {
				t.Errorf("%s %s, %d: %s is %q", c.method, c.target, got.status, key, value)
			}
		}
		for _, origin := range []string{"http://monitor.app.officejs.com", "https://x.monitor.app.officejs.com", "null", "https://evil.example"} {
			got := s.do(c.method, c.target, "", append(c.headers, "Origin", origin)...)
			if n := corsHeaders(got.header); n != 0 || got.header.Get("Vary") != "Origin" {
				t.Errorf("%s %s from %s: %d CORS headers, Vary %q", c.method, c.target, origin, n, got.header.Get("Vary"))
			}
		}
	}
}

func TestPreflight(t *testing.T) {
	s := example(t)
	for _, target := range []string{
		"/public/feed", "/private/", "/", "/favicon.ico", "/metrics", "/share/private/", "/share/private/config//.jio_documents/config.tmp.json",
		"/share/private/no/such/folder", "/share/private/.DAV/x", "/private/.htpasswd",
	} {
		got := s.do("OPTIONS", target, "", "Origin", app, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization, content-type, depth")
		if got.status != 204 || got.body != "" || got.header.Get("Access-Control-Allow-Origin") != app {
			t.Errorf("%s: %d %q %v", target, got.status, got.body, got.header)
		}
		for _, need := range []string{"Authorization", "Content-Type", "Depth", "If-Match"} {
			if !strings.Contains(got.header.Get("Access-Control-Allow-Headers"), need) {
				t.Errorf("%s: %s is not allowed", target, need)
			}
		}
		got = s.do("OPTIONS", target, "", "Origin", "https://evil.example", "Access-Control-Request-Method", "PUT")
		if got.status == 204 || corsHeaders(got.header) != 0 {
			t.Errorf("%s for a stranger: %d %v", target, got.status, got.header)
		}
	}
}

func TestCredentials(t *testing.T) {
	s := example(t)
	for i, c := range []struct {
		header string
		status int
	}{
		{"Basic YWRtaW46c2VjcmV0", 200}, // admin:secret
		{"basic YWRtaW46c2VjcmV0", 200},
		{"Basic   YWRtaW46c2VjcmV0", 200}, // RFC 9110 11.4: one space or more
		{"Basic YWRtaW46c2VjcmV0=", 200},
		{"Basic\tYWRtaW46c2VjcmV0", 401},
		{"BasicYWRtaW46c2VjcmV0", 401},
		{"Basic YWRtaW46c2VjcmV0AA==", 401}, // admin:secret and a NUL
		{"Basic YWRtaW46d3Jvbmc=", 401},     // admin:wrong
		{"Basic OnNlY3JldA==", 401},         // :secret
		{"Basic YWRtaW4=", 401},             // admin
		{"Basic not base64", 401},
		{"Basic", 401},
		{"Bearer YWRtaW46c2VjcmV0", 401},
		{"Digest username=admin", 401},
		{"", 401},
	} {
		got := s.do("GET", "/private/monitor.global.json", "", "Authorization", c.header)
		if got.status != c.status {
			t.Errorf("%d %q: %d, want %d", i, c.header, got.status, c.status)
		}
	}
}

// A password changes while the server runs: the new one counts at once, the old
// one as long as the state folder says.
func TestPasswordChange(t *testing.T) {
	s := example(t)
	read := func(password string) int {
		return s.do("GET", "/private/", "", "user", "admin:"+password).status
	}
	if got := read("secret"); got != 200 {
		t.Fatal(got)
	}
	until := time.Now().UTC().Add(10 * time.Minute).Format("2006-01-02T15:04:05+0000")
	write(t, filepath.Join(s.config.StateFolder, "previous-password.json"), fmt.Sprintf(`{"user":"admin","hash":%q,"until":%q}`, secretHash, until))
	write(t, s.config.HTTPD.HtpasswdFile+".new", "admin:{SHA}3q2+7wAAAAAAAAAAAAAAAAAAAAA=\nother:{SHA}C+7Hteo/D9vJXQ3UfzxbwnXaijM=\n") // other:bar
	if err := os.Rename(s.config.HTTPD.HtpasswdFile+".new", s.config.HTTPD.HtpasswdFile); err != nil {
		t.Fatal(err)
	}
	if got := s.do("GET", "/private/", "", "user", "other:wrong").status; got != 401 {
		t.Errorf("wrong password of the new file: %d", got)
	}
	if got := read("secret"); got != 200 {
		t.Errorf("old password in its grace: %d", got)
	}
	if err := os.Remove(filepath.Join(s.config.StateFolder, "previous-password.json")); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for read("secret") == 200 {
		if time.Now().After(deadline) {
			t.Fatal("the old password is good for ever")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// uploaded parameters are applied before the answer comes.
func TestParametersAreApplied(t *testing.T) {
	c := partition(t, nil)
	target := filepath.Join(c.Partition, "etc", "promise_timeout")
	secret := filepath.Join(c.Partition, "etc", ".monitor-password")
	write(t, target, "20")
	write(t, secret, "secret\n")
	c.Username = "admin"
	c.ParameterFile = filepath.Join(c.Partition, "etc", "monitor_knowledge0.cfg")
	c.Parameters = []string{
		"raw monitor-user admin", "file promise-timeout " + target,
		"htpasswd monitor-password " + secret + " admin " + c.HTTPD.HtpasswdFile,
		"httpdcors cors-domain " + filepath.Join(c.Partition, "etc", "httpd-cors.cfg") + " " + filepath.Join(c.Partition, "bin", "graceful"),
	}
	s := serve(t, c)
	const place = "/share/private/config//.jio_documents/config.tmp.json"
	for _, b := range []struct {
		body   string
		status int
	}{
		{"", 400}, {"{}", 400}, {"[", 400}, {`"x"`, 400}, {`[{"key":"promise-timeout","value":["x"]}]`, 400},
		{`[{"key":"monitor-password","value":"a\u0000b"}]`, 422},
		{`[{"key":"cors-domain","value":"a|b"}]`, 422},
		{"[" + strings.Repeat(" ", 2<<20) + "]", 413},
		{`[{"key":"unknown","value":"x"},{"key":"monitor-user","value":"root"}]`, 204},
	} {
		got := s.known("PUT", place, b.body, "Content-Type", "application/json", "Origin", app)
		if got.status != b.status || got.header.Get("Access-Control-Allow-Origin") != app {
			t.Errorf("%.60s: %d %q, want %d", b.body, got.status, got.body, b.status)
		}
		if b.status >= 400 && b.status != 413 && len(got.body) < 20 {
			t.Errorf("%.60s: nobody knows why: %q", b.body, got.body)
		}
	}
	if got := s.known("PUT", place, `[{"key":"promise-timeout","value":"42"},{"key":"cors-domain","value":"new.example"}]`); got.status != 204 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if text, _ := os.ReadFile(target); strings.TrimSpace(string(text)) != "42" {
		t.Errorf("the file says %q", text)
	}
	var shown []struct{ Key, Value string }
	if err := json.Unmarshal([]byte(s.known("GET", "/share/private/config/.jio_documents/config.json", "").body), &shown); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, p := range shown {
		found = found || p.Key == "promise-timeout" && p.Value == "42"
	}
	if !found {
		t.Errorf("config.json shows %+v", shown)
	}
	if got := s.do("GET", "/public/", "", "Origin", "https://new.example"); got.header.Get("Access-Control-Allow-Origin") == "" {
		t.Error("the new origin is not allowed")
	}
	if got := s.do("GET", "/public/", "", "Origin", app); corsHeaders(got.header) != 0 {
		t.Error("the old origin is still allowed")
	}
	if got := s.known("GET", "/share/private/config/.jio_documents/config.tmp.json", ""); got.status != 404 {
		t.Errorf("the uploaded list can be read: %d", got.status)
	}
}

// Many clients read no answer before they have sent everything.
func TestHugeListIsAnswered(t *testing.T) {
	s := serve(t, partition(t, nil))
	const size = 16 << 20
	c := s.raw(fmt.Sprintf("PUT /share/private/config/.jio_documents/config.tmp.json HTTP/1.1\r\nHost: x\r\n"+
		"Authorization: Basic YWRtaW46c2VjcmV0\r\nContent-Length: %d\r\n\r\n", size) + strings.Repeat(" ", size))
	if got := s.statusOf(c); got != "413" {
		t.Errorf("answered %s", got)
	}
}

// Whoever has the password could once write any file and run any program,
// through a description of the parameters beside them (contract/httpd.md 1.2).
func TestDescriptionOfParametersIsNotTrusted(t *testing.T) {
	c := partition(t, nil)
	victim := filepath.Join(c.Partition, "etc", "victim")
	write(t, victim, "untouched")
	s := serve(t, c)
	description := fmt.Sprintf(`{"x":{"type":"file","file":%q},"y":{"type":"httpdcors","cors_file":%q,"gracefull_bin":"/bin/touch"}}`, victim, victim)
	s.known("PUT", "/share/private/config/.jio_documents/config.parameters.json", description)
	s.known("PUT", "/share/private/config/.jio_documents/config.tmp.json", `[{"key":"x","value":"evil"},{"key":"y","value":"evil.example"}]`)
	if text, _ := os.ReadFile(victim); string(text) != "untouched" {
		t.Errorf("a client wrote %q", text)
	}
}
