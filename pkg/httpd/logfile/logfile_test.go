package logfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t *testing.T, limit int64) (*File, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log", "access.log")
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if limit > 0 {
		f.limit = limit
	}
	return f, path
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLinesArriveInOrderAndWhole(t *testing.T) {
	f, path := open(t, 0)
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := range 500 {
				fmt.Fprintf(f, "%d %d %s\n", w, i, strings.Repeat("x", 30))
			}
		})
	}
	all.Wait()
	f.Flush()
	next := map[int]int{}
	for _, line := range strings.Split(strings.TrimSuffix(read(t, path), "\n"), "\n") {
		var w, i int
		if n, err := fmt.Sscanf(line, "%d %d xxx", &w, &i); n != 2 && err != nil || i != next[w] || len(line) < 34 {
			t.Fatalf("line %q, want number %d", line, next[w])
		}
		next[w]++
	}
	for w := range 8 {
		if next[w] != 500 {
			t.Errorf("writer %d: %d lines", w, next[w])
		}
	}
	if st, _ := os.Stat(path); st.Mode().Perm() != 0o640 {
		t.Errorf("mode %v", st.Mode())
	}
}

func TestLineIsThereBeforeLong(t *testing.T) {
	f, path := open(t, 0)
	f.Write([]byte("line\n"))
	for deadline := time.Now().Add(time.Minute); read(t, path) == ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the line never arrived")
		}
	}
}

func TestRotation(t *testing.T) {
	f, path := open(t, 1000)
	for i := range 100 {
		fmt.Fprintf(f, "%03d %s\n", i, strings.Repeat("x", 95))
		f.Flush()
	}
	names, err := filepath.Glob(path + "*")
	if err != nil || len(names) != 1+keep {
		t.Errorf("files %v", names)
	}
	for _, name := range names {
		if n := len(read(t, name)); n > 1000 || n == 0 {
			t.Errorf("%s has %d bytes", name, n)
		}
	}
	if got := read(t, path); !strings.HasPrefix(got[strings.LastIndex(got[:len(got)-1], "\n")+1:], "099 ") {
		t.Errorf("the last line is not in the current file: %q", got)
	}
	if one, two := read(t, path+".1"), read(t, path+".2"); one <= two {
		t.Error(".1 is older than .2")
	}
}

func TestReopen(t *testing.T) {
	f, path := open(t, 0)
	f.Write([]byte("one\n"))
	f.Flush()
	if err := os.Rename(path, path+"-20260101"); err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("two\n"))
	if err := f.Reopen(); err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("three\n"))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if old, now := read(t, path+"-20260101"), read(t, path); old != "one\ntwo\n" || now != "three\n" {
		t.Errorf("old %q new %q", old, now)
	}
	if _, err := f.Write([]byte("late\n")); err == nil || f.Reopen() == nil || f.Close() != nil {
		t.Error("a closed log takes lines")
	}
}

// The folder was moved away with the logs in it.
func TestReopenWithoutFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log", "access.log")
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Dir(path), filepath.Dir(path)+".old"); err != nil {
		t.Fatal(err)
	}
	if err := f.Reopen(); err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("one\n"))
	if err := f.Close(); err != nil || read(t, path) != "one\n" {
		t.Errorf("%v", err)
	}
}

func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(file, "x", "log")); err == nil || !strings.Contains(err.Error(), "log") {
		t.Error(err)
	}
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("a folder is a log")
	}
}

func TestAccess(t *testing.T) {
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, c := range []struct {
		a    Access
		want string
	}{
		{Access{"192.0.2.1", "admin", at, "GET", "/private/?q=1", "HTTP/1.1", 200, 512},
			`192.0.2.1 - admin [03/Feb/2026:04:05:06 +0000] "GET /private/?q=1 HTTP/1.1" 200 512`},
		{Access{"2001:db8::1", "", at, "PUT", "/x", "HTTP/2.0", 401, 0},
			`2001:db8::1 - - [03/Feb/2026:04:05:06 +0000] "PUT /x HTTP/2.0" 401 -`},
		{Access{"::1", "a b\"\\\n", at, "G\"ET", "/\x00\x1b[31mé\" 200 1\n", "HTTP/1.1", 400, 1},
			`::1 - a\x20b\"\\\x0a [03/Feb/2026:04:05:06 +0000] "G\"ET /\x00\x1b[31m\xc3\xa9\"\x20200\x201\x0a HTTP/1.1" 400 1`},
	} {
		if got := string(c.a.Append(nil)); got != c.want+"\n" {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}
