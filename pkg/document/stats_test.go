package document

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestStatistics(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.stats.json")
	os.WriteFile(path, []byte("{damaged"), 0o640)
	read := func() (s Stats) {
		raw, err := os.ReadFile(path)
		if err == nil {
			err = json.Unmarshal(raw, &s)
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for range 2 { // a day that is added twice is there once
		day := DayOf("2026-03-19", []HistoryEntry{{Status: OK, Count: 7}, {Status: Error, Count: 2}, {Status: OK, Count: 3, StartDate: "x"}})
		if err := AddDay(path, 5, day); err != nil {
			t.Fatal(err)
		}
	}
	if s := read(); s.Date != 5 || len(s.Data) != 1 || s.Data[0].Message[OK] != 10 || s.Data[0].Message[Error] != 2 || s.Data[0].StartDate != "x" {
		t.Errorf("%+v", s)
	}
	if raw, _ := os.ReadFile(path + ".damaged"); string(raw) != "{damaged" {
		t.Error("the damaged file was not kept")
	}
	for i := range maxDays + 5 {
		if err := AddDay(path, 5, DayOf(fmt.Sprint("day ", i), []HistoryEntry{{Status: Error, Count: 1}})); err != nil {
			t.Fatal(err)
		}
	}
	if s := read(); len(s.Data) != maxDays || s.Data[0].Day != "day 5" {
		t.Errorf("%d days from %s", len(s.Data), s.Data[0].Day)
	}
}
