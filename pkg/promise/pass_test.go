package promise

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	goleak.VerifyTestMain(m)
}

// partition is one on disk, with a clock.
type partition struct {
	t    *testing.T
	conf *monitorconf.Config
	now  time.Time
}

func newPartition(t *testing.T) *partition {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	p := &partition{t: t, now: time.Date(2026, 3, 19, 12, 0, 30, 0, time.UTC), conf: &monitorconf.Config{
		ArchiveDays: 30, Title: "instance", RootTitle: "tree", BaseURL: "https://[::1]:8196", Partition: dir,
		PublicFolder: at("srv/monitor/public"), PrivateFolder: at("srv/monitor/private"),
		DocumentFolder: at("srv/monitor/private/documents"), StateFolder: at("srv/monitor/state"),
		PromiseFolder: at("etc/promise"), MonitorPromises: at("etc/monitor-promise"), PluginFolder: at("etc/plugin"),
		ReportFolder: at("etc/monitor-report"), PromiseTimeoutFile: at("etc/promise_timeout"),
	}}
	return p
}

// script writes an executable file below the partition.
func (p *partition) script(name, body string) {
	p.t.Helper()
	p.file(name, "#!/bin/sh\n"+body+"\n", 0o700)
}

func (p *partition) file(name, body string, mode os.FileMode) {
	p.t.Helper()
	path := filepath.Join(p.conf.Partition, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(body), mode); err != nil {
		p.t.Fatal(err)
	}
}

