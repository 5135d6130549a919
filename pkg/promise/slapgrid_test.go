package promise

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// slapgridResult writes what slapgrid does about a promise.
func (p *partition) slapgridResult(title, file, date, message string, failed bool) {
	p.t.Helper()
	p.file(".slapgrid/promise/result/"+title+".status.json", fmt.Sprintf(`{"title": %q, "name": %q, "path": %q, "execution-time": 0.15000000000000002, `+
		`"result": {"type": "Anomaly Result", "failed": %t, "date": %q, "message": %s}}`,
		title, filepath.Base(file), filepath.Join(p.conf.Partition, file), failed, date, message), 0o600)
}

func TestResultsOfSlapgridArePublished(t *testing.T) {
	p := newPartition(t)
	p.conf.PromiseSource = fromSlapgrid
	p.script("etc/promise/legacy", "touch ran; exit 1")
	p.file("etc/plugin/check.py", "", 0o600)
	p.script("etc/monitor-promise/own", "echo ours")
	p.slapgridResult("check", "etc/plugin/check.py", "2026-03-19T11:58:00+0000", `"all \u0000 well"`, false)
	p.slapgridResult("legacy", "etc/promise/legacy", "2026-03-19T11:59:00+0000", "null", true)
	p.slapgridResult("gone", "etc/plugin/gone.py", "2026-03-19T11:58:00+0000", `"old"`, true)
	p.file(".slapgrid/promise/result/half.status.json", `{"title": "ha`, 0o600)
	p.file(".slapgrid/promise/result/check.status.json.tmp", `{"title": "ha`, 0o600)
	os.Symlink("/etc/passwd", filepath.Join(p.conf.Partition, ".slapgrid/promise/result/link.status.json"))
	os.MkdirAll(p.conf.PublicFolder, 0o700)
	os.Symlink("../../../.slapgrid/promise/result", filepath.Join(p.conf.PublicFolder, "promise"))
	for range 3 {
		if n := p.run(forced); n != 1 {
			t.Fatalf("%d broken", n)
		}
	}
	if _, err := os.Stat(filepath.Join(p.conf.Partition, "ran")); err == nil {
		t.Error("a promise of slapgrid was run again")
	}
	doc := p.status("check")
	if doc.Status != "OK" || doc.Message != "all \uFFFD well" || doc.Result.Date != "2026-03-19T11:58:00+0000" ||
		doc.Result.Type != "Anomaly Result" || doc.ExecutionTime != 0.15 || doc.Name != "check.py" {
		t.Errorf("%+v", doc)
	}
	if doc := p.status("legacy"); doc.Status != "ERROR" || !doc.Result.Failed || doc.Message != "" {
		t.Errorf("%+v", doc)
	}
	if p.status("own").Message != "ours" {
		t.Error("a promise of the monitor was not run")
	}
	if h := p.history("check"); len(h.Data) != 1 || h.Data[0].Count != 1 {
		t.Errorf("one result was counted more than once: %+v", h)
	}
	entries, _ := os.ReadDir(filepath.Join(p.conf.PublicFolder, "promise"))
	if len(entries) != 3 {
		t.Errorf("%v", entries)
	}
	p.slapgridResult("check", "etc/plugin/check.py", "2026-03-19T12:00:00+0000", `"bad"`, true)
	p.file(".slapgrid/promise/result/legacy.status.json", `{"title": "le`, 0o600) // caught while it is written
	if n := p.run(); n != 2 {
		t.Errorf("%d broken", n)
	}
	if h := p.history("check"); len(h.Data) != 2 || h.Data[1].ChangeDate != "2026-03-19T12:00:00+0000" {
		t.Errorf("%+v", h)
	}
	if doc := p.status("legacy"); doc.Status != "ERROR" {
		t.Errorf("%+v", doc)
	}
	os.Remove(filepath.Join(p.conf.PluginFolder, "check.py"))
	p.run()
	if _, err := os.Stat(filepath.Join(p.conf.PublicFolder, "promise/check.status.json")); err == nil {
		t.Error("the result of a removed promise is still published")
	}
}
