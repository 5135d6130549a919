package publish

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestParseResult(t *testing.T) {
	at := func(h, m, s int) time.Time { return time.Date(2026, 3, 19, h, m, s, 0, time.UTC) }
	for _, tt := range []struct {
		name, text            string
		status, message, fail string
		date, since           time.Time
	}{
		{name: "2017", text: `{"status":"OK","start-date":"2026-03-19 09:59:00","change-time":1773910740,"message":"m"}`,
			status: "OK", message: "m", date: at(9, 59, 0), since: at(8, 59, 0)},
		{name: "2026", text: `{"result":{"failed":true,"date":"2026-03-19T10:00:02+0000","message":"no"}}`,
			status: "ERROR", message: "no", date: at(10, 0, 2)},
		{name: "2026, kept, no message", text: `{"result":{"failed":false,"date":"2026-03-19T10:00:02+0000","message":null}}`,
			status: "OK", date: at(10, 0, 2)},
		{name: "both: the flat status decides", text: `{"status":"WARNING","message":"w","result":{"failed":true,"date":"2026-03-19T10:00:02Z","message":"no"}}`,
			status: "WARNING", message: "w", date: at(10, 0, 2)},
		{name: "zone with colon", text: `{"status":"ok","result":{"date":"2026-03-19T12:00:02+02:00"}}`,
			status: "OK", date: at(10, 0, 2)},
		{name: "without zone", text: `{"result":{"failed":true,"date":"2026-03-19T10:00:02","message":"no"}}`,
			status: "ERROR", message: "no", date: at(10, 0, 2)},
		{name: "change-time that is none", text: `{"status":"OK","change-time":1e300}`, status: "OK"},
		{name: "only change-time", text: `{"status":"ERROR","change-time":1773910740.5}`,
			status: "ERROR", date: at(8, 59, 0).Add(500 * time.Millisecond), since: at(8, 59, 0).Add(500 * time.Millisecond)},
		{name: "no result", text: `{}`, status: "WARNING", message: "This promise has no result yet."},
		{name: "result without verdict", text: `{"result":{}}`, status: "WARNING", message: "This promise has no result yet."},
		{name: "unknown status", text: `{"status":"MAYBE"}`, status: "WARNING", message: "This promise has no result yet."},
		{name: "empty", text: ``, fail: "not a status document"},
		{name: "list", text: `[]`, fail: "not a status document"},
		{name: "wrong type", text: `{"status":1}`, fail: "not a status document"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := parseResult([]byte(tt.text))
			if tt.fail != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fail) {
					t.Fatalf("error %v, want %s", err, tt.fail)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if r.status != tt.status || r.message != tt.message || !r.date.Equal(tt.date) || !r.since.Equal(tt.since) {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestReadPromises(t *testing.T) {
	dir := t.TempDir()
	if list, err := readPromises(filepath.Join(dir, "absent")); list != nil || err != nil {
		t.Fatalf("missing folder: %v, %v", list, err)
	}
	if list, err := readPromises(dir); list == nil || err != nil {
		t.Fatalf("empty folder: %v, %v; want a list that is not nil", list, err)
	}
	good := `{"status":"OK","start-date":"2026-03-19 09:59:00"}`
	put(t, filepath.Join(dir, "a-b.status.json"), good)
	put(t, filepath.Join(dir, "a.status.json"), good)
	put(t, filepath.Join(dir, "big.status.json"), `{"status":"OK","message":"`+strings.Repeat("x", 300_000)+`"}`)
	put(t, filepath.Join(dir, "huge.status.json"), strings.Repeat("x", maxResult+1))
	put(t, filepath.Join(dir, ".hidden.status.json"), good)
	put(t, filepath.Join(dir, ".status.json"), good)
	put(t, filepath.Join(dir, "other.json"), good)
	put(t, filepath.Join(dir, "folder.status.json", "x"), good)
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo.status.json"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.status.json", filepath.Join(dir, "link.status.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "stale.status.json")); err != nil {
		t.Fatal(err)
	}
	list, err := readPromises(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range list {
		got = append(got, r.name+" "+r.status)
		if r.since.IsZero() {
			t.Errorf("%s has no date: %+v", r.name, r)
		}
	}
	want := "a OK,a-b OK,big OK,fifo WARNING,folder WARNING,huge WARNING,link OK"
	if s := strings.Join(got, ","); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

// Wherever a document is cut, its promise stays in sight and the others keep
// their results.
func TestTornDocuments(t *testing.T) {
	whole := get(t, "testdata/promise/ours.status.json")
	p := newPublisher(t)
	for n := 0; n < len(whole); n += 16 {
		put(t, filepath.Join(p.promiseFolder(), "ours.status.json"), whole[:n])
		run(t, p)
		s := readState(t, p)
		if s.State.Success != 2 || s.State.Warning+s.State.Error != 4 {
			t.Fatalf("cut at %d: %+v", n, s.State)
		}
	}
}

func FuzzParseResult(f *testing.F) {
	files, err := filepath.Glob("testdata/promise/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		f.Add([]byte(get(f, name)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := parseResult(data)
		if err == nil && r.status != "OK" && r.status != "ERROR" && r.status != "WARNING" {
			t.Errorf("status %q", r.status)
		}
	})
}
