package httpd

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const exclusive = `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>me &amp; <x:y xmlns:x="u:x">you</x:y></D:owner></D:lockinfo>`

// lock takes a lock and returns its token with its angle brackets.
func (s *site) lock(target, body string, headers ...string) string {
	s.t.Helper()
	got := s.known("LOCK", target, body, headers...)
	if got.status != http.StatusOK && got.status != http.StatusCreated {
		s.t.Fatalf("LOCK %s: %d %s", target, got.status, got.body)
	}
	return got.header.Get("Lock-Token")
}

func TestLocks(t *testing.T) {
	s := open(t, map[string]string{"private/f": "f", "private/d/x": "x", "private/d/y": "y", "private/e/": "", "private/g": "g"})
	token := s.lock(p+"f", exclusive, "Timeout", "Infinite, Second-4100000000", "Depth", "0")
	deep := s.lock(p+"d/", exclusive)
	found := s.known("PROPFIND", p+"f", "", "Depth", "0").body
	for _, want := range []string{strings.Trim(token, "<>"), "<D:exclusive/>", "<D:depth>0</D:depth>", `me &amp; <N:y xmlns:N="u:x">you</N:y>`, "/share/private/f</D:href></D:lockroot>"} {
		if !strings.Contains(found, want) {
			t.Errorf("no %s in %s", want, found)
		}
	}
	if m := regexp.MustCompile(`Second-(\d+)`).FindStringSubmatch(found); m == nil || len(m[1]) > 4 {
		t.Errorf("time-out %v: a lost client locks for ever", m)
	}
	etag := s.known("GET", p+"f", "").header.Get("Etag")
	other := "<opaquelocktoken:other>"
	s.run([]request{
		{"GET", p + "f", "", nil, 200},
		{"PUT", p + "f", "x", nil, 423},
		{"DELETE", p + "f", "", nil, 423},
		{"MOVE", p + "f", "", h("Destination", s.url+p+"z"), 423},
		{"COPY", p + "g", "", h("Destination", s.url+p+"f"), 423},
		{"COPY", p + "f", "", h("Destination", s.url+p+"e/f"), 201},
		{"PROPPATCH", p + "f", "<propertyupdate xmlns='DAV:'/>", nil, 423},
		{"LOCK", p + "f", exclusive, nil, 423},
		{"LOCK", p + "f", strings.ReplaceAll(exclusive, "exclusive", "shared"), nil, 423},
		{"LOCK", p, exclusive, nil, 403},
		{"PUT", p + "f", "x", h("If", "("+other+")"), 412},
		{"PUT", p + "f", "x", h("If", "("+other+") (Not <DAV:no-lock>)"), 423},
		{"PUT", p + "f", "x", h("If", "("+token+` ["bogus"])`), 412},
		{"PUT", p + "f", "x", h("If", "<"+s.url+p+"g> ("+token+")"), 412},
		{"PUT", p + "f", "x", h("If", "("+token+" ["+etag+"])"), 204},
		{"PUT", p + "f", "x", h("If", "<"+s.url+p+"f> ("+token+")"), 204},
		{"PUT", p + "f", "x", h("If", `(["bogus"]) (`+token+")"), 204},
		{"PUT", p + "f", "x", h("If", "("+token), 400},
		{"PUT", p + "f", "x", h("If", "()"), 400},
		{"PUT", p + "f", "x", h("If", "rubbish"), 400},
		{"LOCK", p + "f", "", h("If", "("+token+")", "Timeout", "Second-60"), 200},
		{"LOCK", p + "f", "", h("If", "("+other+")"), 412},
		{"LOCK", p + "f", "", nil, 400},
		{"LOCK", p + "f", "<x/>", nil, 400},
		{"LOCK", p + "g", exclusive, h("Depth", "1"), 400},
		{"LOCK", p + "none/x", exclusive, nil, 409},
		{"PUT", p + "d/x", "x", nil, 423},
		{"PUT", p + "d/new", "x", nil, 423},
		{"MKCOL", p + "d/new", "", nil, 423},
		{"PUT", p + "d/new", "x", h("If", "<"+s.url+p+"d/> ("+deep+")"), 201},
		{"LOCK", p + "d/x", exclusive, nil, 423},
		{"DELETE", p + "d", "", nil, 423},
		{"UNLOCK", p + "f", "", nil, 400},
		{"UNLOCK", p + "f", "", h("Lock-Token", other), 409},
		{"UNLOCK", p + "g", "", h("Lock-Token", token), 409},
		{"UNLOCK", p + "f", "", h("Lock-Token", token), 204},
		{"UNLOCK", p + "f", "", h("Lock-Token", token), 409},
		{"PUT", p + "f", "x", nil, 204},
		{"UNLOCK", p + "d/x", "", h("Lock-Token", deep), 204},
	})
	// A free name is made by its lock, empty.
	free := s.lock(p+"free", exclusive)
	s.run([]request{{"GET", p + "free", "", nil, 200}, {"PUT", p + "free", "x", nil, 423}, {"UNLOCK", p + "free", "", h("Lock-Token", free), 204}})
}

