package bench

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// BenchmarkCollect is a pass of monitor-collect, start of the program included,
// over a database of 100 partitions with 10 processes each, with two minutes of news:
// for one partition, which may take 60 ms CPU and 40 MiB, for one without a
// database, and for all.
// The rows are one a minute for so many days; MONITOR_BENCH_DAYS=7 makes the
// database of a node that keeps a week, ten million rows, in some minutes.
func BenchmarkCollect(b *testing.B) {
	program := filepath.Join(b.TempDir(), "monitor-collect")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "slapmonitor/cmd/monitor-collect")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	days := 1
	if s := os.Getenv("MONITOR_BENCH_DAYS"); s != "" {
		if _, err := fmt.Sscan(s, &days); err != nil {
			b.Fatal(err)
		}
	}
	database := collectorDatabase(b, 100, 10, days)
	root := filepath.Join(b.TempDir(), "srv")
	var first string
	for i := range 100 {
		conf := filepath.Join(root, fmt.Sprintf("slappart%d", i), "etc/monitor.conf")
		if err := os.MkdirAll(filepath.Dir(conf), 0o750); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(conf, []byte("[monitor]\n"), 0o640); err != nil {
			b.Fatal(err)
		}
		if i == 0 {
			first = conf
		}
	}
	for name, args := range map[string][]string{
		"one":         {"-c", first, "--collector-db", database},
		"one-by-proc": {"-c", first, "--collector-db", filepath.Join(root, "absent")},
		"all":         {"--all", root, "--collector-db", database},
	} {
		b.Run(name, func(b *testing.B) {
			var times []time.Duration
			var memory int64
			for b.Loop() {
				forgetMinutes(b, root)
				use := measure(b, program, args...)
				times = append(times, use.CPU)
				memory = max(memory, use.PeakKiB)
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2])/float64(time.Millisecond), "cpu-ms/pass")
			b.ReportMetric(float64(memory)/1024, "MiB-peak")
		})
	}
}

// forgetMinutes makes each partition's live documents full, and its last pass
// three minutes old.
func forgetMinutes(b *testing.B, root string) {
	b.Helper()
	now := time.Now().UTC().Truncate(time.Minute)
	state := fmt.Sprintf(`{"last":%q,"source":"collector","archived":%q}`, now.Add(-3*time.Minute).Format(time.RFC3339), now.Format(time.DateOnly))
	parts, err := filepath.Glob(filepath.Join(root, "*"))
	if err != nil {
		b.Fatal(err)
	}
	for _, part := range parts {
		write := func(name, text string) {
			path := filepath.Join(part, "srv/monitor", name)
			if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
				b.Fatal(err)
			}
		}
		write("state/collect.json", state)
		full := filepath.Join(part, "srv/monitor/private/documents/monitor_resource_io.data.json")
		if _, err := os.Stat(full); err == nil {
			continue
		}
		for name, header := range map[string]string{
			"process": "date, total process, CPU percent, CPU time, CPU threads",
			"memory":  "date, memory used percent, memory used",
			"io":      "date, io rw counter, io cycles counter, disk used",
		} {
			var rows strings.Builder
			for i := range 3 * 24 * 60 {
				fmt.Fprintf(&rows, `,"%s, 10, 123456.78, 123456.78"`, now.Add(time.Duration(i-3*24*60-5)*time.Minute).Format(time.DateTime))
			}
			write("private/documents/monitor_resource_"+name+".data.json", fmt.Sprintf(`{"date":1.00,"data":[%q%s]}`, header, rows.String()))
		}
	}
}

// use is what a program took.
type use struct {
	CPU     time.Duration
	PeakKiB int64
}

const measureVariable = "MONITOR_BENCH_MEASURE"

// measure runs a program below a fresh process of this test: the kernel counts
// the memory of whoever starts a program as the program's own.
func measure(b *testing.B, program string, args ...string) (u use) {
	b.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"-test.run=^TestMeasured$", "--", program}, args...)...)
	cmd.Env = append(os.Environ(), measureVariable+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	if err := json.Unmarshal(out[:bytes.IndexByte(out, '\n')+1], &u); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return u
}

// TestMeasured is the fresh process of measure.
func TestMeasured(t *testing.T) {
	if os.Getenv(measureVariable) == "" {
		t.Skip("it serves the benchmarks")
	}
	i := slices.Index(os.Args, "--")
	cmd := exec.Command(os.Args[i+1], os.Args[i+2:]...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := cmd.ProcessState
	line, err := json.Marshal(use{s.UserTime() + s.SystemTime(), s.SysUsage().(*syscall.Rusage).Maxrss})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(string(line))
}

// collectorDatabase has a row a minute for each process of each partition, the
// last one now. One partition is of the user who runs the benchmark.
func collectorDatabase(b *testing.B, partitions, processes, days int) string {
	path := filepath.Join(b.TempDir(), "collector.db")
	db, err := sql.Open("sqlite", path+"?_pragma=journal_mode(off)&_pragma=synchronous(off)&_pragma=cache_size(-20000)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	exec := func(query string, args ...any) {
		if _, err := db.Exec(query, args...); err != nil {
			b.Fatal(err)
		}
	}
	me, err := user.Current()
	if err != nil {
		b.Fatal(err)
	}
	exec(`CREATE TABLE user (partition text, pid real, process text, cpu_percent real, cpu_time real, cpu_num_threads real,
		memory_percent real, memory_rss real, io_rw_counter real, io_cycles_counter real, date text, time text, reported integer NULL DEFAULT 0)`)
	exec(`CREATE TABLE folder (partition text, disk_used real, date text, time text, reported integer NULL DEFAULT 0)`)
	exec(`CREATE INDEX folder_date_reported_index ON folder (date, reported)`)
	end := time.Now().UTC().Truncate(time.Minute)
	exec(`WITH RECURSIVE minute(m) AS (VALUES (?) UNION ALL SELECT m + 60 FROM minute WHERE m < ?),
		part(p) AS (VALUES (0) UNION ALL SELECT p + 1 FROM part WHERE p < ?),
		proc(n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM proc WHERE n < ?)
		INSERT INTO user SELECT CASE p WHEN 0 THEN ? ELSE 'slapuser'||p END, 1000+p*100+n, (1000+p*100+n)||'-1500000000.0',
			1.5, 60.0, 3, 0.5, 20971520, 1e9, 1e5, date(m, 'unixepoch'), time(m, 'unixepoch'), 0 FROM minute CROSS JOIN part CROSS JOIN proc`,
		end.Unix()-int64(days)*86400, end.Unix(), partitions-1, processes-1, me.Username)
	exec(`INSERT INTO folder SELECT DISTINCT partition, 1e6, date('now'), '00:00:00', 0 FROM user WHERE rowid > (SELECT max(rowid) FROM user) - ?`, partitions*processes)
	exec(`CREATE INDEX user_partition_date_time ON user (partition, date, time)`)
	exec(`CREATE INDEX user_date_reported_index ON user (date, reported)`)
	st, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("database of %d days: %d MiB", days, st.Size()>>20)
	return path
}
