package monitorconf

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// The samples' whole Config is pinned: a default that changes is a change for
// every partition.
func TestLoad(t *testing.T) {
	for _, name := range []string{"seed2017", "head2026", "empty"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile("testdata/" + name + ".conf")
			if err != nil {
				t.Fatal(err)
			}
			c, err := parse("/p/slappart0/etc/monitor.conf", data)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(c, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			golden := "testdata/" + name + ".json"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			crlf, err := parse("/p/slappart0/etc/monitor.conf", bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")))
			if err != nil {
				t.Fatalf("with CRLF: %v", err)
			}
			if d := cmp.Diff(c, crlf); d != "" {
				t.Errorf("CRLF changes the meaning:\n%s", d)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	want := map[string]string{
		"no_section":    "has no [monitor] section; give",
		"no_monitor":    "has no [monitor] section; give the partition's etc/monitor.conf",
		"not_utf8":      "is not UTF-8 text; write it again from its profile",
		"relative":      `: public-folder of [monitor] is "srv/public"; write an absolute path`,
		"relative_list": `: private-path-list of [monitor] is "b"; write an absolute path`,
		"two_paths":     `: public-folder of [monitor] is "/a\n  /b"; write one path on one line`,
		"base_url":      `: base-url of [monitor] is "softinst.example.com"; write an address like https://[2001:db8::1]:8196`,
		"source":        `: promise-source of [monitor] is "both"; write run or slapgrid`,
		"port":          `: port of [httpd] is "99999"; write a port number from 0 to 65535`,
		"number":        `: archive-days of [monitor] is "-1"; write a whole number`,
		"ip":            `: listening-ip of [httpd] is "localhost"; write an IPv4 or IPv6 address`,
		"syntax":        "cannot be read",
		"missing":       "give the partition's etc/monitor.conf with -c",
	}
	for name, part := range want {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", "bad", name+".conf")
			_, err := Load(file)
			if err == nil {
				t.Fatal("no error")
			}
			abs, _ := filepath.Abs(file)
			if !strings.Contains(err.Error(), part) || !strings.Contains(err.Error(), abs) {
				t.Errorf("got  %v\nwant it to name the file and say %s", err, part)
			}
		})
	}
	files, err := filepath.Glob("testdata/bad/*.conf")
	if err != nil || len(files) != len(want)-1 {
		t.Errorf("%d files in testdata/bad, %d messages, %v", len(files), len(want), err)
	}
}

func TestLoadFindsThePartition(t *testing.T) {
	for _, folder := range []string{"etc", "elsewhere"} {
		dir := filepath.Join(t.TempDir(), "part")
		file := filepath.Join(dir, folder, "monitor.conf")
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("[monitor]\n"), 0o640); err != nil {
			t.Fatal(err)
		}
		c, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		want := dir
		if folder != "etc" {
			want = filepath.Join(dir, folder)
		}
		if c.Partition != want || c.PublicFolder != filepath.Join(want, "srv/monitor/public") || c.File != file {
			t.Errorf("in %s: partition %s, public folder %s, file %s", folder, c.Partition, c.PublicFolder, c.File)
		}
	}
}

func TestBaseURLFallsBackToTheListeningAddress(t *testing.T) {
	c, err := parse("/p/etc/monitor.conf", []byte("[monitor]\n[httpd]\nlistening-ip = 2001:db8::1\nport = 8196\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://[2001:db8::1]:8196"; c.BaseURL != want {
		t.Errorf("base URL %q, want %q", c.BaseURL, want)
	}
}

func TestSplitPaths(t *testing.T) {
	for line, want := range map[string][]string{
		"/a":            {"/a"},
		"/a /b":         {"/a", "/b"},
		"/a  \t/b":      {"/a", "/b"},
		"/a b /c":       {"/a b", "/c"},
		"/my files/x y": {"/my files/x y"},
		"a /b":          {"a", "/b"},
	} {
		if d := cmp.Diff(want, splitPaths(line)); d != "" {
			t.Errorf("%q: -want +got\n%s", line, d)
		}
	}
}

// Whatever the text is, parse answers or explains, and what it answers has
// only absolute paths and no line breaks.
func FuzzParse(f *testing.F) {
	for _, glob := range []string{"testdata/*.conf", "testdata/bad/*.conf"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse("/p/etc/monitor.conf", data)
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Fatal("an error that says nothing")
			}
			return
		}
		for _, p := range append([]string{c.PublicFolder, c.StateFolder, c.HTTPD.KeyFile}, append(c.PublicPaths, c.PrivatePaths...)...) {
			if !filepath.IsAbs(p) {
				t.Errorf("%q is not absolute", p)
			}
		}
		if strings.Contains(c.Title, "\n") || strings.HasSuffix(c.BaseURL, "/") {
			t.Errorf("title %q, base URL %q", c.Title, c.BaseURL)
		}
	})
}

// Python gives quotes no meaning, wherever they stand.
func TestQuotesAreText(t *testing.T) {
	c, err := parse("/p/etc/monitor.conf", []byte("[monitor]\ntitle = `one`\nroot-title: \"\"\"two\nconsumers-own = \"\"\"\n"+
		"username=\"three\"\nparameter-list = `raw` a\n  \"\"\"x\n  `y`\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := []string{c.Title, c.RootTitle, c.Username, strings.Join(c.Parameters, "|")}
	if d := cmp.Diff([]string{"`one`", `"""two`, `"three"`, "`raw` a|\"\"\"x|`y`"}, got); d != "" {
		t.Error(d)
	}
}
