package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"slapmonitor/pkg/document"
)

// BenchmarkPublishUnchanged is a pass of monitor-publish over 1,000 promises
// none of which has news, start of the program included: design.md 9 allows
// 30 ms CPU, the same for short and for long histories. The time reported is
// the child's own CPU time, so what else the machine does matters little.
func BenchmarkPublishUnchanged(b *testing.B) {
	program := filepath.Join(b.TempDir(), "monitor-publish")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "slapmonitor/cmd/monitor-publish")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for _, entries := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("history=%d", entries), func(b *testing.B) {
			conf := publishedPartition(b, 1000, entries)
			pass := func() (cpu time.Duration) {
				cmd := exec.Command(program, "-c", conf)
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
				return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			}
			pass()
			var times []time.Duration
			for b.Loop() {
				times = append(times, pass())
			}
			slices.Sort(times)
			median := times[len(times)/2]
			b.ReportMetric(float64(median)/float64(time.Millisecond), "cpu-ms/pass")
			b.ReportMetric(float64(median)/float64(30*time.Millisecond), "of-30ms-allowed")
		})
	}
}

// publishedPartition has promises with fresh results and histories of so many
// entries. The histories are one file under many names: nothing writes them.
func publishedPartition(b *testing.B, promises, entries int) (conf string) {
	dir := b.TempDir()
	conf = filepath.Join(dir, "etc", "monitor.conf")
	public := filepath.Join(dir, "srv/monitor/public")
	for _, d := range []string{filepath.Dir(conf), filepath.Join(public, "promise")} {
		if err := os.MkdirAll(d, 0o750); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.WriteFile(conf, []byte("[monitor]\nbase-url = https://[2001:db8::1]:8196\ntitle = T\nroot-title = R\n"), 0o640); err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	h := document.History{Date: document.Epoch(now)}
	for range entries {
		h.Data = append(h.Data, document.HistoryEntry{Status: document.OK, Date: document.Date(now), Message: "all is well", Count: 1})
	}
	history := filepath.Join(dir, "history")
	if _, err := document.WriteJSON(history, h, document.PublicMode); err != nil {
		b.Fatal(err)
	}
	for i := range promises {
		name := fmt.Sprintf("check-something-%04d", i)
		if err := os.Link(history, filepath.Join(public, name+".history.json")); err != nil {
			b.Fatal(err)
		}
		writeResult(b, filepath.Join(public, "promise", name+".status.json"), name, now)
	}
	return conf
}

func writeResult(b *testing.B, path, name string, now time.Time) {
	const message = "http://[2001:db8::1]:8080 is available: it answered 200 in 12 ms"
	data, err := document.EncodeJSON(document.PromiseStatus{
		Status: document.OK, Type: "status", Title: name, Name: name, Path: "/srv/slapgrid/slappart0/etc/promise/" + name,
		StartDate: document.StartDate(now), ChangeTime: document.Epoch(now), ExecutionTime: 0.05, Message: message,
		Instance: "T", Hosting: "R", Links: document.Links{"monitor": {Href: "https://[2001:db8::1]:8196/share/private/"}},
		Result: &document.PromiseResult{Type: "Test Result", Date: document.Date(now), Message: message},
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o640); err != nil {
		b.Fatal(err)
	}
}