func (p *partition) remove(name string) {
	p.t.Helper()
	if err := os.Remove(filepath.Join(p.conf.Partition, name)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *partition) pass(change ...func(*Pass)) (int, error) {
	p.t.Helper()
	pass := &Pass{Config: p.conf, Now: func() time.Time { return p.now }}
	for _, f := range change {
		f(pass)
	}
	broken, err := pass.Run(p.t.Context())
	p.now = p.now.Add(time.Minute)
	return broken, err
}

// run is a pass that has no errors; it returns the number of broken promises.
func (p *partition) run(change ...func(*Pass)) int {
	p.t.Helper()
	broken, err := p.pass(change...)
	if err != nil {
		p.t.Fatal(err)
	}
	return broken
}

func (p *partition) status(name string) (doc document.PromiseStatus) {
	p.t.Helper()
	p.decode(filepath.Join(p.conf.PublicFolder, "promise", name+".status.json"), &doc)
	return doc
}

func (p *partition) history(name string) (doc document.History) {
	p.t.Helper()
	p.decode(filepath.Join(p.conf.PublicFolder, name+".history.json"), &doc)
	return doc
}

func (p *partition) decode(path string, v any) {
	p.t.Helper()
	raw, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(raw, v)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode() != document.PublicMode {
		p.t.Errorf("%s has mode %v", path, st.Mode())
	}
}

func TestPassPublishesWhatPromisesSay(t *testing.T) {
	p := newPartition(t)
	tests := []struct{ name, script, status, message string }{
		{"kept", "echo fine; echo noise >&2", "OK", "fine"},
		{"quiet.sh", ":", "OK", ""},
		{"broken", "echo out; echo err >&2; exit 1", "ERROR", "err"},
		{"broken out", "echo out; exit 1", "ERROR", "out"},
		{"mute", "exit 3", "ERROR", "Error: exit status 3 and no output"},
		{"signal", "echo dying >&2; kill -11 $$", "ERROR", "Error: killed by signal 11 (segmentation fault)\ndying"},
		{"latin", `printf 'caf\351 \0 \033[31mred\033[0m <b>'`, "OK", "caf\uFFFD \uFFFD red <b>"},
		{"folder", "pwd", "OK", p.conf.Partition},
	}
	for _, tt := range tests {
		p.script("etc/promise/"+tt.name, tt.script)
	}
	p.script("etc/monitor-promise/other", "exit 1")
	p.script("etc/promise/.hidden", "exit 1")
	p.file("etc/promise/sub/file", "not a promise", 0o700)
	if broken := p.run(); broken != 5 {
		t.Errorf("%d promises broken", broken)
	}
	for _, tt := range tests {
		doc := p.status(tt.name)
		if doc.Status != tt.status || doc.Message != tt.message || doc.Result.Message != tt.message ||
			doc.Result.Failed != (tt.status == "ERROR") {
			t.Errorf("%s: %q %q %+v", tt.name, doc.Status, doc.Message, doc.Result)
		}
		if h := p.history(tt.name); len(h.Data) != 1 || h.Data[0].Message != tt.message {
			t.Errorf("%s: %+v", tt.name, h)
		}
	}
	doc := p.status("broken")
	doc.Result, doc.ExecutionTime = nil, 0
	want := document.PromiseStatus{
		Status: "ERROR", Type: "status", Title: "broken", Name: "broken", Path: filepath.Join(p.conf.PromiseFolder, "broken"),
		StartDate: document.StartDate(p.now.Add(-time.Minute)), ChangeTime: 1773921630, Message: "err",
		Instance: "instance", Hosting: "tree", Links: document.Links{"monitor": {Href: "https://[::1]:8196/share/private/"}},
	}
	if fmt.Sprint(doc) != fmt.Sprint(want) {
		t.Errorf("status document\n%+v, want\n%+v", doc, want)
	}
	if p.status("kept").Result.Date != "2026-03-19T12:00:30+0000" {
		t.Errorf("result date %s", p.status("kept").Result.Date)
	}
}

func TestPassReportsFilesThatCannotBeRun(t *testing.T) {
	p := newPartition(t)
	p.file("etc/promise/plain", "#!/bin/sh\n", 0o600)
	p.file("etc/promise/junk", "junk", 0o700)
	os.Symlink("/nowhere/at/all", filepath.Join(p.conf.PromiseFolder, "dangling"))
	if broken := p.run(); broken != 3 {
		t.Errorf("%d broken", broken)
	}
	for name, want := range map[string]string{
		"plain": "chmod +x", "junk": "#!/bin/sh", "dangling": "link to /nowhere/at/all, which does not exist",
	} {
		if got := p.status(name).Message; !strings.Contains(got, want) {
			t.Errorf("%s: %q does not say %q", name, got, want)
		}
	}
}

func TestChangeTimeSurvivesRestartsAndLostFiles(t *testing.T) {
	p := newPartition(t)
	p.script("etc/promise/a", "exit $(cat code)")
	code := func(s string) { p.file("code", s, 0o600) }
	code("0")
	p.run()
	code("1")
	p.run()
	changed := p.status("a").ChangeTime
	if want := document.Epoch(p.now.Add(-time.Minute)); changed != want {
		t.Fatalf("changed at %v, want %v", changed, want)
	}
	for _, gone := range []string{"state/promise.json", "public/a.history.json", "public/promise/a.status.json"} {
		p.remove("srv/monitor/" + gone)
		p.run()
		if got := p.status("a").ChangeTime; got != changed {
			t.Errorf("without %s: changed at %v, want %v", gone, got, changed)
		}
	}
}

func TestRemovedPromisesDisappear(t *testing.T) {
	p := newPartition(t)
	p.script("etc/promise/stays", ":")
	p.script("etc/promise/goes", "exit 1")
	p.run()
	p.remove("etc/promise/goes")
	p.run(func(pass *Pass) { pass.Only = []string{"stays"} })
	p.status("goes") // a selection says nothing about the others
	p.run()
	for _, name := range []string{"public/promise/goes.status.json", "public/goes.history.json"} {
		if _, err := os.Stat(filepath.Join(p.conf.Partition, "srv/monitor", name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	if raw, _ := os.ReadFile(filepath.Join(p.conf.StateFolder, "promise.json")); bytes.Contains(raw, []byte("goes")) {
		t.Errorf("state still knows it: %s", raw)
	}
	a := document.Archive{Folder: filepath.Join(p.conf.StateFolder, "history")}
	if old, err := a.Read("2026-03-19"); err != nil || len(old) != 1 || old[0].Name != "goes" {
		t.Errorf("archive %+v, %v", old, err)
	}
	if p.history("stays").Data[0].Status != "OK" {
		t.Error("the wrong one went")
	}
}

func TestNamesThatClash(t *testing.T) {
	p := newPartition(t)
	p.script("etc/promise/same", "echo first")
	p.script("etc/monitor-promise/same", "echo second; exit 1")
	p.run()
	if p.status("same").Message != "first" || p.status("same.monitor-promise").Message != "second" {
		t.Errorf("%+v %+v", p.status("same"), p.status("same.monitor-promise"))
	}
}

func TestNamesThatDocumentsCannotBear(t *testing.T) {
	p := newPartition(t)
	long := strings.Repeat("é", 120)
	p.script("etc/promise/bad\xff", "echo bad")
	p.script("etc/promise/"+long+"1", "echo one")
	p.script("etc/promise/"+long+"2", "echo two")
	p.script("etc/promise/x", "echo first")
	p.script("etc/promise/x.monitor-promise", "echo second")
	p.script("etc/monitor-promise/x", "echo third")
	p.run()
	change := p.status("bad\uFFFD").ChangeTime
	p.run()
	if got := p.status("bad\uFFFD"); got.ChangeTime != change || len(p.history("bad\uFFFD").Data) != 1 {
		t.Errorf("forgotten between two passes: %+v", got)
	}
	entries, err := os.ReadDir(filepath.Join(p.conf.PublicFolder, "promise"))
	if err != nil || len(entries) != 6 {
		t.Errorf("%d status documents of 6 promises, %v", len(entries), err)
	}
	if got := p.status("x.monitor-promise.monitor-promise").Message; got != "third" {
		t.Errorf("%q", got)
	}
	if n := p.run(func(pass *Pass) { pass.Only = []string{long + "2"} }); n != 0 {
		t.Error("not found by the name of its file")
	}
}

func TestOnlySomePromises(t *testing.T) {
	p := newPartition(t)
	p.script("etc/promise/a", "exit 1")
	p.script("etc/promise/b", ":")
	if n := p.run(func(pass *Pass) { pass.Only = []string{"b", "b"} }); n != 0 {
		t.Errorf("%d broken", n)
	}
	if n := p.run(func(pass *Pass) { pass.Only = []string{"a"} }); n != 1 {
		t.Errorf("%d broken", n)
	}
	if _, err := p.pass(func(pass *Pass) { pass.Only = []string{"c"} }); err == nil || !strings.Contains(err.Error(), `"c"`) {
		t.Errorf("error %v", err)
	}
}

func TestOnePassAtATime(t *testing.T) {
	p := newPartition(t)
	p.script("etc/promise/a", ":")
	p.run()
	l, err := acquire(filepath.Join(p.conf.StateFolder, "promise.lock"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.pass(); !errors.Is(err, ErrBusy) {
		t.Errorf("a second pass: %v", err)
	}
	time.AfterFunc(300*time.Millisecond, func() { l.release() })
	if n := p.run(func(pass *Pass) { pass.Only = []string{"a"} }); n != 0 {
		t.Error("a selection did not wait for its turn")
	}
}

func TestTimeoutFile(t *testing.T) {
	p := newPartition(t)
	for content, want := range map[string]time.Duration{
		"": DefaultTimeout, "7": 7 * time.Second, " 60\n": time.Minute, "0": DefaultTimeout, "-3": DefaultTimeout,
		"soon": DefaultTimeout, "1.5": DefaultTimeout, "99999999999999999999": DefaultTimeout, "4000": DefaultTimeout,
	} {
		p.file("etc/promise_timeout", content, 0o600)
		got, err := timeoutOf(p.conf.PromiseTimeoutFile)
		if got != want || (err == nil) != (want != DefaultTimeout) {
			t.Errorf("%q: %v, %v", content, got, err)
		}
	}
	p.remove("etc/promise_timeout")
	if got, err := timeoutOf(p.conf.PromiseTimeoutFile); got != DefaultTimeout || err != nil {
		t.Errorf("no file: %v, %v", got, err)
	}
}

func TestHangingPromiseDelaysOnlyItself(t *testing.T) {
	p := newPartition(t)
	for i := range 20 {
		p.script(fmt.Sprintf("etc/promise/hang%02d", i), "echo waiting; sleep 600")
	}
	for i := range 20 {
		p.script(fmt.Sprintf("etc/promise/quick%02d", i), "echo fine")
	}
	p.file("etc/promise_timeout", "2", 0o600)
	begin := time.Now()
	if n := p.run(); n != 20 {
		t.Errorf("%d broken", n)
	}
	// One after the other in 2 × CPU places they would take far longer.
	if took := time.Since(begin); took > 20*2*time.Second/time.Duration(places()) {
		t.Errorf("the pass took %v", took)
	}
	if got := p.status("hang07").Message; got != "Error: Promise timed out after 2 seconds\nwaiting" {
		t.Errorf("%q", got)
	}
}

func TestInterruptedPassKeepsWhatIsDone(t *testing.T) {
	p := newPartition(t)
	p.script("etc/promise/a-quick", "touch done")
	p.script("etc/promise/b-hangs", "sleep 600")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for {
			if _, err := os.Stat(filepath.Join(p.conf.Partition, "done")); err == nil {
				time.Sleep(200 * time.Millisecond)
				cancel()
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	pass := &Pass{Config: p.conf, Now: time.Now}
	if _, err := pass.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	p.status("a-quick")
	if _, err := os.Stat(filepath.Join(p.conf.PublicFolder, "promise", "b-hangs.status.json")); err == nil {
		t.Error("an interrupted promise has a result")
	}
}

func TestPlanChangesNothing(t *testing.T) {
	p := newPartition(t)
	p.script("etc/promise/a", "touch ran")
	p.file("etc/promise/b", "", 0o600)
	var b bytes.Buffer
	if err := (&Pass{Config: p.conf, Now: time.Now}).Plan(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "2 promises, each for 20 seconds") || !strings.Contains(b.String(), "chmod +x") {
		t.Errorf("%s", b.String())
	}
	if entries, _ := os.ReadDir(p.conf.Partition); len(entries) != 1 {
		t.Errorf("%d entries in the partition", len(entries))
	}
}

func TestConsole(t *testing.T) {
	p := newPartition(t)
	p.script("etc/promise/a", "echo fine")
	p.script("etc/promise/b", "echo one; echo two; exit 1")
	var b bytes.Buffer
	p.run(func(pass *Pass) { pass.Console = &b })
	got := timing.ReplaceAllString(b.String(), "(T)")
	if want := "OK      a (T): fine\nERROR   b (T): one\n        two\n2 promises, 1 broken\n"; got != want {
		t.Errorf("%q", got)
	}
}

func TestStatisticsOfTheDaysBefore(t *testing.T) {
	p := newPartition(t)
	p.script("etc/promise/a", "exit $(cat code)")
	p.file("code", "0", 0o600)
	p.run()
	p.run()
	p.file("code", "1", 0o600)
	p.run()
	p.now = p.now.Add(48 * time.Hour)
	p.run()
	p.run()
	p.now = p.now.Add(24 * time.Hour)
	p.run()
	var s document.Stats
	p.decode(filepath.Join(p.conf.PublicFolder, "a.stats.json"), &s)
	got := ""
	for _, d := range s.Data {
		got += fmt.Sprintf("%s %s %v; ", d.Day, d.Status, d.Message)
	}
	if want := "2026-03-19 ERROR map[ERROR:1 OK:2]; 2026-03-21 ERROR map[ERROR:2 OK:0]; "; got != want {
		t.Errorf("statistics %s, want %s", got, want)
	}
	p.now = p.now.Add(100 * 24 * time.Hour)
	p.run()
	days, _ := (&document.Archive{Folder: filepath.Join(p.conf.StateFolder, "history")}).Days()
	if len(days) != 0 {
		t.Errorf("days kept after a hundred: %v", days)
	}
}

func TestResultsDoNotWaitForAHangingPromise(t *testing.T) {
	p := newPartition(t)
	p.script("etc/promise/quick", "echo fine")
	p.script("etc/promise/waits", "until test -e srv/monitor/public/promise/quick.status.json; do sleep 0.05; done; echo seen")
	if n := p.run(); n != 0 || p.status("waits").Message != "seen" {
		t.Errorf("%d broken: %q", n, p.status("waits").Message)
	}
}
