package parameter

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/httpd/cors"
)

func (p *partition) previous() (prev previous) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(p.get("srv/monitor/state/"+previousName)), &prev); err != nil {
		p.t.Fatal(err)
	}
	return prev
}

func TestSyncAppliesAnUpload(t *testing.T) {
	p := newPartition(t)
	p.put(folder+uploadName, `[{"key":"promise-timeout","value":"42"}]`)
	p.sync()
	if got := p.get("etc/promise_timeout"); got != "42\n" {
		t.Errorf("value %q", got)
	}
	p.nothingWaits()
	p.sync() // nothing to do is no error
}

// A list that cannot be applied is told once and does not come back.
func TestSyncDropsWhatCannotBe(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"bad JSON": func(path string) error { return os.WriteFile(path, []byte(`[{`), 0o640) },
		"bad value": func(path string) error {
			return os.WriteFile(path, []byte(`[{"key":"promise-timeout","value":"x"}]`), 0o640)
		},
		"huge":   func(path string) error { return os.WriteFile(path, []byte(strings.Repeat(" ", maxBody+9)), 0o640) },
		"link":   func(path string) error { return os.Symlink("config.json", path) },
		"folder": func(path string) error { return os.MkdirAll(filepath.Join(path, "x"), 0o750) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPartition(t)
			p.sync()
			before := p.get(folder + "config.json")
			if err := make(filepath.Join(p.dir, folder, uploadName)); err != nil {
				t.Fatal(err)
			}
			if err := Sync(context.Background(), p.Config); err == nil || !strings.Contains(err.Error(), "is dropped: ") {
				t.Errorf("got %v", err)
			}
			p.nothingWaits()
			p.sync()
			if p.get(folder+"config.json") != before {
				t.Error("config.json changed")
			}
		})
	}
}

func (p *partition) nothingWaits() {
	p.t.Helper()
	for _, name := range []string{folder + uploadName, "srv/monitor/state/" + pendingName} {
		if p.exists(name) {
			p.t.Errorf("%s is still there", name)
		}
	}
}

func TestSyncFinishesAKilledChange(t *testing.T) {
	p := newPartition(t)
	p.put("srv/monitor/state/"+pendingName, `[{"key":"promise-timeout","value":"30"},{"key":"greeting","value":"ciao"}]`)
	p.put("etc/promise_timeout", "30\n") // so far it got
	p.sync()
	if got := p.get("srv/my greeting"); got != "ciao\n" {
		t.Errorf("greeting %q", got)
	}
	p.nothingWaits()
}

