package collect

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const mib = 1 << 20

func TestDocumentsFromTheDatabase(t *testing.T) {
	f := newDatabase(t, schema)
	s := newScene(t, f.path)
	s.proc.process(7, "a-very-long-server-name", 0, 100, 2, 10)
	s.proc.process(8, "other", 4000, 1, 1, 1) // pid 8 is another process by now
	for i := range 4 {
		at := noon.Add(time.Duration(i-5)*time.Minute + 3*time.Second)
		f.add(me(t), at, 7, 1.456, 60.0+60*float64(i), 2, 1.5, 100.5*mib, 1000, 10)
		f.add(me(t), at, 8, 5.0, 6.0, 3, 0.25, 50.25*mib, 234, 3)
		f.add("stranger", at, 9, 99, 99, 9, 9, 999*mib, 99, 99)
	}
	f.exec("INSERT INTO folder (partition, disk_used, date, time) VALUES (?, 36375, '2026-03-19', '05:00:00')", me(t))
	s.pass(noon)

	want := map[string]string{
		"monitor_resource_process.data.json": `"data":["date, total process, CPU percent, CPU time, CPU threads","2026-03-19 11:58:00, 2, 6.46, 4.1, 5"]}`,
		"monitor_resource_memory.data.json":  `"data":["date, memory used percent, memory used","2026-03-19 11:58:00, 1.75, 150.75"]}`,
		"monitor_resource_io.data.json":      `"data":["date, io rw counter, io cycles counter, disk used","2026-03-19 11:58:00, 1234, 13, 35.52"]}`,
		statusName: `{"total_process":2,"cpu_percent":6.46,"cpu_time":4.1,"cpu_num_threads":5,"memory_percent":1.75,"memory_rss":150.75,` +
			`"io_rw_counter":1234,"io_cycles_counter":13,"disk_used":35.52,"date":"2026-03-19 11:58:00","source":"collector"}`,
		processName: `[{"pid":8,"cpu_percent":5,"cpu_time":0.1,"cpu_num_threads":3,"memory_percent":0.25,"memory_rss":50.25,"io_rw_counter":234,"io_cycles_counter":3},` +
			`{"pid":7,"cpu_percent":1.46,"cpu_time":4,"cpu_num_threads":2,"memory_percent":1.5,"memory_rss":100.5,"io_rw_counter":1000,"io_cycles_counter":10,` +
			`"name":"a-very-long-server-name","command":["/bin/a-very-long-server-name","--flag"],"user":"` + me(t) + `","date":"2026-03-19 06:00:00"}]`,
	}
	for name, text := range want {
		if got := s.document(name); !strings.HasSuffix(got, text) {
			t.Errorf("%s:\ngot  %s\nwant …%s", name, got, text)
		}
	}

	// The next passes write what is new, each minute once, none that is missing.
	f.add(me(t), noon.Add(2*time.Minute), 7, 1, 1, 1, 1, mib, 1, 1)
	f.tick(noon.Add(3 * time.Minute))
	for range 2 {
		s.pass(noon.Add(5 * time.Minute))
	}
	var dates []string
	for _, row := range s.rows("monitor_resource_process") {
		dates = append(dates, row[11:16])
	}
	if d := cmp.Diff([]string{"11:58", "12:02"}, dates); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// A collector pass that is still being written is left for later.
func TestUnfinishedMinuteWaits(t *testing.T) {
	f := newDatabase(t, schema)
	s := newScene(t, f.path)
	f.add(me(t), noon.Add(-2*time.Minute), 7, 1, 1, 1, 1, mib, 1, 1)
	f.add(me(t), noon, 7, 1, 1, 1, 1, mib, 1, 1)
	s.pass(noon.Add(time.Second))
	if n := len(s.rows("monitor_resource_process")); n != 0 {
		t.Errorf("%d rows", n)
	}
	f.add(me(t), noon.Add(2*time.Second), 8, 1, 1, 1, 1, mib, 1, 1) // the rest of it
	s.pass(noon.Add(2 * time.Minute))
	if rows := s.rows("monitor_resource_process"); len(rows) != 1 || !strings.HasPrefix(rows[0], "2026-03-19 12:00:00, 1, 1,") {
		t.Errorf("rows %q", rows)
	}
}

// As the Python stack does, a pass shows the minute before: the node's collector
// works at the beginning of each minute, and so do these passes.
func TestMinuteBeforeIsShown(t *testing.T) {
	for _, tt := range []struct {
		row, now time.Duration // after noon
		shown    int
	}{
		{2 * time.Second, time.Minute, 1},
		{2 * time.Second, 59 * time.Second, 0},
		{40 * time.Second, time.Minute, 0},
		{40 * time.Second, 70 * time.Second, 1},
	} {
		f := newDatabase(t, schema)
		s := newScene(t, f.path)
		f.add(me(t), noon.Add(tt.row), 7, 1, 1, 1, 1, mib, 1, 1)
		s.pass(noon.Add(tt.now))
		if n := len(s.rows("monitor_resource_process")); n != tt.shown {
			t.Errorf("a row of %v is shown %d times at %v", tt.row, n, tt.now)
		}
	}
}

func TestCatchingUp(t *testing.T) {
	f := newDatabase(t, schema)
	s := newScene(t, f.path)
	f.add(me(t), noon.Add(-2*time.Minute), 7, 1, 1, 1, 1, mib, 1, 1)
	s.pass(noon)
	for i := range 10 * 60 {
		f.add(me(t), noon.Add(time.Duration(i)*time.Minute), 7, 1, 1, 1, 1, mib, 1, 1)
	}
	s.pass(noon.Add(10*time.Hour + time.Minute))
	rows := s.rows("monitor_resource_memory")
	if n := int(catchUp / time.Minute); len(rows) != n+2 {
		t.Errorf("%d rows, want the first and the last %d", len(rows), n+1)
	}
}

func TestDocumentsFromProc(t *testing.T) {
	s := newScene(t, "")
	s.proc.process(7, "server", 100, 60, 4, 2560) // 10 MiB
	s.proc.process(2, "kthread", 0, 0, 1, 0)
	s.proc.put("2/stat", "2 (kthread) S 0 0 0 0 -1 0 0 0 0 0 5 0 0 0 20 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0")
	s.proc.put("9/stat", "torn")
	s.pass(noon)
	s.proc.process(7, "server", 100, 75, 4, 2560)
	s.pass(noon.Add(time.Minute))
	want := []string{
		"2026-03-19 12:00:00, 1, 0.28, 1, 4", // 60 s of the 21,500 since its start
		"2026-03-19 12:01:00, 1, 25, 1.25, 4",
	}
	if d := cmp.Diff(want, s.rows("monitor_resource_process")); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	st := s.status()
	if st.Source != "proc" || st.MemoryRSS != 10 || st.MemoryPercent != 1 || st.IOBytes != 12288 || st.IOCount != 15 || st.DiskUsed <= 0 {
		t.Errorf("status %+v", st)
	}
	s.pass(noon.Add(time.Minute + 20*time.Second)) // the minute is there already
	if n := len(s.rows("monitor_resource_process")); n != 2 {
		t.Errorf("%d rows", n)
	}
}

func TestPIDUsedAgain(t *testing.T) {
	s := newScene(t, "")
	s.proc.process(7, "old", 100, 5000, 1, 256)
	s.pass(noon)
	s.proc.process(7, "new", int(noon.Unix())-boot+30, 3, 1, 256) // half a minute old, busy for 3 s
	s.pass(noon.Add(time.Minute))
	if got := s.status().CPUPercent; got != 5 {
		t.Errorf("CPU %v %%, want 5: 3 seconds of the minute", got)
	}
	s.proc.end(7)
	s.pass(noon.Add(2 * time.Minute))
	if rows := s.rows("monitor_resource_process"); len(rows) != 2 {
		t.Errorf("rows %q", rows)
	}
}

// The processor's figures do not depend on the clock, and nothing stops when it
// is set back.
func TestClockJump(t *testing.T) {
	s := newScene(t, "")
	s.proc.process(7, "server", 100, 60, 4, 2560)
	s.pass(noon)
	s.proc.process(7, "server", 100, 66, 4, 2560)
	s.now = noon.Add(-24 * time.Hour)
	s.proc.at(noon.Add(time.Minute)) // what really passed
	if err := s.Run(context.Background(), s.conf); err != nil {
		t.Fatal(err)
	}
	if got := s.status().CPUPercent; got != 10 {
		t.Errorf("CPU %v %%, want 10", got)
	}
	f := newDatabase(t, schema)
	s.conf.CollectorDB = f.path
	f.add(me(t), noon.Add(-20*time.Hour), 7, 1, 1, 1, 1, mib, 1, 1)
	s.now = noon.Add(-20*time.Hour + 2*time.Minute)
	if err := s.Run(context.Background(), s.conf); err != nil {
		t.Fatal(err)
	}
	if got := s.status(); got.Source != "collector" || got.Date != "2026-03-18 16:00:00" {
		t.Errorf("status %+v", got)
	}
}

// A reason is logged when it changes, not every minute.
func TestReasonIsLoggedOnce(t *testing.T) {
	s := newScene(t, "/nonexistent/collector.db")
	for i := range 3 {
		s.pass(noon.Add(time.Duration(i) * time.Minute))
	}
	if n := strings.Count(s.log.String(), "there is no /nonexistent/collector.db"); n != 1 {
		t.Errorf("logged %d times:\n%s", n, s.log)
	}
	f := newDatabase(t, schema)
	s.conf.CollectorDB = f.path
	f.tick(noon.Add(4 * time.Minute))
	s.pass(noon.Add(4 * time.Minute))
	if !strings.Contains(s.log.String(), "comes from the node's collector") {
		t.Errorf("log:\n%s", s.log)
	}
	s.pass(noon.Add(30 * time.Minute)) // the collector died
	if !strings.Contains(s.log.String(), "nothing was written to") {
		t.Errorf("log:\n%s", s.log)
	}
	if got := s.status().Source; got != "" && got != "proc" {
		t.Errorf("source %s", got)
	}
}

func TestPlaceholders(t *testing.T) {
	f := newDatabase(t, schema)
	s := newScene(t, f.path)
	f.tick(noon)
	s.pass(noon)
	if s.document(statusName) != "{}" || s.document(processName) != "[]" || len(s.rows("monitor_resource_io")) != 0 {
		t.Error("figures without a measurement")
	}
	for _, name := range documentNames {
		st, err := os.Stat(filepath.Join(s.conf.DocumentFolder, name))
		if err != nil || st.Mode() != 0o640 {
			t.Errorf("%s: %v, %v", name, st.Mode(), err)
		}
	}
}

func TestDamagedDocumentsAndMemory(t *testing.T) {
	s := newScene(t, "")
	s.proc.process(7, "server", 100, 60, 4, 2560)
	for i, text := range []string{"", "{", "null", `{"data":[]}`, "\xff\x00", "[1,2]"} {
		for _, name := range documentNames {
			if err := os.MkdirAll(s.conf.DocumentFolder, 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(s.conf.DocumentFolder, name), []byte(text), 0o640); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.MkdirAll(s.conf.StateFolder, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(s.conf.StateFolder, memoryName), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		s.pass(noon.Add(time.Duration(i) * time.Minute))
		if len(s.rows("monitor_resource_process")) != 1 || s.status().TotalProcess != 1 {
			t.Errorf("%q: not recovered", text)
		}
	}
}

func TestDaysAreArchived(t *testing.T) {
	s := newScene(t, "")
	s.proc.process(7, "server", 100, 60, 4, 2560)
	s.pass(noon)
	s.pass(noon.Add(24 * time.Hour))
	for _, b := range tables {
		if _, err := os.Stat(filepath.Join(s.conf.StateFolder, "series", b.name, "2026-03-19.csv.gz")); err != nil {
			t.Error(err)
		}
	}
}

func TestNoProc(t *testing.T) {
	s := newScene(t, "")
	s.Proc = t.TempDir()
	err := s.Run(context.Background(), s.conf)
	if err == nil || !strings.Contains(err.Error(), "uptime") {
		t.Errorf("got %v", err)
	}
	var v any
	if err := json.Unmarshal([]byte(s.document(statusName)), &v); err != nil {
		t.Error(err)
	}
	s.conf.Partition = filepath.Join(s.conf.Partition, "gone")
	if err := s.Run(context.Background(), s.conf); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
