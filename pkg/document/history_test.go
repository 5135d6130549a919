package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// bench is a folder of histories with one history and its trace.
type bench struct {
	t     *testing.T
	h     *Histories
	trace Trace
	now   time.Time
}

func newBench(t *testing.T) *bench {
	dir := t.TempDir()
	return &bench{t: t, now: noon, h: &Histories{Folder: dir, Archive: &Archive{Folder: filepath.Join(dir, "archive")}}}
}

func (b *bench) add(status, message string) {
	b.t.Helper()
	if err := b.h.Add("p", &b.trace, Sample{status, message, b.now}); err != nil {
		b.t.Fatal(err)
	}
	if err := b.h.Flush(); err != nil {
		b.t.Fatal(err)
	}
	b.now = b.now.Add(time.Minute)
}

func (b *bench) raw() string {
	b.t.Helper()
	raw, err := os.ReadFile(b.h.path("p"))
	if err != nil {
		b.t.Fatal(err)
	}
	return string(raw)
}

// entries is the document as "STATUS message xCOUNT" lines, checked on the way.
func (b *bench) entries() []string {
	b.t.Helper()
	var h History
	raw := b.raw()
	if err := json.Unmarshal([]byte(raw), &h); err != nil || !strings.HasSuffix(raw, "]}") {
		b.t.Fatalf("%v in %q", err, raw)
	}
	var lines []string
	for _, e := range h.Data {
		lines = append(lines, fmt.Sprintf("%s %s x%d", e.Status, e.Message, e.Count))
		if _, err := ParseDate(e.Date); err != nil {
			b.t.Error(err)
		}
	}
	return lines
}

func (b *bench) want(lines ...string) {
	b.t.Helper()
	if got := strings.Join(b.entries(), "; "); got != strings.Join(lines, "; ") {
		b.t.Errorf("history is\n%s, want\n%s", got, strings.Join(lines, "; "))
	}
}

func TestHistoryFoldsRepeats(t *testing.T) {
	b := newBench(t)
	b.add(OK, "fine")
	first := b.raw()
	for range 9 {
		b.add(OK, "fine")
	}
	if b.trace.Count != 10 {
		t.Errorf("trace counts %d results, want 10", b.trace.Count)
	}
	if b.raw() != first && !refreshDue("p", noon.Unix(), b.now) {
		t.Error("a repeat rewrote the document")
	}
	b.add(Error, `no "disk" <left>`)
	b.add(OK, "fine")
	b.want("OK fine x10", `ERROR no "disk" <left> x1`, "OK fine x1")
	if want := Epoch(noon.Add(11 * time.Minute)); b.trace.Change != want {
		t.Errorf("changed at %v, want %v", b.trace.Change, want)
	}
}

func TestHistoryIsRefreshedWithinTheHour(t *testing.T) {
	b := newBench(t)
	for range 130 {
		b.add(OK, "fine")
	}
	var n int
	if _, err := fmt.Sscanf(b.entries()[0], "OK fine x%d", &n); err != nil || n < 70 {
		t.Errorf("after 130 repeats the document counts %d (%v)", n, err)
	}
}

func TestHistoryTurnsEachDay(t *testing.T) {
	b := newBench(t)
	b.add(Error, "bad")
	changed := b.trace.Change
	b.add(Error, "bad")
	b.now = noon.Add(24 * time.Hour)
	b.add(Error, "bad")
	b.want("ERROR bad x1")
	if b.trace.Change != changed {
		t.Error("the turn of the day moved the change time")
	}
	old, err := b.h.Archive.Read("2026-03-19")
	if err != nil || len(old) != 1 || old[0].Count != 2 || old[0].Name != "p" {
		t.Errorf("archive %+v, %v", old, err)
	}
	b.now = noon.Add(-24 * time.Hour) // the clock jumps back
	b.add(OK, "good")
	b.now = noon.Add(25 * time.Hour)
	b.add(OK, "good")
	if days, _ := b.h.Archive.Days(); strings.Join(days, " ") != "2026-03-18 2026-03-19 2026-03-20" {
		t.Errorf("archived days %v", days)
	}
}

