package buildout

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// serve answers paths with texts and counts the requests.
func serve(t *testing.T, texts map[string]string) (url string, requests *int) {
	requests = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*requests++
		text, ok := texts[r.URL.Path]
		if !ok {
			http.Error(w, "no", http.StatusNotFound)
			return
		}
		fmt.Fprint(w, text)
	}))
	t.Cleanup(server.Close)
	return server.URL, requests
}

func profileExtending(t *testing.T, names ...string) string {
	return writeProfile(t, "[buildout]\nparts =\nextends = "+strings.Join(names, " ")+"\n-- cache/.keep --\n")
}

// Relative names in a URL's file make URLs, absolute ones local files.
func TestExtendsURL(t *testing.T) {
	local := writeProfile(t, "[s]\nlocal = 1\nwhere = ${:_profile_base_location_}\n")
	url, requests := serve(t, map[string]string{
		"/a/b.cfg":   "[buildout]\nextends = c/d.cfg ../e.cfg " + local + "\n[s]\nb = 1\n",
		"/a/c/d.cfg": "[s]\nd = 1\n",
		"/e.cfg":     "[s]\ne = ${:_profile_base_location_}\n",
	})
	p, err := Open(profileExtending(t, url+"/a/b.cfg", url+"/a/b.cfg"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkSection(t, p, "s", "d=1\ne="+filepath.Dir(local)+"\n_profile_base_location_="+filepath.Dir(local)+
		"\nlocal=1\nwhere="+filepath.Dir(local)+"\nb=1\n")
	if *requests != 3 {
		t.Errorf("%d requests for 3 files", *requests)
	}
}

func TestMainProfileURL(t *testing.T) {
	url, _ := serve(t, map[string]string{"/x/main.cfg": "[buildout]\nparts =\n[s]\nhere = ${:_profile_base_location_}\n"})
	p, err := Open(url+"/x/main.cfg", Options{Directory: "/d"})
	if err != nil {
		t.Fatal(err)
	}
	checkSection(t, p, "s", "here="+url+"/x\n_profile_base_location_="+url+"/x\n")

	p, err = Open(url+"/x/main.cfg", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e := checkClass(t, p.Evaluate(), MissingOption); e.Message != "Missing option: buildout:directory" {
		t.Error(e)
	}
}

func TestDownloadErrors(t *testing.T) {
	url, _ := serve(t, map[string]string{"/big.cfg": strings.Repeat("#\n", maxFile/2+1), "/bad.cfg": "[s]\nbad\n",
		"/eggs.cfg": "[buildout]\neggs-directory = e\n"})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := "http://" + closed.Addr().String() + "/x.cfg"
	closed.Close()
	for _, c := range []struct{ extends, class, says string }{
		{url + "/ghost.cfg", UserError, "Error downloading extends for URL " + url + "/ghost.cfg: HTTP Error 404: Not Found"},
		{refused, UserError, "Error downloading extends for URL " + refused + ": <urlopen error [Errno 111] Connection refused>"},
		{"gopher://x/y.cfg", UserError, "Error downloading extends for URL gopher://x/y.cfg: <urlopen error unknown url type: gopher>"},
		{url + "/big.cfg", UserError, "larger than 16 MiB"},
		{url + "/bad.cfg", ParsingError, "File contains parsing errors: " + url + "/bad.cfg\n\t[line  2]: 'bad\\n'"},
		{url + "/eggs.cfg", UserError, "Setting \"eggs-directory\" to a non absolute location (\"e\") within a\nremote configuration file (\"" + url + "/eggs.cfg\") is ambiguous."},
		{"file:///nonexistent/x.cfg", FileNotFoundError, "[Errno 2] No such file or directory: '/nonexistent/x.cfg'"},
	} {
		_, err := Open(profileExtending(t, c.extends), Options{})
		if e := checkClass(t, err, c.class); !strings.Contains(e.Message, c.says) {
			t.Errorf("%s: got %s", c.extends, e.Message)
		}
	}
}

// With an extends-cache, downloads are kept there; offline they must be there;
// in newest mode they are fetched again, and the old one serves if that fails.
func TestExtendsCache(t *testing.T) {
	texts := map[string]string{"/a.cfg": "[s]\nx = 1\n"}
	url, requests := serve(t, texts)
	main := profileExtending(t, url+"/a.cfg")
	cache := "extends-cache=" + filepath.Join(filepath.Dir(main), "cache")

	offline := []string{cache, "offline=true"}
	_, err := Open(main, Options{Assignments: offline})
	if e := checkClass(t, err, UserError); e.Message != "Couldn't download '"+url+"/a.cfg' in offline mode." {
		t.Error(e)
	}
	checkX := func(assignments []string, want string, wantRequests int) {
		t.Helper()
		p, err := Open(main, Options{Assignments: assignments})
		if err != nil {
			t.Fatal(err)
		}
		if raw, _ := p.Raw("s"); raw[0].Value != want || *requests != wantRequests {
			t.Errorf("got %v after %d requests", raw, *requests)
		}
	}
	checkX([]string{cache}, "1", 1)
	texts["/a.cfg"] = "[s]\nx = 2\n"
	checkX(offline, "1", 1)
	checkX([]string{cache, "newest=false"}, "1", 1)
	checkX([]string{cache}, "2", 2)
	delete(texts, "/a.cfg")
	checkX([]string{cache}, "2", 3)

	kept, err := os.ReadDir(filepath.Join(filepath.Dir(main), "cache"))
	if err != nil || len(kept) != 2 {
		t.Fatal(kept, err)
	}
	if info, _ := kept[1].Info(); len(kept[1].Name()) != 32 || info.Mode() != 0o640 {
		t.Errorf("%s %v", kept[1].Name(), info.Mode())
	}
}

func TestExtendsCacheErrors(t *testing.T) {
	main := profileExtending(t, "http://127.0.0.1:1/x.cfg")
	_, err := Open(main, Options{Assignments: []string{"extends-cache=/nonexistent"}})
	if e := checkClass(t, err, UserError); e.Message != "The directory:\n'/nonexistent'\nto be used as a download cache doesn't exist.\n" {
		t.Error(e)
	}
	_, err = Open(main, Options{Assignments: []string{"extends-cache=${buildout:directory}/c"}})
	if e := checkClass(t, err, ValueError); !strings.Contains(e.Message, "may not contain ${section:variable} to expand.") {
		t.Error(e)
	}
}
