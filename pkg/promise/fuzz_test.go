package promise

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"
)

func FuzzState(f *testing.F) {
	f.Add([]byte(stateHead + `"a":{"day":"2026-03-19","status":"OK","count":3}` + stateFoot))
	f.Add([]byte("{\"promises\":{\n\"a\":null,\n\"b\":{\"count\":1},\n\"c\":{\"cou"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "promise.json")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := loadState(path)
		if err != nil {
			t.Fatal(err)
		}
		s.of("new").Count = 7
		if err := s.save(); err != nil {
			t.Fatal(err)
		}
		again, err := loadState(path)
		if err != nil || len(again.promises) != len(s.promises) || again.of("new").Count != 7 {
			t.Fatalf("%d promises, then %d (%v)", len(s.promises), len(again.promises), err)
		}
	})
}

func FuzzSlapgridResult(f *testing.F) {
	f.Add([]byte(`{"title": "k", "result": {"failed": true, "date": "2026-11-21T21:57:58+0000", "message": null}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "k.status.json")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := readSlapgridResult("k", path); err == nil && p.ran.Promise != p {
			t.Fatalf("%+v", p.ran)
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add([]byte("\x1b[31mred\x1b[0m \xff\x00\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := limitText(Clean(raw))
		if !utf8.ValidString(s) {
			t.Fatalf("%q", s)
		}
		for _, r := range s {
			if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
				t.Fatalf("%q", s)
			}
		}
	})
}
