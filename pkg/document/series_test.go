package document

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const stateHeader = "Date, Success, Error, Warning"

var noon = time.Date(2026, 3, 19, 12, 0, 0, 0, time.UTC)

// readSeries decodes the series at path and checks what clients rely on.
func readSeries(t *testing.T, path string) (float64, []string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Date float64
		Data []string
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v in %q", err, raw)
	}
	if !strings.HasSuffix(string(raw), "]}") {
		t.Errorf("series does not end with ]}: %q", raw)
	}
	return v.Date, v.Data
}

func row(n int) string {
	return fmt.Sprintf("%s, %d, 0, 0", noon.Add(time.Duration(n)*time.Minute).Format("2006-01-02 15:04:05"), n)
}

func TestSeriesGrowsAndForgets(t *testing.T) {
	s := Series{Path: filepath.Join(t.TempDir(), "s.json"), Header: stateHeader, MaxRows: 3}
	for n := range 5 {
		if err := s.Append(noon, row(n)); err != nil {
			t.Fatal(err)
		}
	}
	date, data := readSeries(t, s.Path)
	if want := []string{stateHeader, row(2), row(3), row(4)}; strings.Join(data, "|") != strings.Join(want, "|") {
		t.Errorf("rows %q, want %q", data, want)
	}
	if date != Epoch(noon) {
		t.Errorf("date %v", date)
	}
}

func TestSeriesOfThePythonStackGoesOn(t *testing.T) {
	s := Series{Path: filepath.Join(t.TempDir(), "s.json"), Header: stateHeader}
	old := `{"date": 1505520060.12, "data": ["` + stateHeader + `", "2017-09-16 00:01:00, 3, 7, "]}`
	os.WriteFile(s.Path, []byte(old), 0o640)
	if err := s.Append(noon, row(1)); err != nil {
		t.Fatal(err)
	}
	date, data := readSeries(t, s.Path)
	if len(data) != 3 || data[1] != "2017-09-16 00:01:00, 3, 7, " || date != 1505520060.12 {
		t.Errorf("%v %q", date, data)
	}
	if _, err := os.Stat(s.Path + ".damaged"); err == nil {
		t.Error("a sound series was taken for a damaged one")
	}
}

func TestSeriesRefusesWhatItCannotHold(t *testing.T) {
	s := Series{Path: filepath.Join(t.TempDir(), "s.json"), Header: stateHeader}
	for _, bad := range []string{"a\"b", "a\\b", "a\nb", "é"} {
		if err := s.Append(noon, bad); err == nil {
			t.Errorf("row %q was taken", bad)
		}
	}
}

func TestSeriesIsSalvagedRowByRow(t *testing.T) {
	whole := Series{Path: filepath.Join(t.TempDir(), "s.json"), Header: stateHeader}
	for n := range 20 {
		whole.Append(noon, row(n))
	}
	raw, _ := os.ReadFile(whole.Path)
	for cut := 0; cut < len(raw); cut += 7 {
		s := Series{Path: filepath.Join(t.TempDir(), "s.json"), Header: stateHeader}
		os.WriteFile(s.Path, raw[:cut], 0o640)
		if err := s.Append(noon, row(99)); err != nil {
			t.Fatal(err)
		}
		_, data := readSeries(t, s.Path)
		if want := strings.Count(string(raw[:cut]), `, 0, 0"`) + 2; len(data) != want {
			t.Fatalf("cut at %d: %d strings, want %d: %q", cut, len(data), want, data)
		}
		if kept, _ := os.ReadFile(s.Path + ".damaged"); cut > 0 && string(kept) != string(raw[:cut]) {
			t.Fatalf("cut at %d: the damaged file was not kept", cut)
		}
	}
}

func FuzzSeries(f *testing.F) {
	f.Add([]byte(`{"date": 1.5, "data": ["` + stateHeader + `", "2017-09-16 00:01:00, 3, 7, "]}`))
	f.Add([]byte(`{"data":["`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := Series{Path: filepath.Join(t.TempDir(), "s.json"), Header: stateHeader, MaxRows: 5}
		os.WriteFile(s.Path, raw, 0o640)
		if err := s.Append(noon, row(1)); err != nil {
			t.Fatal(err)
		}
		if _, data := readSeries(t, s.Path); data[len(data)-1] != row(1) || data[0] != stateHeader || len(data) > 6 {
			t.Fatalf("%q", data)
		}
	})
}