func TestHistoryStaysShort(t *testing.T) {
	b := newBench(t)
	const n = 500
	for i := range n {
		b.add(OK, fmt.Sprint(i, strings.Repeat("x", 6*i)))
	}
	if size := len(b.raw()); size > maxBytes+64<<10 {
		t.Errorf("document of %d bytes", size)
	}
	old, _ := b.h.Archive.Read("2026-03-19")
	if total := len(b.entries()) + len(old); total != n {
		t.Errorf("%d entries in document and archive, want %d", total, n)
	}
}

// The first pass over what the Python stack left: a long history must neither
// take long nor stay long.
func TestLongHistoryIsTakenOver(t *testing.T) {
	b := newBench(t)
	h := History{Date: Epoch(noon)}
	const n = 10_000
	for i := range n {
		h.Data = append(h.Data, HistoryEntry{Status: OK, Date: Date(noon), ChangeTime: Epoch(noon), Message: fmt.Sprint(i, strings.Repeat(" x", 50))})
	}
	if _, err := WriteJSON(b.h.path("p"), h, PublicMode); err != nil {
		t.Fatal(err)
	}
	b.add(Error, "new")
	entries := b.entries()
	if len(entries) > maxEntries || len(b.raw()) > maxBytes+4096 {
		t.Errorf("%d entries in %d bytes", len(entries), len(b.raw()))
	}
	old, _ := b.h.Archive.Read("2026-03-19")
	if total := len(entries) + len(old); total != n+1 {
		t.Errorf("%d entries in document and archive, want %d", total, n+1)
	}
}

func TestWhatIsNoDocumentIsToldAtOnce(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"pipe":   func(path string) error { return syscall.Mkfifo(path, 0o640) },
		"folder": func(path string) error { return os.Mkdir(path, 0o750) },
		"huge": func(path string) error {
			return errors.Join(os.WriteFile(path, []byte("{"), 0o640), os.Truncate(path, 100<<30))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if err := make(b.h.path("p")); err != nil {
				t.Fatal(err)
			}
			if err := b.h.Add("p", &b.trace, Sample{OK, "m", noon}); err == nil || !strings.Contains(err.Error(), b.h.path("p")) {
				t.Errorf("history: %v", err)
			}
			if err := (Series{Path: b.h.path("p"), Header: "Date, n"}).Append(noon, "2026-03-19, 1"); err == nil {
				t.Error("series: no error")
			}
		})
	}
}

func TestHistoryOfThePythonStackGoesOn(t *testing.T) {
	b := newBench(t)
	os.WriteFile(b.h.path("p"), []byte(`{"date": 1773921600.5, "data": [{"status": "ERROR", "start-date": "2026-03-19 11:00:00",
		"change-time": 1773918000.25, "message": "old", "type": "status", "title": "p", "_links": {"monitor": {"href": "x"}}}]}`), 0o640)
	b.add(Error, "old")
	b.add(OK, "new")
	b.want("ERROR old x2", "OK new x1")
	if strings.Contains(b.raw(), `"date":""`) {
		t.Error("an entry without date")
	}
}

// A pass that was killed between the documents and the state leaves a trace
// that is older than the document.
func TestHistoryWinsOverAnOlderTrace(t *testing.T) {
	for name, forget := range map[string]func(b *bench, old Trace){
		"older trace": func(b *bench, old Trace) { b.trace = old },
		"no trace":    func(b *bench, old Trace) { b.trace = Trace{} },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.add(OK, "fine")
			old := b.trace
			b.add(Error, "bad")
			changed := b.trace.Change
			forget(b, old)
			b.add(Error, "bad")
			b.want("OK fine x1", "ERROR bad x2")
			if b.trace.Change != changed {
				t.Errorf("change time moved from %v to %v", changed, b.trace.Change)
			}
		})
	}
}

func TestHistoryThatVanishedBeginsAgain(t *testing.T) {
	b := newBench(t)
	b.add(Error, "bad")
	changed := b.trace.Change
	os.Remove(b.h.path("p"))
	b.add(Error, "bad")
	b.want("ERROR bad x1")
	if b.trace.Change != changed {
		t.Error("the change time was lost with the document")
	}
}