func TestSyncRewritesNothingWithoutNews(t *testing.T) {
	p := newPartition(t)
	p.sync()
	stat := func(name string) os.FileInfo {
		st, err := os.Stat(filepath.Join(p.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	for _, name := range []string{folder + "config.json", folder + "config.parameters.json", "etc/monitor_knowledge0.cfg"} {
		before := stat(name)
		p.sync()
		if !os.SameFile(before, stat(name)) {
			t.Errorf("%s was rewritten", name)
		}
	}
}

func TestUnreadableValue(t *testing.T) {
	p := newPartition(t)
	if err := os.Remove(filepath.Join(p.dir, "etc/min-free-disk-size")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(p.dir, "etc/promise_timeout")); err != nil {
		t.Fatal(err)
	}
	p.put("etc/promise_timeout/x", "a folder")
	p.put("srv/my greeting", "two\n\nlines \xff\n")
	err := Sync(context.Background(), p.Config)
	if err == nil || !strings.Contains(err.Error(), "promise-timeout") || strings.Contains(err.Error(), "min-free") {
		t.Errorf("got %v", err)
	}
	var list []entry
	if err := json.Unmarshal([]byte(p.get(folder+"config.json")), &list); err != nil {
		t.Fatal(err)
	}
	if list[2].Value != "" || list[3].Value != "" || list[4].Value != "two\n\nlines \uFFFD" {
		t.Errorf("%q", list)
	}
}

const apache = `SetEnvIf Origin "^http(s)?://(.+\.)?(monitor\.app\.officejs\.com)$" ORIGIN_DOMAIN=$0
SetEnvIfExpr Origin "left alone"
SetEnvIf Origin "^(https://monitor\.app\.officejs\.com)$" ALLOWED=$0
Header always set Access-Control-Allow-Origin "%{ALLOWED}e" env=ALLOWED
`

func TestCORS(t *testing.T) {
	p := newPartition(t)
	p.put("etc/httpd-cors.cfg", apache)
	p.put("bin/graceful", "#!/bin/sh\necho reloaded >> @/reloaded\n")
	if err := os.Chmod(filepath.Join(p.dir, "bin/graceful"), 0o750); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"monitor.app.officejs.com"}, CORSDomains(p.Config)); d != "" {
		t.Errorf("before: %s", d)
	}
	p.apply(`[{"key":"cors-domain","value":"a.example.com   [2001:db8::1]:8443"}]`)
	if d := cmp.Diff([]string{"a.example.com", "[2001:db8::1]:8443"}, CORSDomains(p.Config)); d != "" {
		t.Errorf("after: %s", d)
	}
	want := `SetEnvIf Origin "^http(s)?://(.+\.)?(a\.example\.com|\[2001:db8::1\]:8443)$" ORIGIN_DOMAIN=$0
SetEnvIfExpr Origin "left alone"
SetEnvIf Origin "^(https://\[2001:db8::1\]:8443|https://a\.example\.com)$" ALLOWED=$0
Header always set Access-Control-Allow-Origin "%{ALLOWED}e" env=ALLOWED
`
	if d := cmp.Diff(want, p.get("etc/httpd-cors.cfg")); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if p.get("reloaded") != "reloaded\n" {
		t.Error("Apache was not told")
	}
	p.HTTPD.CORSDomains = []string{"b.example.com"} // the deployer changes his mind
	if d := cmp.Diff([]string{"b.example.com"}, CORSDomains(p.Config)); d != "" {
		t.Errorf("after a deployment: %s", d)
	}
	p.Parameters = nil // and does not want it edited
	if d := cmp.Diff([]string{"b.example.com"}, CORSDomains(p.Config)); d != "" {
		t.Error(d)
	}
}

func TestCORSWithoutApache(t *testing.T) {
	p := newPartition(t)
	p.apply(`[{"key":"cors-domain","value":"a.example.com"}]`)
	if d := cmp.Diff([]string{"a.example.com"}, CORSDomains(p.Config)); d != "" {
		t.Error(d)
	}
}

func TestCORSTrouble(t *testing.T) {
	p := newPartition(t)
	p.put("etc/httpd-cors.cfg", "Header set X y\n")
	err := Apply(context.Background(), p.Config, []byte(`[{"key":"cors-domain","value":"a.example.com"}]`))
	if err == nil || !strings.Contains(err.Error(), "no rule for domains") {
		t.Errorf("got %v", err)
	}
	p = newPartition(t)
	p.put("etc/httpd-cors.cfg", apache)
	err = Apply(context.Background(), p.Config, []byte(`[{"key":"cors-domain","value":"a.example.com"}]`))
	if err == nil || !strings.Contains(err.Error(), "bin/graceful") {
		t.Errorf("got %v", err)
	}
	p.nothingWaits()
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`[{"key":"a","title":"a","value":"x"},{"key":"","value":1},{"key":"b"}]`))
	f.Add([]byte(`[{"key":"a","value":true},{"key":"a","value":"true"}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		values, err := decode(body)
		if err != nil {
			return
		}
		for k, v := range values {
			if k == "" || v != strings.TrimSpace(v) {
				t.Errorf("%q: %q", k, v)
			}
		}
	})
}

// Whatever domains a client writes, Apache's configuration keeps its lines.
func FuzzCORS(f *testing.F) {
	f.Add("a.example.com *.b.org [::1]:80")
	f.Add(`x" y $0 \1 ${2}`)
	f.Fuzz(func(t *testing.T, value string) {
		if checkCORS(Parameter{Name: "c"}, value) != nil {
			return
		}
		rules, err := cors.Parse(strings.Fields(value))
		if err != nil {
			t.Fatal(err)
		}
		text, err := apacheRules(apache, rules)
		if err != nil || strings.Count(text, "\n") != 4 || strings.Count(text, `"`) != strings.Count(apache, `"`) {
			t.Errorf("%q: %v\n%s", value, err, text)
		}
		if again, _ := apacheRules(text, rules); again != text {
			t.Errorf("%q: not stable\n%s", value, again)
		}
	})
}

func TestLeftoversGo(t *testing.T) {
	p := newPartition(t)
	p.put(folder+".config.json123", "half")
	p.put("etc/.monitor_knowledge0.cfg77", "half")
	p.sync()
	if p.exists(folder+".config.json123") || p.exists("etc/.monitor_knowledge0.cfg77") {
		t.Error("what killed writers left is still there")
	}
	if p.mode("srv/monitor/state/parameter.lock") != document.SecretMode {
		t.Error("mode of the lock")
	}
}

// Clients read the values in the global state, too.
func TestGlobalStateShowsTheNewValue(t *testing.T) {
	p := newPartition(t)
	p.sync()
	global := "srv/monitor/private/monitor.global.json"
	p.put(global, `{"status":"OK","parameters":[{"key":"promise-timeout","title":"promise-timeout","value":"20"}]}`)
	p.apply(`[{"key":"promise-timeout","value":"33"}]`)
	if s := p.get(global); !strings.Contains(s, `"value":"33"`) || !strings.Contains(s, `"status":"OK"`) {
		t.Errorf("global state %s", s)
	}
	p.put(global, `damaged`) // is no reason to refuse
	p.apply(`[{"key":"promise-timeout","value":"34"}]`)
}