// A lock of a folder alone keeps its members, not what is in them.
func TestLockOfAFolderAlone(t *testing.T) {
	s := open(t, map[string]string{"private/d/x": "x", "private/d/sub/y": "y"})
	token := s.lock(p+"d/", exclusive, "Depth", "0")
	s.run([]request{
		{"PUT", p + "d/x", "new", nil, 204},
		{"PUT", p + "d/sub/z", "new", nil, 201},
		{"PUT", p + "d/more", "new", nil, 423},
		{"MKCOL", p + "d/more", "", nil, 423},
		{"DELETE", p + "d/x", "", nil, 423},
		{"MOVE", p + "d/x", "", h("Destination", s.url+p+"x"), 423},
		{"COPY", p + "d/x", "", h("Destination", s.url+p+"d/more"), 423},
		{"COPY", p + "d/x", "", h("Destination", s.url+p+"out"), 201},
		{"LOCK", p + "d/free", exclusive, nil, 423},
		{"DELETE", p + "d/x", "", h("If", "<"+s.url+p+"d/> ("+token+")"), 204},
	})
}

func TestSharedLocks(t *testing.T) {
	s := open(t, map[string]string{"private/f": "f"})
	shared := strings.ReplaceAll(exclusive, "exclusive", "shared")
	one, two := s.lock(p+"f", shared), s.lock(p+"f", shared)
	if one == two {
		t.Fatal("one token for two locks")
	}
	s.run([]request{
		{"LOCK", p + "f", exclusive, nil, 423},
		{"PUT", p + "f", "x", nil, 423},
		{"PUT", p + "f", "x", h("If", "("+one+")"), 204},
		{"PUT", p + "f", "x", h("If", "("+two+")"), 204},
		{"UNLOCK", p + "f", "", h("Lock-Token", one), 204},
		{"PUT", p + "f", "x", nil, 423},
		{"UNLOCK", p + "f", "", h("Lock-Token", two), 204},
		{"PUT", p + "f", "x", nil, 204},
	})
}

// A folder with a locked child is neither removed nor moved nor replaced.
func TestLockedChild(t *testing.T) {
	s := open(t, map[string]string{"private/d/sub/x": "x", "private/d/y": "y", "private/f": "f"})
	token := s.lock(p+"d/sub/x", exclusive)
	for _, r := range []request{
		{"DELETE", p + "d", "", nil, 424},
		{"MOVE", p + "d", "", h("Destination", s.url+p+"e"), 424},
		{"COPY", p + "f", "", h("Destination", s.url+p+"d"), 424},
		{"MOVE", p + "f", "", h("Destination", s.url+p+"d"), 424},
	} {
		got := s.known(r.method, r.target, "", r.headers...)
		if got.status != r.status || !strings.Contains(got.body, "/share/private/d/sub/x</D:href><D:status>HTTP/1.1 423") {
			t.Errorf("%s %s: %d %s", r.method, r.target, got.status, got.body)
		}
	}
	s.has("private", map[string]string{"d/": "", "d/y": "y", "d/sub/": "", "d/sub/x": "x", "f": "f", "config/": "", "config/.jio_documents/": ""})
	s.run([]request{{"DELETE", p + "d", "", h("If", "<"+s.url+p+"d/sub/x> ("+token+")"), 204}, {"MKCOL", p + "d", "", nil, 201}, {"MKCOL", p + "d/sub", "", nil, 201}, {"PUT", p + "d/sub/x", "", nil, 201}})
}

// Of two users, one cannot use the other's lock.
func TestLockOfAnotherUser(t *testing.T) {
	s := open(t, map[string]string{"private/f": "f"})
	write(t, s.config.HTTPD.HtpasswdFile, "admin:"+secretHash+"\nother:"+secretHash+"\n")
	token := s.lock(p+"f", exclusive)
	for _, r := range []request{{"PUT", p + "f", "x", h("If", "("+token+")"), 423}, {"UNLOCK", p + "f", "", h("Lock-Token", token), 403}} {
		if got := s.do(r.method, r.target, r.body, append(r.headers, "user", "other:secret")...); got.status != r.status {
			t.Errorf("%s: %d, want %d", r.method, got.status, r.status)
		}
	}
}

// Locks and properties outlive the server.
func TestRestart(t *testing.T) {
	c := partition(t, map[string]string{"private/f": "f"})
	c.HTTPD.WebDAVWrite = "all"
	var token string
	t.Run("first", func(t *testing.T) {
		s := serve(t, c)
		token = s.lock(p+"f", exclusive)
		s.run([]request{{"PROPPATCH", p + "f", `<propertyupdate xmlns="DAV:"><set><prop><x xmlns="u:x">kept</x></prop></set></propertyupdate>`, h("If", "("+token+")"), 207}})
		write(t, s.path("private/.monitor-upload.left"), "half")
	})
	t.Run("second", func(t *testing.T) {
		s := serve(t, c)
		s.run([]request{{"PUT", p + "f", "x", nil, 423}, {"PUT", p + "f", "x", h("If", "("+token+")"), 204}})
		if got := s.known("PROPFIND", p+"f", "", "Depth", "0"); !strings.Contains(got.body, ">kept<") {
			t.Errorf("%s", got.body)
		}
		if _, err := os.Stat(s.path("private/.monitor-upload.left")); err == nil {
			t.Error("what a killed server left is still there")
		}
	})
	for _, name := range []string{"webdav-locks.json", "webdav-properties.json"} {
		st, err := os.Stat(filepath.Join(c.StateFolder, name))
		if err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, st, err)
		}
		write(t, filepath.Join(c.StateFolder, name), `[{"token":`)
	}
	t.Run("damaged", func(t *testing.T) {
		s := serve(t, c)
		s.run([]request{{"PUT", p + "f", "x", nil, 204}})
	})
}

func TestManyLocks(t *testing.T) {
	s := open(t, map[string]string{"private/d/": ""})
	for i := range 256 {
		s.lock(fmt.Sprintf("%sd/%d", p, i), exclusive)
	}
	s.run([]request{{"LOCK", p + "d/more", exclusive, nil, 507}, {"GET", p + "d/0", "", nil, 200}})
}
