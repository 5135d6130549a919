package parameter

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"

	"slapmonitor/pkg/monitorconf"
)

var update = flag.Bool("update", false, "write the golden files")

// partition is a partition with one parameter of each kind.
type partition struct {
	*monitorconf.Config
	dir string
	t   testing.TB
}

func newPartition(t testing.TB) *partition {
	t.Helper()
	p := &partition{dir: t.TempDir(), t: t}
	p.put("etc/monitor.conf", `[monitor]
parameter-list =
  raw monitor-user admin
  htpasswd monitor-password @/etc/.monitor-password admin @/etc/monitor-htpasswd
  file promise-timeout @/etc/promise_timeout
  file min-free-disk-MB @/etc/min-free-disk-size
  file greeting @/srv/my greeting
  httpdcors cors-domain @/etc/httpd-cors.cfg @/bin/graceful
  raw takeover-url https://[2001:db8::1]/?a=b c
[httpd]
cors-domains = monitor.app.officejs.com
`)
	p.put("etc/promise_timeout", "20\n")
	p.put("etc/min-free-disk-size", "1000")
	p.put("srv/my greeting", "hello\n")
	p.put("etc/.monitor-password", "insecure\n")
	hash, err := bcrypt.GenerateFromPassword([]byte("insecure"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	p.put("etc/monitor-htpasswd", "other:$apr1$x$y\nadmin:"+string(hash)+"\n")
	for name, mode := range map[string]os.FileMode{"etc/.monitor-password": 0o600, "srv/my greeting": 0o660} {
		if err := os.Chmod(filepath.Join(p.dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	c, err := monitorconf.Load(filepath.Join(p.dir, "etc/monitor.conf"))
	if err != nil {
		t.Fatal(err)
	}
	p.Config = c
	return p
}

// put writes a file of the partition; @ stands for its folder.
func (p *partition) put(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "@", p.dir)), 0o640); err != nil {
		p.t.Fatal(err)
	}
}

func (p *partition) get(name string) string {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), p.dir, "@")
}

func (p *partition) mode(name string) os.FileMode {
	p.t.Helper()
	st, err := os.Stat(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return st.Mode()
}

func (p *partition) exists(name string) bool {
	_, err := os.Lstat(filepath.Join(p.dir, name))
	return err == nil
}

func (p *partition) sync() {
	p.t.Helper()
	if err := Sync(context.Background(), p.Config); err != nil {
		p.t.Fatal(err)
	}
}

func (p *partition) apply(body string) {
	p.t.Helper()
	if err := Apply(context.Background(), p.Config, []byte(body)); err != nil {
		p.t.Fatal(err)
	}
}

const folder = "srv/monitor/private/config/.jio_documents/"

func TestDocuments(t *testing.T) {
	p := newPartition(t)
	p.sync()
	for name, mode := range map[string]os.FileMode{
		folder + "config.json": 0o600, folder + "config.parameters.json": 0o640, "etc/monitor_knowledge0.cfg": 0o600,
	} {
		got := p.get(name)
		golden := "testdata/golden/" + filepath.Base(name)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s: -want +got\n%s", name, d)
		}
		if p.mode(name) != mode {
			t.Errorf("%s: mode %v, want %v", name, p.mode(name), mode)
		}
	}
}

