package collect

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slapmonitor/pkg/monitorconf"
)

// schema is the collector's, as contract/promises.md 4 describes it.
const schema = `
CREATE TABLE user (partition text, pid real, process text, cpu_percent real, cpu_time real, cpu_num_threads real,
  memory_percent real, memory_rss real, io_rw_counter real, io_cycles_counter real, date text, time text, reported integer NULL DEFAULT 0);
CREATE TABLE folder (partition text, disk_used real, date text, time text, reported integer NULL DEFAULT 0);
CREATE TABLE system (loadavg real, cpu_percent real, memory_used real, memory_free real, net_in_bytes real, net_in_errors real,
  net_in_dropped real, net_out_bytes real, net_out_errors real, net_out_dropped real, date text, time text, reported integer NULL DEFAULT 0);
CREATE INDEX user_partition_date_time ON user (partition, date, time);
CREATE INDEX user_date_reported_index ON user (date, reported);
CREATE INDEX folder_date_reported_index ON folder (date, reported);`

// oldSchema is one of before input and output were counted.
const oldSchema = `CREATE TABLE user (partition text, pid real, cpu_percent real, cpu_time real, cpu_num_threads real,
  memory_percent real, memory_rss real, date text, time text)`

type fixture struct {
	testing.TB
	path string
	db   *sql.DB
}

func newDatabase(t testing.TB, schema string) *fixture {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a?b#c %20", "collector.db") // a path is no URL
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "first.db"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	f := &fixture{t, path, db}
	f.exec("VACUUM INTO ?", path)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if f.db, err = sql.Open("sqlite", "file:"+strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)); err != nil {
		t.Fatal(err)
	}
	f.db.SetMaxOpenConns(1)
	f.exec("PRAGMA synchronous = off")
	t.Cleanup(func() { _ = f.db.Close() })
	f.exec(schema)
	return f
}

func (f *fixture) exec(query string, args ...any) {
	f.Helper()
	if _, err := f.db.Exec(query, args...); err != nil {
		f.Fatal(err)
	}
}

// add is a row of table user; figures in the order of its columns.
func (f *fixture) add(user string, at time.Time, pid int, figures ...any) {
	f.Helper()
	args := append([]any{user, pid, fmt.Sprintf("%d-%.2f", pid, float64(boot))}, figures...)
	f.exec(`INSERT INTO user (partition, pid, process, cpu_percent, cpu_time, cpu_num_threads, memory_percent, memory_rss,
		io_rw_counter, io_cycles_counter, date, time) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`,
		append(args, at.Format(time.DateOnly), at.Format(time.TimeOnly))...)
}

func (f *fixture) tick(at time.Time) {
	f.Helper()
	f.exec("INSERT INTO system (loadavg, date, time) VALUES (0.5, ?, ?)", at.Format(time.DateOnly), at.Format(time.TimeOnly))
}

// The tests' machine booted at boot, in epoch seconds, and its clock says noon.
const boot = 1773900000

var noon = time.Date(2026, 3, 19, 12, 0, 0, 0, time.UTC)

// fakeProc is a /proc with processes that belong to who runs the test.
type fakeProc struct {
	testing.TB
	dir string
}

func newProc(t testing.TB) *fakeProc {
	p := &fakeProc{t, t.TempDir()}
	p.put("meminfo", "MemTotal: 1024000 kB\nMemFree: 1 kB\n")
	p.at(noon)
	return p
}

func (p *fakeProc) put(name, text string) {
	p.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.Fatal(err)
	}
}

func (p *fakeProc) at(now time.Time) {
	p.put("uptime", fmt.Sprintf("%.2f 1.00\n", float64(now.Unix()-boot)))
}

// process: start in seconds after boot, cpu in seconds, rss in pages.
func (p *fakeProc) process(pid int, name string, start, cpu, threads, rss int) {
	p.Helper()
	comm := name
	if len(comm) > 15 {
		comm = comm[:15]
	}
	dir := fmt.Sprint(pid) + "/"
	p.put(dir+"stat", fmt.Sprintf("%d (%s) S 1 1 1 0 -1 0 0 0 0 0 %d 0 0 0 20 0 %d 0 %d 1000000 %d 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
		pid, comm, cpu*ticks, threads, start*ticks, rss))
	p.put(dir+"cmdline", "/bin/"+name+"\x00--flag\x00")
	p.put(dir+"comm", comm+"\n")
	p.put(dir+"io", "rchar: 1\nwchar: 1\nsyscr: 10\nsyscw: 5\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n")
}

func (p *fakeProc) end(pid int) {
	if err := os.RemoveAll(filepath.Join(p.dir, fmt.Sprint(pid))); err != nil {
		p.Fatal(err)
	}
}

// me is the name under which the database knows partitions of these tests.
func me(t testing.TB) string {
	u, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	return u.Username
}

// scene is a partition with a collector that looks at it.
type scene struct {
	testing.TB
	*Collector
	conf *monitorconf.Config
	proc *fakeProc
	now  time.Time
	log  *strings.Builder
}

func newScene(t testing.TB, database string) *scene {
	t.Helper()
	dir := t.TempDir()
	s := &scene{TB: t, proc: newProc(t), now: noon, log: &strings.Builder{}}
	file := filepath.Join(dir, "etc", "monitor.conf")
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("[monitor]\ncollector-db = "+database+"\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.conf, err = monitorconf.Load(file); err != nil {
		t.Fatal(err)
	}
	s.Collector = &Collector{
		Now:  func() time.Time { return s.now },
		Log:  slog.New(slog.NewTextHandler(s.log, nil)),
		Proc: s.proc.dir,
	}
	return s
}

// pass makes one at now.
func (s *scene) pass(now time.Time) {
	s.Helper()
	s.now = now
	s.proc.at(now)
	if err := s.Run(context.Background(), s.conf); err != nil {
		s.Fatal(err)
	}
}

func (s *scene) document(name string) string {
	s.Helper()
	data, err := os.ReadFile(filepath.Join(s.conf.DocumentFolder, name))
	if err != nil {
		s.Fatal(err)
	}
	return string(data)
}

func (s *scene) rows(name string) []string {
	s.Helper()
	var d struct{ Data []string }
	if err := json.Unmarshal([]byte(s.document(name+".data.json")), &d); err != nil {
		s.Fatal(err)
	}
	return d.Data[1:]
}

func (s *scene) status() (st status) {
	s.Helper()
	if err := json.Unmarshal([]byte(s.document(statusName)), &st); err != nil {
		s.Fatal(err)
	}
	return st
}
