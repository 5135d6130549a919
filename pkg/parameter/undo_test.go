package parameter

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// edited is the list that clients get, with one value edited.
func (p *partition) edited(key, value string) []byte {
	p.t.Helper()
	var entries []entry
	if err := json.Unmarshal([]byte(p.get(folder+"config.json")), &entries); err != nil {
		p.t.Fatal(err)
	}
	for i := range entries {
		if entries[i].Key == key {
			entries[i].Value = value
		}
	}
	data, err := json.Marshal(entries)
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}

// Clients send the whole list: what cannot be read, or is too long to be shown,
// must not keep them from editing the rest.
func TestTargetsThatCannotBeReadBlockNoOther(t *testing.T) {
	long := strings.Repeat("é\n", 1<<20)
	for name, spoil := range map[string]func(path string) error{
		"folder": func(path string) error { return os.Mkdir(path, 0o750) },
		"long":   func(path string) error { return os.WriteFile(path, []byte(long), 0o640) },
		"binary": func(path string) error { return os.WriteFile(path, []byte("\xff\x00\xfe\n"), 0o640) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPartition(t)
			target := filepath.Join(p.dir, "etc/promise_timeout")
			if err := os.Remove(target); err != nil {
				t.Fatal(err)
			}
			if err := spoil(target); err != nil {
				t.Fatal(err)
			}
			_ = Sync(context.Background(), p.Config) // tells what cannot be read
			if n := len(p.get(folder + "config.json")); n > maxBody/2 {
				t.Errorf("the list is of %d bytes, more than clients may send", n)
			}
			_ = Apply(context.Background(), p.Config, p.edited("greeting", "salut"))
			if got := p.get("srv/my greeting"); got != "salut\n" {
				t.Errorf("the other value is %q", got)
			}
			if name == "long" && p.get("etc/promise_timeout") != long {
				t.Error("the long file was cut")
			}
		})
	}
}

func TestAllChangesOrNone(t *testing.T) {
	p := newPartition(t)
	const rule = `SetEnvIf Origin "^http(s)?://(.+\.)?(monitor\.app\.officejs\.com)$" origin_is=$0` + "\n"
	p.put("etc/httpd-cors.cfg", rule)
	p.sync()
	htpasswd := p.get("etc/monitor-htpasswd")
	body := `[{"key":"greeting","value":"ciao"},{"key":"monitor-password","value":"edited"},{"key":"cors-domain","value":"a.example.com"}]`
	err := Apply(context.Background(), p.Config, []byte(body))
	if err == nil || !strings.Contains(err.Error(), "apply cors-domain: ") { // there is no bin/graceful
		t.Fatalf("got %v", err)
	}
	for name, want := range map[string]string{
		"srv/my greeting": "hello\n", "etc/.monitor-password": "insecure\n",
		"etc/monitor-htpasswd": htpasswd, "etc/httpd-cors.cfg": rule,
	} {
		if got := p.get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := p.mode("srv/my greeting"); got != 0o660 {
		t.Errorf("mode %v", got)
	}
	if got := p.get(folder + "config.json"); strings.Contains(got, "a.example.com") || strings.Contains(got, "edited") {
		t.Errorf("it shows what is not in force: %s", got)
	}
	p.nothingWaits()

	p.put("bin/graceful", "#!/bin/sh\ntouch @/reloaded\n")
	if err := os.Chmod(filepath.Join(p.dir, "bin/graceful"), 0o750); err != nil {
		t.Fatal(err)
	}
	p.apply(body)
	if p.get("srv/my greeting") != "ciao\n" || !p.exists("reloaded") {
		t.Error("a second try is not made")
	}
}
