package area

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		target string // as sent
		status int
		want   Path
	}{
		{"/", 0, Path{Private, "", "", true}},
		{"/public", 0, Path{Public, "", "/public", false}},
		{"/public/", 0, Path{Public, "", "/public", true}},
		{"//public//feed", 0, Path{Public, "feed", "/public/feed", false}},
		{"/%70ublic/feed", 0, Path{Public, "feed", "/public/feed", false}},
		{"/public/./a/../feed", 0, Path{Public, "feed", "/public/feed", false}},
		{"/public/a/..", 0, Path{Public, "", "/public", true}},
		{"/public/.", 0, Path{Public, "", "/public", true}},
		{"/public/../private/x", 0, Path{Private, "x", "/private/x", false}},
		{"/public/%2e%2e/share/private/x", 0, Path{Share, "private/x", "/share/private/x", false}},
		{"/publicity", 0, Path{Private, "publicity", "/publicity", false}},
		{"/private/share/public/x", 0, Path{Private, "share/public/x", "/private/share/public/x", false}},
		{"/share/private/config//.jio_documents/config.json", 0, Path{Share, "private/config/.jio_documents/config.json", "/share/private/config/.jio_documents/config.json", false}},
		{"/metrics", 0, Path{Metrics, "", "/metrics", false}},
		{"/metrics/x", 0, Path{Private, "metrics/x", "/metrics/x", false}},
		{"/private/metrics", 0, Path{Private, "metrics", "/private/metrics", false}},
		{"/a%20b/%C3%A9", 0, Path{Private, "a b/é", "/a b/é", false}},
		{"/..", http.StatusBadRequest, Path{}},
		{"/../public/feed", http.StatusBadRequest, Path{}},
		{"/public/../../etc/passwd", http.StatusBadRequest, Path{}},
		{"/public/%2e%2e/%2e%2e/x", http.StatusBadRequest, Path{}},
		{"/public%2ffeed", http.StatusNotFound, Path{}},
		{"/public/..%2Fprivate", http.StatusNotFound, Path{}},
		{"/public/feed%00.json", http.StatusNotFound, Path{}},
		{"*", http.StatusBadRequest, Path{}},
		{"/" + strings.Repeat("a", 8190), http.StatusRequestURITooLong, Path{}},
	} {
		u, err := url.ParseRequestURI(c.target)
		if c.target == "*" {
			u, err = &url.URL{Path: "*"}, nil
		}
		if err != nil {
			t.Fatalf("%s: %v", c.target, err)
		}
		got, status := Parse(u)
		if status != c.status || got != c.want {
			t.Errorf("%s: %+v %d, want %+v %d", c.target, got, status, c.want, c.status)
		}
	}
}

func TestJudge(t *testing.T) {
	const anonymous, user, refused, refusedUser = "anonymous", "user", "405", "405 after credentials"
	for _, c := range []struct{ paths, methods, want string }{
		{"/public /public/ /public/a/b", "GET HEAD POST OPTIONS", anonymous},
		{"/public /public/a", "PUT DELETE PROPFIND MKCOL TRACE CONNECT BREW", refused},
		{"/ /private /private/x /favicon.ico /publicity /sharex /private/share/public/x", "GET HEAD POST OPTIONS", user},
		{"/ /private/x /x", "PUT DELETE PROPFIND LOCK TRACE BREW", refusedUser},
		{"/share /share/private/ /share/jio_private/x /share/publicity /share/private/share/public/x /share/jio_publicx", "GET HEAD PUT PROPFIND DELETE MKCOL COPY MOVE LOCK UNLOCK PROPPATCH", user},
		{"/share /share/private/x /share/nothing", "OPTIONS", anonymous},
		{"/share/public /share/public/ /share/public/x/y /share/jio_public/x /share//public/x /share/private/../public/x", "GET HEAD OPTIONS PROPFIND", anonymous},
		{"/share/public/x", "REPORT", refused},
		{"/share/public/x", "PUT DELETE MKCOL COPY MOVE LOCK UNLOCK PROPPATCH", user},
		{"/share/public/x /share/private/x", "POST TRACE BREW", refusedUser},
		{"/metrics", "GET HEAD OPTIONS", user},
		{"/metrics", "POST PUT", refusedUser},
		{"/app /app/ /app/assets/x.js", "GET HEAD OPTIONS", anonymous},
		{"/app/ /app/x", "POST PUT DELETE PROPFIND", refused},
		{"/private/app/x /appx /share/app/x", "GET", user},
	} {
		for _, target := range strings.Fields(c.paths) {
			for _, method := range strings.Fields(c.methods) {
				p, status := Parse(&url.URL{Path: target})
				if status != 0 {
					t.Fatal(target, status)
				}
				got := map[Verdict]string{{true, true}: anonymous, {false, true}: user, {true, false}: refused, {false, false}: refusedUser}[p.Judge(method)]
				if got != c.want {
					t.Errorf("%s %s: %s, want %s", method, target, got, c.want)
				}
			}
		}
	}
}

func TestRealm(t *testing.T) {
	for a, want := range map[Area]string{Private: "Private access", Metrics: "Private access", Share: "webdav"} {
		if got := a.Realm(); got != want {
			t.Errorf("%d: %q, want %q", a, got, want)
		}
	}
}

// FuzzParse checks that no path leaves its area, and that what is anonymous is
// below /app or one of the three public trees.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"/", "/public/../private", "/share/public/..%2f", "//share//public/./x/../..", "/%2e%2e/x", "/a\x00b", "/share/jio_public/.."} {
		f.Add(s, "GET")
	}
	f.Fuzz(func(t *testing.T, target, method string) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		p, status := Parse(u)
		if status != 0 {
			return
		}
		for _, segment := range strings.Split(p.Name, "/") {
			if segment == ".." || segment == "." || segment == "" && p.Name != "" {
				t.Fatalf("%q: name %q is not clean", target, p.Name)
			}
		}
		if strings.ContainsRune(p.Name, 0) || p.URL != "" && path.Clean(p.URL) != p.URL {
			t.Fatalf("%q: %+v", target, p)
		}
		if v := p.Judge(method); v.Anonymous && v.Allowed && method != "OPTIONS" {
			below := p.URL + "/"
			if !strings.HasPrefix(below, "/app/") && !strings.HasPrefix(below, "/public/") && !strings.HasPrefix(below, "/share/public/") && !strings.HasPrefix(below, "/share/jio_public/") {
				t.Fatalf("%s %q needs no credentials: %+v", method, target, p)
			}
		}
		again, status := Parse(&url.URL{Path: p.URL + "/"})
		if status != 0 || again.Area != p.Area || again.Name != p.Name {
			t.Fatalf("%q: cleaned again: %+v %d, was %+v", target, again, status, p)
		}
	})
}
