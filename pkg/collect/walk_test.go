package collect

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, size int) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, size), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 700 {
		write(fmt.Sprintf("flat/f%d", i), i*10)
	}
	for i := range 40 {
		write(strings.Repeat("deep/", i)+"f", 5000)
	}
	write("bad\xffname/f", 9000)
	if err := os.Link(filepath.Join(dir, "flat/f699"), filepath.Join(dir, "again")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/", filepath.Join(dir, "root")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// However small its steps, a walk sees each file once; du says what it should
// come to.
func TestWalkInSteps(t *testing.T) {
	dir := tree(t)
	out, err := exec.Command("du", "-s", "--block-size=1", dir).Output()
	if err != nil {
		t.Skipf("no du here: %v", err)
	}
	du, err := strconv.ParseInt(strings.Fields(string(out))[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, budget := range []int{1, 7, 256, 257, 100000} {
		w := &walk{}
		w.begin(dir)
		for steps := 0; len(w.Pending) > 0; steps++ {
			if steps > 3000 {
				t.Fatalf("budget %d: no end", budget)
			}
			w.spend(budget)
			data, err := json.Marshal(w) // as between passes
			if err != nil {
				t.Fatal(err)
			}
			w = &walk{}
			if err := json.Unmarshal(data, w); err != nil {
				t.Fatal(err)
			}
		}
		if diff := du - w.Sum; diff < 0 || diff > 8192 { // du counts the folder itself
			t.Errorf("budget %d: %d bytes, du says %d", budget, w.Sum, du)
		}
	}
}

func TestWalkFollowsOnlyData(t *testing.T) {
	part, other := t.TempDir(), tree(t)
	if err := os.Mkdir(filepath.Join(part, "DATA"), 0o750); err != nil {
		t.Fatal(err)
	}
	me := ownerOf(stat(t, part))
	w := &walk{}
	w.step(part, me, noon)
	if w.Used > 100_000 || !w.Ended.Equal(noon) {
		t.Errorf("an empty partition takes %d bytes at %v", w.Used, w.Ended)
	}
	for name, to := range map[string]string{"disk": other, "nowhere": "/nonexistent"} {
		if err := os.Symlink(to, filepath.Join(part, "DATA", name)); err != nil {
			t.Fatal(err)
		}
	}
	small := w.Used
	w.step(part, me, noon.Add(walkAgain-time.Second))
	if w.Used != small {
		t.Error("walked again too early")
	}
	w.step(part, me, noon.Add(walkAgain))
	if w.Used < 2_000_000 {
		t.Errorf("DATA is left out: %d bytes", w.Used)
	}
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st
}
