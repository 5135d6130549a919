package collect

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The figures of the contract, from rows that give them.
func TestAverages(t *testing.T) {
	f := newDatabase(t, schema)
	day := time.Date(2017, 9, 16, 0, 1, 0, 0, time.UTC)
	const mib = 1 << 20
	f.add("slapuser15", day, 7, 1.5, 60, 1, 1.0, 1000.0*mib, 0, 0)
	f.add("slapuser15", day, 8, 0.5, 60, 1, 1.0, 190.0*mib, 0, 0)
	f.add("slapuser15", day.Add(time.Minute), 7, 2.32, 61, 1, 1.0, 1200.98515625*mib, 0, 0)
	f.add("slapuser15", day.Add(24*time.Hour), 7, 99, 61, 1, 1.0, 99*mib, 0, 0)
	f.add("slapuser16", day, 9, 99, 61, 1, 1.0, 99*mib, 0, 0)
	f.exec("INSERT INTO folder (partition, disk_used, date, time) VALUES ('slapuser15', ?, '2017-09-16', '05:00:00')", 35.5234375*1024)
	d, err := Open(context.Background(), f.path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	got, err := d.Averages(context.Background(), "slapuser15", "2017-09-16")
	if err != nil {
		t.Fatal(err)
	}
	want := Averages{Day: "2017-09-16", CPUPercent: 2.16, MemoryRSS: 1195.492578125, DiskUsed: 35.5234375}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if got, err := d.Averages(context.Background(), "nobody", "2017-09-16"); err != nil || got != (Averages{Day: "2017-09-16"}) {
		t.Errorf("without rows: %+v, %v", got, err)
	}
}

func TestSamplesOfAnyWindow(t *testing.T) {
	f := newDatabase(t, schema)
	midnight := time.Date(2026, 3, 19, 0, 0, 0, 0, time.UTC)
	var want []string
	for i := range 10 {
		at := midnight.Add(time.Duration(i-5)*time.Minute + 7*time.Second)
		f.add("a", at, 1, 1, 60, 1, 1, 1<<20, 1, 1)
		f.add("b", at, 2, 1, 60, 1, 1, 1<<20, 1, 1)
		if i > 1 && i < 8 {
			want = append(want, at.Format(time.DateTime))
		}
	}
	f.exec("INSERT INTO user (partition, pid, date, time) VALUES ('a', 3, 'never', 'x')")
	d, err := Open(context.Background(), f.path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	from, to := midnight.Add(-3*time.Minute), midnight.Add(2*time.Minute)
	list, err := d.samples(context.Background(), "a", from, to)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		got = append(got, s.at.Format(time.DateTime))
		if s.user != "a" || s.pid != 1 || s.started != boot {
			t.Errorf("sample %+v", s)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	all, err := d.allSamples(context.Background(), from, to)
	if err != nil || len(all) != 2*len(want) {
		t.Errorf("%d samples of all, %v", len(all), err)
	}
}

// The backwards look must not stop, or miss rows, at the edges of its steps.
func TestAllSamplesOfALongTable(t *testing.T) {
	f := newDatabase(t, schema)
	const perMinute = chunk / 3
	f.exec(`WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO user (partition, pid, date, time)
		SELECT 'a', i, date(? + i/?*60, 'unixepoch'), time(? + i/?*60, 'unixepoch') FROM n`,
		10*perMinute-1, noon.Unix(), perMinute, noon.Unix(), perMinute)
	f.exec("DELETE FROM user WHERE rowid BETWEEN ? AND ?", 6*perMinute, 6*perMinute+2*chunk) // what VACUUM has not closed
	d, err := Open(context.Background(), f.path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	all, err := d.allSamples(context.Background(), noon.Add(4*time.Minute), noon.Add(20*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	var count int
	if err := f.db.QueryRow("SELECT count(*) FROM user WHERE time >= '12:04:00'").Scan(&count); err != nil {
		t.Fatal(err)
	}
	if len(all) != count {
		t.Errorf("%d samples, want %d", len(all), count)
	}
}

func TestOldSchema(t *testing.T) {
	f := newDatabase(t, oldSchema)
	f.exec("INSERT INTO user VALUES ('a', 7.0, '1.5', 60, 2, NULL, 1048576, '2026-03-19', '12:00:00')")
	d, err := Open(context.Background(), f.path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	list, err := d.samples(context.Background(), "a", noon, noon)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	want := sample{user: "a", at: noon, pid: 7, cpuPercent: 1.5, cpuTime: 60, threads: 2, memoryRSS: 1 << 20}
	if list[0] != want {
		t.Errorf("got %+v, want %+v", list[0], want)
	}
	if newest, err := d.Newest(context.Background()); err != nil || !newest.Equal(noon) {
		t.Errorf("newest %v, %v", newest, err)
	}
	if disks, err := d.disks(context.Background(), noon); err != nil || len(disks) != 0 {
		t.Errorf("disks %v, %v", disks, err)
	}
}

func TestDiskUseIsTheLastMeasured(t *testing.T) {
	f := newDatabase(t, schema)
	for _, row := range [][]any{
		{"a", 1024, "2026-03-18", "03:00:00"}, {"a", 2048, "2026-03-19", "03:00:00"}, {"a", 1024, "2026-03-19", "03:00:00"},
		{"b", 5120, "2026-03-10", "03:00:00"},
	} {
		f.exec("INSERT INTO folder (partition, disk_used, date, time) VALUES (?,?,?,?)", row...)
	}
	d, err := Open(context.Background(), f.path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	got, err := d.disks(context.Background(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]float64{"a": 3}, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	other := newDatabase(t, "CREATE TABLE user (name text)")
	for name, want := range map[string]string{
		filepath.Join(dir, "absent"): "no such file", dir: "is not a file", other.path: "no collector database",
	} {
		if d, err := Open(context.Background(), name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("something was made: %v", entries)
	}
}

// A database in WAL mode is read with its writer at work and without.
func TestWAL(t *testing.T) {
	f := newDatabase(t, schema)
	f.exec("PRAGMA journal_mode = wal")
	f.add("a", noon, 1, 1, 60, 1, 1, 1<<20, 1, 1)
	check := func() error {
		d, err := Open(context.Background(), f.path)
		if err != nil {
			return err
		}
		defer d.Close()
		if list, err := d.samples(context.Background(), "a", noon, noon); err != nil || len(list) != 1 {
			return fmt.Errorf("%v, %w", list, err)
		}
		return nil
	}
	if err := check(); err != nil {
		t.Errorf("written to: %v", err)
	}
	if err := f.db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := check(); err != nil {
		t.Errorf("left alone: %v", err)
	}
	if os.Geteuid() != 0 {
		return
	}
	// Somebody who may write neither the database nor its folder.
	for dir := filepath.Dir(f.path); dir != filepath.Dir(os.TempDir()) && len(dir) > 1; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); dir == os.TempDir() || err != nil {
			break
		}
	}
	for _, ext := range []string{"-wal", "-shm"} {
		_ = os.Remove(f.path + ext)
	}
	if err := (owner{54321, 54321}).asOwner(check); err != nil {
		t.Errorf("left alone, for a stranger: %v", err)
	}
	if _, err := os.Stat(f.path + "-wal"); err == nil {
		t.Error("a file was made beside the database")
	}
}
