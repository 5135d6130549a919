package promise

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"slapmonitor/pkg/document"
)

var timing = regexp.MustCompile(`\([0-9.]+ s\)`)

func TestPeriodOf(t *testing.T) {
	tests := []struct {
		name, title string
		period      time.Duration
	}{
		{"disk_every_1_minute", "disk", time.Minute},
		{"disk_every_5_minutes", "disk", 5 * time.Minute},
		{"a_every_b_every_2_hour.sh", "a_every_b", 2 * time.Hour},
		{"disk", "disk", time.Minute},
		{"disk_every_0_minute", "disk_every_0_minute", time.Minute},
		{"disk_every_5_day", "disk_every_5_day", time.Minute},
		{"_every_5_minute", "_every_5_minute", time.Minute},
	}
	for _, tt := range tests {
		if title, period := periodOf(tt.name); title != tt.title || period != tt.period {
			t.Errorf("%s: %q each %v", tt.name, title, period)
		}
	}
}

func (p *partition) reports(force bool) int {
	p.t.Helper()
	r := &Reports{Config: p.conf, Force: force, Now: func() time.Time { return p.now }}
	failed, err := r.Run(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	p.now = p.now.Add(time.Minute)
	return failed
}

func (p *partition) lines(name string) int {
	raw, _ := os.ReadFile(filepath.Join(p.conf.Partition, name))
	return strings.Count(string(raw), "\n")
}

func TestReportsRunOncePerPeriod(t *testing.T) {
	p := newPartition(t)
	p.script("etc/monitor-report/five_every_5_minute", "echo x >> five; echo a report; echo noise >&2")
	p.script("etc/monitor-report/hour_every_1_hour", "echo x >> hour")
	p.script("etc/monitor-report/each", "echo x >> each; echo bad >&2; exit 2")
	for range 10 { // 12:00 to 12:09
		if n := p.reports(false); n != 1 {
			t.Fatalf("%d failed", n)
		}
	}
	p.now = p.now.Add(4 * time.Minute) // 12:14: nobody looked at 12:10, where the period began
	p.reports(false)
	for name, want := range map[string]int{"five": 3, "hour": 1, "each": 11} {
		if got := p.lines(name); got != want {
			t.Errorf("%s ran %d times, want %d", name, got, want)
		}
	}
	var doc document.PromiseStatus
	p.decode(filepath.Join(p.conf.PrivateFolder, "five.report.json"), &doc)
	if doc.Status != "OK" || doc.Type != "report" || doc.Title != "five" || doc.Message != "a report" ||
		doc.Instance != "instance" || doc.Hosting != "tree" || doc.Links["monitor"].Href == "" || doc.ChangeTime != 1773921630 {
		t.Errorf("%+v", doc)
	}
	p.decode(filepath.Join(p.conf.PrivateFolder, "five_every_5_minute.report.json"), &doc)
	p.decode(filepath.Join(p.conf.DocumentFolder, "five.report.history.json"), &doc)
	p.decode(filepath.Join(p.conf.PrivateFolder, "each.report.json"), &doc)
	if doc.Status != "ERROR" || doc.Message != "bad" {
		t.Errorf("%+v", doc)
	}
	p.now = p.now.Add(-24 * time.Hour)
	p.reports(false)
	if got := p.lines("five"); got != 4 {
		t.Errorf("after the clock jumped back: %d", got)
	}
	p.reports(true)
	if got := p.lines("hour"); got != 3 {
		t.Errorf("forced: %d", got)
	}
}

func TestReportThatRunsIsLeftAlone(t *testing.T) {
	p := newPartition(t)
	p.script("etc/monitor-report/slow", "echo x >> slow")
	p.script("etc/monitor-report/other", "echo x >> other")
	p.reports(false)
	l, err := acquire(filepath.Join(p.conf.StateFolder, "report", "slow.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.release()
	p.reports(false)
	if p.lines("slow") != 1 || p.lines("other") != 2 {
		t.Errorf("slow ran %d times, the other one %d", p.lines("slow"), p.lines("other"))
	}
}

func TestRemovedReportsDisappear(t *testing.T) {
	p := newPartition(t)
	p.script("etc/monitor-report/a_every_1_hour", ":")
	p.script("etc/monitor-report/b_every_1_hour", ":")
	p.script("etc/monitor-report/b_every_2_hour", ":") // the same title
	p.reports(true)
	p.reports(true)
	p.file("srv/monitor/private/foreign.report.json", "{}", 0o640)
	p.file("srv/monitor/private/.a.report.json123456", "half", 0o640) // of a run that was killed
	p.file("srv/monitor/state/report/.a.json123456", "half", 0o640)
	p.remove("etc/monitor-report/a_every_1_hour")
	p.reports(false)
	var left []string
	for _, dir := range []string{p.conf.PrivateFolder, p.conf.DocumentFolder, filepath.Join(p.conf.StateFolder, "report")} {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			left = append(left, e.Name())
		}
	}
	want := "b.report.json b_every_1_hour.report.json b_every_2_hour.report.json documents foreign.report.json " +
		"b.report.history.json b_every_2_hour.report.history.json b.json b.lock b_every_2_hour.json b_every_2_hour.lock"
	if got := strings.Join(left, " "); got != want {
		t.Errorf("left\n%s, want\n%s", got, want)
	}
}

func TestReportThatCannotRun(t *testing.T) {
	p := newPartition(t)
	p.file("etc/monitor-report/plain", "", 0o600)
	if n := p.reports(false); n != 1 {
		t.Errorf("%d failed", n)
	}
}
