package publish

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

var update = flag.Bool("update", false, "write the golden files")

func TestMain(m *testing.M) {
	time.Local = time.UTC // start-date of 2017 has no zone
	goleak.VerifyTestMain(m)
}

// noon is when the passes of these tests happen: soon after the samples'
// newest result.
var noon = time.Date(2026, 3, 19, 10, 1, 0, 0, time.UTC)

// newPublisher has a partition with testdata/monitor.conf and the sample
// results. Its children do not answer.
func newPublisher(t testing.TB) *Publisher {
	t.Helper()
	dir := t.TempDir()
	conf, err := os.ReadFile("testdata/monitor.conf")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "etc", "monitor.conf")
	put(t, file, string(bytes.ReplaceAll(conf, []byte("@"), []byte(dir))))
	c, err := monitorconf.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "public", "promise"), os.DirFS("testdata/promise")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"torn", "waiting"} { // their dates show
		path := filepath.Join(dir, "public", "promise", name+".status.json")
		if err := os.Chtimes(path, noon, noon.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	return &Publisher{
		Conf:   c,
		Now:    func() time.Time { return noon },
		Log:    slog.New(slog.DiscardHandler),
		Titles: func(context.Context, string) (string, error) { return "", errors.New("no answer") },
	}
}

func put(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func run(t testing.TB, p *Publisher) {
	t.Helper()
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestDocuments(t *testing.T) {
	p := newPublisher(t)
	put(t, filepath.Join(p.Conf.PublicFolder, "ours.history.json"), "{}")
	put(t, filepath.Join(p.Conf.PrivateFolder, "config/.jio_documents/config.json"),
		`[{"key":"","title":"monitor-user","value":"admin\n"},{"key":"monitor-password","title":"monitor-password","value":"insecure"}]`)
	p.Titles = func(_ context.Context, base string) (string, error) {
		if base == "https://[2001:db8::2]:8196" {
			return "Backend", nil
		}
		return "", errors.New("refused")
	}
	run(t, p)

	dir := filepath.Dir(p.Conf.PublicFolder)
	modes := map[string]os.FileMode{
		"public/feed": 0o640, "public/feeds": 0o640,
		"public/monitor.global.json": 0o640, "private/monitor.global.json": 0o600,
		"public/_document_list": 0o640, "private/_document_list": 0o640,
		"private/documents/monitor_state.data.json": 0o640, "private/documents/_document_list": 0o640, "status": 0o640,
	}
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			st, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if st.Mode() != mode {
				t.Errorf("mode %v, want %v", st.Mode(), mode)
			}
			got := get(t, filepath.Join(dir, name))
			golden := filepath.Join("testdata/golden", strings.ReplaceAll(name, "/", "-"))
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(get(t, golden), got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// Only the progression series may change from pass to pass: clients keep what
// they have by ETag, and disks live longer.
func TestNothingIsRewrittenWithoutNews(t *testing.T) {
	p := newPublisher(t)
	run(t, p)
	dir := filepath.Dir(p.Conf.PublicFolder)
	before := files(t, dir)
	p.Now = func() time.Time { return noon.Add(time.Minute) }
	run(t, p)
	after := files(t, dir)
	var changed []string
	for name, st := range after {
		if !os.SameFile(before[name], st) {
			changed = append(changed, name)
		}
	}
	if d := cmp.Diff([]string{"private/documents/monitor_state.data.json"}, changed); d != "" {
		t.Errorf("rewritten: -want +got\n%s", d)
	}
	if len(before) != len(after) {
		t.Errorf("%d files became %d", len(before), len(after))
	}
}

func files(t *testing.T, dir string) map[string]os.FileInfo {
	t.Helper()
	m := map[string]os.FileInfo{}
	err := filepath.Walk(dir, func(path string, st os.FileInfo, err error) error {
		if err == nil && st.Mode().IsRegular() {
			name, _ := filepath.Rel(dir, path)
			m[name] = st
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestGlobalStatus(t *testing.T) {
	ok := `{"status":"OK","start-date":"2026-03-19 10:00:00","change-time":1773900000}`
	bad := strings.Replace(ok, "OK", "ERROR", 1)
	doubt := strings.Replace(ok, "OK", "WARNING", 1)
	for _, tt := range []struct {
		name     string
		promises []string
		folder   bool
		want     string
	}{
		{"never run", nil, false, "WARNING"},
		{"no promises", nil, true, "OK"},
		{"all kept", []string{ok, ok}, true, "OK"},
		{"one doubtful", []string{ok, doubt, ok}, true, "WARNING"},
		{"one broken", []string{ok, bad, doubt}, true, "ERROR"},
		{"one torn", []string{ok, ok[:20]}, true, "WARNING"},
		{"one without result", []string{ok, "{}"}, true, "WARNING"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPublisher(t)
			if err := os.RemoveAll(p.promiseFolder()); err != nil {
				t.Fatal(err)
			}
			if tt.folder {
				if err := os.Mkdir(p.promiseFolder(), 0o750); err != nil {
					t.Fatal(err)
				}
			}
			for i, text := range tt.promises {
				put(t, filepath.Join(p.promiseFolder(), fmt.Sprintf("p%d.status.json", i)), text)
			}
			run(t, p)
			if got := readState(t, p); got.Status != tt.want || got.Date == "" {
				t.Errorf("status %s, date %q, want %s and a date", got.Status, got.Date, tt.want)
			}
		})
	}
}

func readState(t testing.TB, p *Publisher) globalState {
	t.Helper()
	var s globalState
	if err := json.Unmarshal([]byte(get(t, filepath.Join(p.Conf.PrivateFolder, "monitor.global.json"))), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDeadRunnerShows(t *testing.T) {
	for source, limit := range map[string]time.Duration{"run": staleRun, "slapgrid": staleSlapgrid} {
		t.Run(source, func(t *testing.T) {
			p := newPublisher(t)
			p.Conf.PromiseSource = source
			newest := time.Date(2026, 3, 19, 10, 0, 2, 0, time.UTC)
			p.Now = func() time.Time { return newest.Add(limit) }
			run(t, p)
			if s := readState(t, p); s.State.Success != 2 {
				t.Fatalf("at the limit: %+v, want 2 promises kept", s.State)
			}
			p.Now = func() time.Time { return newest.Add(limit + time.Second) }
			run(t, p)
			s := readState(t, p)
			if want := (stateCount{Error: 1, Warning: 5}); s.State != want {
				t.Errorf("after the limit: %+v, want %+v", s.State, want)
			}
			if s.Date != document.Date(newest) {
				t.Errorf("date %s is not that of the newest result", s.Date)
			}
			feed := get(t, filepath.Join(p.Conf.PublicFolder, "feed"))
			if !strings.Contains(feed, "has been run since 2026-03-19T10:00:02+0000") {
				t.Error("the feed does not say since when nothing runs")
			}
		})
	}
}

func TestOneFailureLeavesTheOtherDocuments(t *testing.T) {
	p := newPublisher(t)
	blocked := filepath.Join(p.Conf.PublicFolder, "feed")
	if err := os.MkdirAll(filepath.Join(blocked, "x"), 0o750); err != nil {
		t.Fatal(err)
	}
	err := p.Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), blocked) {
		t.Fatalf("error %v does not name %s", err, blocked)
	}
	if s := get(t, p.Conf.BootstrapStatus); !strings.Contains(s, blocked) {
		t.Errorf("the promise output file says %q", s)
	}
	if s := readState(t, p); s.Status != "ERROR" {
		t.Errorf("global state %+v", s)
	}
	get(t, filepath.Join(p.Conf.PublicFolder, "feeds"))
	if err := os.RemoveAll(blocked); err != nil {
		t.Fatal(err)
	}
	run(t, p)
	if s := get(t, p.Conf.BootstrapStatus); s != "" {
		t.Errorf("all is well but the promise output file says %q", s)
	}
}

func TestBaseURLIsNeeded(t *testing.T) {
	p := newPublisher(t)
	p.Conf.BaseURL = ""
	if err := p.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "base-url") {
		t.Errorf("got %v", err)
	}
}

// A result that was dated while the clock was ahead must not date all documents
// for years, nor hide that nothing is run any more.
func TestResultFromTheFuture(t *testing.T) {
	p := newPublisher(t)
	promises := filepath.Join(p.Conf.PublicFolder, "promise")
	put(t, filepath.Join(promises, "ahead.status.json"), `{"status":"OK","result":{"failed":false,"date":"2031-03-19T10:00:02+0000","message":"m"}}`)
	run(t, p)
	if s := readState(t, p); s.Date != "2026-03-19T10:00:02+0000" {
		t.Errorf("dated %s", s.Date)
	}
	p.Now = func() time.Time { return noon.Add(time.Hour) }
	run(t, p)
	if s := readState(t, p); s.State.Success != 0 {
		t.Errorf("nothing was run for an hour, but the state is %+v", s.State)
	}
	if err := os.RemoveAll(promises); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(promises, "ahead.status.json"), `{"status":"OK","start-date":"2031-03-19 10:00:02","message":"m"}`)
	run(t, p)
	if s := readState(t, p); s.Date != "2026-03-19T11:01:00+0000" || s.State.Success != 1 {
		t.Errorf("the only result: dated %s, %+v", s.Date, s.State)
	}
}

func TestPassesAtOnceLoseNoRow(t *testing.T) {
	p := newPublisher(t)
	const n = 12
	var wg sync.WaitGroup
	for i := range n {
		q := *p
		q.Now = func() time.Time { return noon.Add(time.Duration(i) * time.Second) }
		wg.Go(func() {
			if err := q.Run(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var series struct{ Data []string }
	if err := json.Unmarshal([]byte(get(t, filepath.Join(p.Conf.DocumentFolder, "monitor_state.data.json"))), &series); err != nil {
		t.Fatal(err)
	}
	if len(series.Data) != n+1 {
		t.Errorf("%d rows, want %d and a header", len(series.Data)-1, n)
	}
}

// Documents are published before the first promise has run, and after the last
// one is gone. Only the second is something to draw.
func TestProgressionBeginsWithTheFirstResult(t *testing.T) {
	p := newPublisher(t)
	promises := filepath.Join(p.Conf.PublicFolder, "promise")
	rows := func() (n int) {
		run(t, p)
		var series struct{ Data []string }
		if err := json.Unmarshal([]byte(get(t, filepath.Join(p.Conf.DocumentFolder, "monitor_state.data.json"))), &series); err != nil {
			t.Fatal(err)
		}
		return len(series.Data) - 1
	}
	if err := os.Rename(promises, promises+".later"); err != nil {
		t.Fatal(err)
	}
	if n := rows(); n != 0 {
		t.Errorf("no promise was run, but there are %d rows", n)
	}
	if err := os.Mkdir(promises, 0o750); err != nil {
		t.Fatal(err)
	}
	if n := rows(); n != 0 {
		t.Errorf("no promise has a result, but there are %d rows", n)
	}
	if err := errors.Join(os.Remove(promises), os.Rename(promises+".later", promises)); err != nil {
		t.Fatal(err)
	}
	if n := rows(); n != 1 {
		t.Errorf("%d rows after the first results", n)
	}
	if err := os.RemoveAll(promises); err != nil {
		t.Fatal(err)
	}
	if n := rows(); n != 2 {
		t.Errorf("%d rows after the last promise went", n)
	}
}

func TestBrokenParametersAndMemoryAreSurvived(t *testing.T) {
	for _, text := range []string{"", "null", "{", `{"a":1}`, `[{"key":1}]`, "\xff\x00"} {
		p := newPublisher(t)
		put(t, filepath.Join(p.Conf.PrivateFolder, "config/.jio_documents/config.json"), text)
		put(t, filepath.Join(p.Conf.StateFolder, memoryName), text)
		run(t, p)
		if s := readState(t, p); s.Parameters == nil || len(s.Parameters) != 0 {
			t.Errorf("%q: parameters %v, want an empty list", text, s.Parameters)
		}
	}
}

func TestLeftoversOfKilledPassesGo(t *testing.T) {
	p := newPublisher(t)
	stale := []string{".feed4711", ".monitor.global.json4711"}
	for _, name := range stale {
		put(t, filepath.Join(p.Conf.PublicFolder, name), "half")
	}
	run(t, p)
	for _, name := range stale {
		if _, err := os.Stat(filepath.Join(p.Conf.PublicFolder, name)); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", name, err)
		}
	}
}

func TestRefreshParameters(t *testing.T) {
	p := newPublisher(t)
	ctx := context.Background()
	if err := p.RefreshParameters(ctx); err != nil {
		t.Fatalf("before the first pass: %v", err)
	}
	run(t, p)
	before := readState(t, p)
	put(t, filepath.Join(p.Conf.PrivateFolder, "config/.jio_documents/config.json"), `[{"key":"k","title":"k","value":"new"}]`)
	if err := p.RefreshParameters(ctx); err != nil {
		t.Fatal(err)
	}
	after := readState(t, p)
	if len(after.Parameters) != 1 || after.Parameters[0].Value != "new" {
		t.Errorf("parameters %v", after.Parameters)
	}
	after.Parameters = before.Parameters
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("something else changed too\n%s", d)
	}
	put(t, filepath.Join(p.Conf.PrivateFolder, "monitor.global.json"), "{")
	if err := p.RefreshParameters(ctx); err == nil {
		t.Error("a damaged document is no error")
	}
}

// A pass may wait for sub-instances; who edits a parameter does not.
func TestRefreshDoesNotWaitForChildren(t *testing.T) {
	p := newPublisher(t)
	run(t, p)
	asked, answer, done := make(chan struct{}), make(chan struct{}), make(chan error)
	var once sync.Once
	p.Now = func() time.Time { return noon.Add(24 * time.Hour) }
	p.Titles = func(context.Context, string) (string, error) {
		once.Do(func() { close(asked) })
		<-answer
		return "T", nil
	}
	go func() { done <- p.Run(context.Background()) }()
	<-asked
	put(t, filepath.Join(p.Conf.PrivateFolder, "config/.jio_documents/config.json"), `[{"key":"k","title":"k","value":"new"}]`)
	if err := p.RefreshParameters(context.Background()); err != nil {
		t.Error(err)
	}
	if s := readState(t, p); len(s.Parameters) != 1 || s.Parameters[0].Value != "new" {
		t.Errorf("parameters %v", s.Parameters)
	}
	close(answer)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestProgressionIsArchivedByDay(t *testing.T) {
	p := newPublisher(t)
	for i := range 3 {
		p.Now = func() time.Time { return noon.Add(time.Duration(i) * 24 * time.Hour) }
		run(t, p)
	}
	days, err := os.ReadDir(filepath.Join(p.Conf.StateFolder, "series/monitor_state"))
	if err != nil {
		t.Fatal(err)
	}
	if len(days) != 2 || days[0].Name() != "2026-03-19.csv.gz" || days[1].Name() != "2026-03-20.csv.gz" {
		t.Errorf("archived %v", days)
	}
}