// A parser that knows each key once must be able to read the values.
func TestKnowledgeHasEachKeyOnce(t *testing.T) {
	got := string(knowledge([]entry{{"", "url", "1"}, {"k", "k", "a\n[b]\nc = d"}, {"", "URL", "2"}}))
	if want := "[public]\nk = a\n  [b]\n  c = d\nURL = 2\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParse(t *testing.T) {
	for line, want := range map[string]string{
		"raw a b  c ":                         "",
		"raw a":                               "",
		"file a /x/y z":                       "",
		"htpasswd a /x admin /y":              "",
		"httpdcors a /x /y":                   "",
		"":                                    "write a kind, a name",
		"file":                                "write a kind, a name",
		"file a=b /x":                         "write a kind, a name",
		"file a":                              "write file NAME PATH with absolute paths",
		"file a x":                            "write file NAME PATH with absolute paths",
		"htpasswd a /x admin":                 "write htpasswd NAME PATH USER HTPASSWD-PATH with absolute paths",
		"htpasswd a /x admin y":               "write htpasswd NAME PATH USER HTPASSWD-PATH with absolute paths",
		"httpdcors a /x":                      "write httpdcors NAME CORS-PATH RELOAD-PROGRAM with absolute paths",
		"secret a /x":                         `there is no kind "secret"; write raw, file, htpasswd or httpdcors`,
		"file a\x01b /x":                      "write a kind, a name",
		"htpasswd a /x admin /y and one more": "with absolute paths",
	} {
		_, err := Parse(line)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}

func TestBadLinesAreToldAndLeftOut(t *testing.T) {
	p := newPartition(t)
	p.Parameters = append(p.Parameters, "fiel x /y", "file promise-timeout /elsewhere")
	err := Sync(context.Background(), p.Config)
	if err == nil || !strings.Contains(err.Error(), `no kind "fiel"`) || !strings.Contains(err.Error(), "promise-timeout is described twice") {
		t.Errorf("got %v", err)
	}
	p.apply(`[{"key":"promise-timeout","value":"30"}]`)
	if got := p.get("etc/promise_timeout"); got != "30\n" {
		t.Errorf("value %q", got)
	}
}

func TestApplyFiles(t *testing.T) {
	p := newPartition(t)
	if err := os.Symlink("../srv/my greeting", filepath.Join(p.dir, "etc/link")); err != nil {
		t.Fatal(err)
	}
	p.Parameters = append(p.Parameters, "file linked "+p.dir+"/etc/link")
	p.sync()
	p.apply(`[{"key":"","title":"monitor-user","value":"root"},
		{"key":"promise-timeout","title":"promise-timeout","value":" 30 "},
		{"key":"min-free-disk-MB","value":2000},
		{"key":"greeting"}, {"key":"linked","value":null}, {"title":"no key","value":"x"},
		{"key":"unknown","value":"x"}]`)
	for name, want := range map[string]string{
		"etc/promise_timeout": "30\n", "etc/min-free-disk-size": "2000", "srv/my greeting": "hello\n",
	} {
		if got := p.get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if s := p.get(folder + "config.json"); !strings.Contains(s, `"value":"30"`) || strings.Contains(s, "root") {
		t.Errorf("config.json: %s", s)
	}
	p.apply(`[{"key":"linked","value":"hi <there> & 100 %"}]`)
	if got, mode := p.get("srv/my greeting"), p.mode("srv/my greeting"); got != "hi <there> & 100 %\n" || mode != 0o660 {
		t.Errorf("behind the link: %q, mode %v", got, mode)
	}
	if st, err := os.Lstat(filepath.Join(p.dir, "etc/link")); err != nil || st.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", st, err)
	}
}

// What a client may not do leaves everything as it was.
func TestApplyRefuses(t *testing.T) {
	long := strings.Repeat("x", maxValue+1)
	for _, tt := range []struct {
		body   string
		status int
		says   string
	}{
		{``, 400, "not a JSON array"},
		{`null`, 400, "not a JSON array"},
		{`{"key":"greeting","value":"x"}`, 400, "not a JSON array"},
		{`["greeting"]`, 400, "not a JSON array"},
		{`[{"key":1,"value":"x"}]`, 400, "not a JSON array"},
		{`[] []`, 400, "something behind"},
		{"[{\"key\":\"greeting\",\"value\":\"\xff\"}]", 400, "UTF-8"},
		{`[{"key":"greeting","value":["x"]}]`, 400, `value of "greeting" is not a text`},
		{`[{"key":"greeting","value":"a"},{"key":"greeting","value":"b"}]`, 400, "twice"},
		{"[" + strings.Repeat(" ", maxBody) + "]", 413, "longer than"},
		{`[{"key":"greeting","value":"a\nb"}]`, 422, "line break"},
		{`[{"key":"greeting","value":"a\u0000b"}]`, 422, "control character"},
		{`[{"key":"greeting","value":"` + long + `"}]`, 422, "longer than"},
		{`[{"key":"promise-timeout","value":"soon"}]`, 422, "promise-timeout: write a whole number of seconds from 1 to 3600"},
		{`[{"key":"promise-timeout","value":"0"}]`, 422, "from 1"},
		{`[{"key":"promise-timeout","value":"+30"}]`, 422, "whole number"},
		{`[{"key":"promise-timeout","value":""}]`, 422, "whole number"},
		{`[{"key":"min-free-disk-MB","value":-1}]`, 422, "megabytes"},
		{`[{"key":"monitor-password","value":""}]`, 422, "empty"},
		{`[{"key":"monitor-password","value":"SeCrEt with blank"}]`, 422, "setup URL"},
		{`[{"key":"monitor-password","value":"` + long[:73] + `"}]`, 422, "72 bytes"},
		{`[{"key":"cors-domain","value":""}]`, 422, "at least one domain"},
		{`[{"key":"cors-domain","value":"a.com b|c"}]`, 422, "not a host"},
	} {
		p := newPartition(t)
		p.sync()
		before := p.get(folder + "config.json")
		// Something good beside the bad must not get through either.
		body := tt.body
		if !strings.Contains(body, "min-free-disk-MB") {
			body = strings.Replace(body, `[{`, `[{"key":"min-free-disk-MB","value":"7"},{`, 1)
		}
		err := Apply(context.Background(), p.Config, []byte(body))
		var refused *Error
		if !errors.As(err, &refused) || refused.Status != tt.status || !strings.Contains(refused.Message, tt.says) {
			t.Errorf("%.60s: got %v, want %d %s", tt.body, err, tt.status, tt.says)
		}
		if err != nil && strings.Contains(err.Error(), "SeCrEt") {
			t.Errorf("the error shows a password: %v", err)
		}
		if tt.status != 400 && p.get(folder+"config.json") != before || p.get("etc/min-free-disk-size") != "1000" {
			t.Errorf("%.60s: something changed", tt.body)
		}
	}
}

func TestApplyOneAtATime(t *testing.T) {
	p := newPartition(t)
	unlock, err := enter(context.Background(), p.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	var refused *Error
	if err := Apply(ctx, p.Config, []byte(`[]`)); !errors.As(err, &refused) || refused.Status != 409 {
		t.Errorf("got %v, want 409", err)
	}
}

func TestPassword(t *testing.T) {
	p := newPartition(t)
	p.sync()
	start := time.Now()
	_, oldHash, _ := strings.Cut(strings.Split(p.get("etc/monitor-htpasswd"), "\n")[1], ":")
	p.apply(`[{"key":"monitor-password","value":"n3w-secret"}]`)

	lines := strings.Split(p.get("etc/monitor-htpasswd"), "\n")
	if lines[0] != "other:$apr1$x$y" || !strings.HasPrefix(lines[1], "admin:$2") || len(lines) != 3 {
		t.Fatalf("password file %q", lines)
	}
	if bcrypt.CompareHashAndPassword([]byte(lines[1][len("admin:"):]), []byte("n3w-secret")) != nil {
		t.Error("the new password does not match its hash")
	}
	if got := p.get("etc/.monitor-password"); got != "n3w-secret\n" || p.mode("etc/.monitor-password") != 0o600 {
		t.Errorf("text %q, mode %v", got, p.mode("etc/.monitor-password"))
	}
	prev := p.previous()
	until, err := time.Parse("2006-01-02T15:04:05+0000", prev.Until)
	if prev.User != "admin" || prev.Hash != oldHash || err != nil ||
		until.Before(start.Add(PreviousGrace-time.Second)) || until.After(time.Now().Add(PreviousGrace)) {
		t.Errorf("previous %+v, %v", prev, err)
	}
	if m := p.mode("srv/monitor/state/" + previousName); m != 0o600 {
		t.Errorf("previous password: mode %v", m)
	}

	// The same again is no change: the old password keeps its grace.
	p.apply(`[{"key":"monitor-password","value":"n3w-secret"}]`)
	// So is finishing a change that was killed before the text was written.
	p.put("etc/.monitor-password", "insecure\n")
	p.apply(`[{"key":"monitor-password","value":"n3w-secret"}]`)
	if again := p.previous(); again != prev || p.get("etc/.monitor-password") != "n3w-secret\n" {
		t.Errorf("previous %+v became %+v", prev, again)
	}

	for _, at := range []struct {
		now   time.Time
		there bool
	}{{until.Add(-time.Second), true}, {until, false}} {
		if err := forgetPrevious(p.Config, at.now); err != nil || p.exists("srv/monitor/state/"+previousName) != at.there {
			t.Errorf("at %v: %v, still there %v", at.now, err, !at.there)
		}
	}
}

func TestPasswordWithoutFiles(t *testing.T) {
	p := newPartition(t)
	for _, name := range []string{"etc/monitor-htpasswd", "etc/.monitor-password"} {
		if err := os.Remove(filepath.Join(p.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	p.apply(`[{"key":"monitor-password","value":"first"}]`)
	if !strings.HasPrefix(p.get("etc/monitor-htpasswd"), "admin:$2") || p.mode("etc/.monitor-password") != 0o600 {
		t.Error("no password was set")
	}
	if p.exists("srv/monitor/state/" + previousName) {
		t.Error("there was no previous password")
	}
}