func TestHistoryIsSalvagedEntryByEntry(t *testing.T) {
	b := newBench(t)
	for i := range 30 {
		b.add(OK, fmt.Sprintf("result {%d} of \"many\"", i))
	}
	raw, trace := b.raw(), b.trace
	for cut := 0; cut < len(raw); cut += 64 {
		b.trace = trace
		os.WriteFile(b.h.path("p"), []byte(raw[:cut]), 0o640)
		b.add(OK, "after")
		whole := strings.Count(raw[:cut], `+0000"}`)
		if got := len(b.entries()); got != whole+1 {
			t.Fatalf("cut at %d: %d entries, want %d", cut, got, whole+1)
		}
		if kept, _ := os.ReadFile(b.h.path("p") + ".damaged"); cut > 0 && string(kept) != raw[:cut] {
			t.Fatalf("cut at %d: the damaged document was not kept", cut)
		}
	}
}

func TestHistoryWithNoiseInTheMiddle(t *testing.T) {
	b := newBench(t)
	for i := range 30 {
		b.add(OK, fmt.Sprint("result ", i))
	}
	raw := []byte(b.raw())
	for i := range 300 {
		raw[len(raw)/2+i] = byte(rand.Int())
	}
	os.WriteFile(b.h.path("p"), raw, 0o640)
	b.add(OK, "after")
	got := b.entries()
	if len(got) < 26 || got[0] != "OK result 0 x1" || got[len(got)-2] != "OK result 29 x1" || got[len(got)-1] != "OK after x1" {
		t.Errorf("%d entries: %q", len(got), got)
	}
}

// An entry of a kind that nobody knows is kept beside, not thrown away.
func TestUnknownEntryIsKeptBeside(t *testing.T) {
	b := newBench(t)
	raw := `{"date":1773921600,"data":[{"status":"ODD","message":"keep me"},{"status":"OK","change-time":1773921600,"message":"m"}]}`
	os.WriteFile(b.h.path("p"), []byte(raw), 0o640)
	b.add(OK, "m")
	b.want("OK m x2")
	if kept, err := os.ReadFile(b.h.path("p") + damagedSuffix); err != nil || string(kept) != raw {
		t.Errorf("kept %q, %v", kept, err)
	}
}

func TestHistoryThatCannotBeWrittenTriesAgain(t *testing.T) {
	b := newBench(t)
	b.add(OK, "fine")
	folder := b.h.Folder
	b.h.Folder = filepath.Join(folder, "absent")
	if err := b.h.Add("p", &b.trace, Sample{Error, "bad", b.now}); err != nil {
		t.Fatal(err)
	}
	if err := b.h.Flush(); err == nil {
		t.Fatal("no error")
	}
	b.h.Folder = folder
	b.add(Error, "bad")
	b.want("OK fine x1", "ERROR bad x1")
}

func TestRemovedHistoryIsArchived(t *testing.T) {
	b := newBench(t)
	b.add(OK, "fine")
	b.add(OK, "fine")
	if err := b.h.Remove("p", &b.trace); err != nil {
		t.Fatal(err)
	}
	if err := b.h.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(b.h.path("p")); err == nil {
		t.Error("the document is still there")
	}
	if old, _ := b.h.Archive.Read("2026-03-19"); len(old) != 1 || old[0].Count != 2 {
		t.Errorf("archive %+v", old)
	}
}

func FuzzHistory(f *testing.F) {
	f.Add([]byte(`{"date":1.00,"data":[{"status":"OK","message":"a"}]}`))
	f.Add([]byte(`{{{{{{{{{{"data":[{"status":"OK"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b := newBench(t)
		os.WriteFile(b.h.path("p"), raw, 0o640)
		b.add(OK, "mine")
		b.add(Error, "mine too")
		got := b.entries()
		if n := len(got); n < 2 || got[n-1] != "ERROR mine too x1" || !strings.HasPrefix(got[n-2], "OK mine x") {
			t.Fatalf("%q", got)
		}
	})
}
