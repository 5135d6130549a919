package document

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSeriesDaysAreArchived(t *testing.T) {
	dir := t.TempDir()
	s := Series{Path: filepath.Join(dir, "s.json"), Header: "date, n", MaxRows: 60}
	folder := filepath.Join(dir, "days")
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	const keep = 3 * 24 * time.Hour
	for i := range 24 * 7 { // a row an hour for a week
		now := start.Add(time.Duration(i) * time.Hour)
		if now.Hour() == 0 {
			if err := s.ArchiveDays(folder, now, keep); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Append(now, fmt.Sprintf("%s, %d", now.Format(time.DateTime), i)); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	if got := strings.Join(names, " "); got != "2026-03-04.csv.gz 2026-03-05.csv.gz 2026-03-06.csv.gz" {
		t.Errorf("archived: %s", got)
	}
	f, err := os.Open(filepath.Join(folder, "2026-03-05.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 25 || lines[0] != "date, n" || lines[1] != "2026-03-05 00:00:00, 96" || lines[24] != "2026-03-05 23:00:00, 119" {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
}

func TestSeriesDaysOfNothing(t *testing.T) {
	dir := t.TempDir()
	s := Series{Path: filepath.Join(dir, "s.json"), Header: "date, n"}
	folder := filepath.Join(dir, "days")
	for _, text := range []string{"", "{", `{"date":1,"data":["date, n","x, 1","2026-99-99, 1"]}`} {
		if text != "" {
			if err := os.WriteFile(s.Path, []byte(text), 0o640); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.ArchiveDays(folder, time.Now(), time.Hour); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if left, _ := os.ReadDir(folder); len(left) != 0 {
			t.Errorf("%q: archived %v", text, left)
		}
	}
}

func TestSeriesTakesManyRows(t *testing.T) {
	s := Series{Path: filepath.Join(t.TempDir(), "s.json"), Header: "date, n", MaxRows: 3}
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		rows []string
		want string
	}{
		{[]string{"2026-03-01, 1", "2026-03-01, 2"}, `"2026-03-01, 1","2026-03-01, 2"`},
		{[]string{"2026-03-01, 3", "2026-03-01, 4"}, `"2026-03-01, 2","2026-03-01, 3","2026-03-01, 4"`},
		{[]string{"2026-03-01, 5", "2026-03-01, 6", "2026-03-01, 7", "2026-03-01, 8"}, `"2026-03-01, 6","2026-03-01, 7","2026-03-01, 8"`},
		{nil, `"2026-03-01, 6","2026-03-01, 7","2026-03-01, 8"`},
	} {
		if err := s.Append(now, tt.rows...); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(s.Path)
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"date":1772323200.00,"data":["date, n",` + tt.want + `]}`; string(data) != want {
			t.Errorf("got  %s\nwant %s", data, want)
		}
	}
}
