package faults

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// small mounts a small file system for the time of the test.
func small(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("mounting needs root: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// TestDiskFull fills the disk more and more and runs a pass each time.
func TestDiskFull(t *testing.T) {
	p := newPartition(t, small(t, "512k"))
	for i := range 5 {
		p.promise(fmt.Sprint("p", i), "cat number")
	}
	whole, damaged, tried := []string{}, 0, 0
	pass := func(n int) int {
		p.write("number", fmt.Sprint(n), 0o640)
		code, _ := p.pass()
		if code == 0 {
			whole = append(whole, fmt.Sprint(n))
		}
		if bad := p.damaged(); bad != nil {
			damaged++
			t.Error(bad)
		}
		tried++
		return code
	}
	pass(0)
	p.write("number", "0000000000", 0o640) // room for the numbers to come
	ballast, err := os.Create(p.at("ballast"))
	if err != nil {
		t.Fatal(err)
	}
	defer ballast.Close()
	failed := 0
	for free := 200; free >= 0; free -= 2 { // KiB
		fill(t, p.dir, ballast, int64(free)<<10)
		failed += count(pass(1+tried) != 0)
	}
	for range 3 {
		pass(1 + tried)
	}
	if failed == 0 {
		t.Error("the disk was never full")
	}
	ballast.Truncate(0)
	if code := pass(1 + tried); code != 0 {
		t.Error("with room again, the pass still fails")
	}
	lost := 0
	for i := range 5 {
		found := p.messages(fmt.Sprint("p", i))
		for _, number := range whole {
			lost += count(!found[number])
		}
	}
	report(t, "disk full: damaged documents", tried, damaged, fmt.Sprintf("%d passes said so", failed))
	report(t, "  results of passes that said nothing", 5*len(whole), lost, "")
}

// fill makes the ballast so large that free bytes are left.
func fill(t *testing.T, dir string, ballast *os.File, free int64) {
	t.Helper()
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	info, err := ballast.Stat()
	if err != nil {
		t.Fatal(err)
	}
	grow := int64(st.Bavail)*st.Bsize - free
	if grow <= 0 {
		return
	}
	ballast.WriteAt(make([]byte, grow), info.Size())
}

func TestReadOnlyFileSystem(t *testing.T) {
	dir := small(t, "1m")
	p := newPartition(t, dir)
	p.promise("a", "echo fine")
	p.pass()
	before, _ := os.ReadFile(p.at("srv/monitor/public/a.history.json"))
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skip(err)
	}
	code, out := p.pass()
	after, _ := os.ReadFile(p.at("srv/monitor/public/a.history.json"))
	if code != 1 || !strings.Contains(out, "read-only file system") {
		t.Errorf("exit %d: %s", code, out)
	}
	report(t, "read-only file system", 1, count(string(before) != string(after)), "the pass says so")
}

// TestDamagedDocuments cuts every document at each 64th byte, and fills it with
// noise, and runs a pass after each.
func TestDamagedDocuments(t *testing.T) {
	p := newPartition(t, t.TempDir())
	p.promise("flips", `read n < number; echo "$n"; test $((n % 2)) = 0`)
	p.promise("stays", "echo fine")
	for n := range 12 {
		p.write("number", fmt.Sprintln(n), 0o640)
		p.pass()
	}
	sound := map[string][]byte{}
	for _, name := range []string{
		"public/flips.history.json", "public/stays.history.json", "public/promise/flips.status.json", "public/promise/stays.status.json", "state/promise.json",
	} {
		raw, err := os.ReadFile(p.at("srv/monitor/" + name))
		if err != nil {
			t.Fatal(err)
		}
		sound[name] = raw
	}
	tried, lost := 0, 0
	for name, raw := range sound {
		noise := make([]byte, len(raw))
		rand.Read(noise)
		versions := [][]byte{noise, append(append([]byte{}, raw[:len(raw)/2]...), noise[len(raw)/2:]...)}
		for cut := 0; cut < len(raw); cut += 64 {
			versions = append(versions, raw[:cut])
		}
		for _, version := range versions {
			for file, content := range sound {
				p.write("srv/monitor/"+file, string(content), 0o640)
			}
			p.write("srv/monitor/"+name, string(version), 0o640)
			_, out := p.pass()
			tried++
			lost += count(!p.survived(name, version, out))
		}
	}
	report(t, "documents cut each 64 bytes, or noise", tried, lost, "whole entries lost")
}

// survived tells whether all that was whole in the damaged version of a document
// is there after the pass, and everything else is as it should be.
func (p *partition) survived(name string, version []byte, out string) bool {
	p.t.Helper()
	ok := true
	fail := func(format string, a ...any) {
		p.t.Errorf("%s of %d bytes: %s\n%s", name, len(version), fmt.Sprintf(format, a...), out)
		ok = false
	}
	if bad := p.damaged(); bad != nil {
		fail("%v", bad)
	}
	kept, _ := os.ReadFile(p.at("srv/monitor/" + name + ".damaged"))
	if inState := strings.HasSuffix(name, "history.json") || strings.HasPrefix(name, "state/"); inState && len(version) > 0 && string(kept) != string(version) {
		fail("the damaged document was not kept")
	}
	os.Remove(p.at("srv/monitor/" + name + ".damaged"))
	for _, promise := range []string{"flips", "stays"} {
		doc, err := p.status(promise)
		if err != nil || doc.Status == "" {
			fail("status of %s: %+v, %v", promise, doc, err)
		}
		h, err := p.history(promise)
		whole := 12
		if promise == "stays" {
			whole = 1
		}
		if filepath.Base(name) == promise+".history.json" {
			whole = strings.Count(string(version), `+0000"},`) + strings.Count(string(version), `+0000"}]`)
		}
		if err != nil || len(h.Data) < whole {
			fail("history of %s has %d entries, want %d: %v", promise, len(h.Data), whole, err)
		}
	}
	return ok
}
