package collect

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ready is a scene whose first pass read the database.
func ready(t *testing.T) (*scene, *fixture) {
	t.Helper()
	f := newDatabase(t, schema)
	s := newScene(t, f.path)
	s.proc.process(7, "server", 100, 60, 4, 2560)
	f.add(me(t), noon.Add(-2*time.Minute), 7, 1, 1, 1, 1, mib, 1, 1)
	s.pass(noon)
	if n := len(s.rows("monitor_resource_process")); n != 1 {
		t.Fatalf("%d rows", n)
	}
	return s, f
}

// While a writer holds the database the documents stay; afterwards nothing is
// missing.
func TestLockedDatabase(t *testing.T) {
	s, f := ready(t)
	f.add(me(t), noon, 7, 1, 1, 1, 1, mib, 1, 1)
	f.exec("BEGIN EXCLUSIVE")
	before := s.document(statusName)
	start := time.Now()
	s.pass(noon.Add(2 * time.Minute))
	if d := time.Since(start); d > 4*databaseTime {
		t.Errorf("the pass took %v", d)
	}
	if s.document(statusName) != before || len(s.rows("monitor_resource_process")) != 1 || strings.Contains(s.log.String(), "locked") {
		t.Errorf("a locked database shows\n%s", s.log)
	}
	f.exec("ROLLBACK")
	s.pass(noon.Add(3 * time.Minute))
	if n := len(s.rows("monitor_resource_process")); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
	// For long enough, and it counts as dead.
	f.exec("BEGIN EXCLUSIVE")
	s.pass(noon.Add(time.Hour))
	if st := s.status(); st.Source != "proc" || !strings.Contains(s.log.String(), "locked") {
		t.Errorf("status %+v\n%s", st, s.log)
	}
	f.exec("ROLLBACK")
}

// Whatever the database's file holds, the pass goes on with /proc.
func TestDamagedDatabase(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"empty":    func(path string) error { return os.Truncate(path, 0) },
		"header":   func(path string) error { return os.Truncate(path, 100) },
		"half":     func(path string) error { return os.Truncate(path, 6000) },
		"noise":    func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("noise", 9999)), 0o644) },
		"replaced": func(path string) error { return os.Rename(filepath.Join(filepath.Dir(path), ".."), path) },
		"gone":     os.Remove,
		"claims 16 TB": func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteAt([]byte{0xff, 0xff, 0xff, 0xfe}, 28)
			return err
		},
		"100 GB": func(path string) error { return os.Truncate(path, 100<<30) },
	} {
		t.Run(name, func(t *testing.T) {
			s, f := ready(t)
			if err := f.db.Close(); err != nil {
				t.Fatal(err)
			}
			if name == "replaced" {
				if err := os.Remove(f.path); err != nil {
					t.Fatal(err)
				}
				if err := os.Mkdir(f.path, 0o755); err != nil {
					t.Fatal(err)
				}
			} else if err := damage(f.path); err != nil {
				t.Fatal(err)
			}
			s.pass(noon.Add(time.Minute))
			if st := s.status(); st.TotalProcess != 1 || st.Source == "" {
				t.Errorf("status %+v", st)
			}
			if n := len(s.rows("monitor_resource_process")); n == 0 || n > 2 {
				t.Errorf("%d rows", n)
			}
		})
	}
}

func TestOwnerWithoutName(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	s, f := ready(t)
	if err := os.Chown(s.conf.Partition, 54321, 54321); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(s.proc.dir, "7"), 54321, 54321); err != nil {
		t.Fatal(err)
	}
	f.tick(noon)
	s.pass(noon.Add(time.Minute))
	if st := s.status(); st.Source != "proc" || st.TotalProcess != 1 {
		t.Errorf("status %+v", st)
	}
	if !strings.Contains(s.log.String(), "user 54321, has no name") || !strings.Contains(s.document(processName), `"user":"54321"`) {
		t.Errorf("log %s", s.log)
	}
}
