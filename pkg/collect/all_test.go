package collect

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// node is an instance root with partitions of several users, which only root
// can make.
func node(t *testing.T, names ...string) (root string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can give folders away")
	}
	root = filepath.Join(t.TempDir(), "srv[1]")
	for i, name := range names {
		u, err := user.Lookup(name)
		if err != nil {
			t.Skipf("no user %s here", name)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		part := filepath.Join(root, fmt.Sprintf("slappart%d", i))
		if err := os.MkdirAll(filepath.Join(part, "etc"), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(part, "etc/monitor.conf"), []byte("[monitor]\n"), 0o640); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{part, part + "/etc", part + "/etc/monitor.conf"} {
			if err := os.Chown(path, uid, gid); err != nil {
				t.Fatal(err)
			}
		}
	}
	for dir := root; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestAll(t *testing.T) {
	root := node(t, "daemon", "bin", "sys")
	f := newDatabase(t, schema)
	for i, name := range []string{"daemon", "bin"} {
		f.add(name, noon.Add(-2*time.Minute), 70+i, float64(i+1), 60, 1, 1, mib, 1, 1)
	}
	proc := newProc(t)
	var log strings.Builder
	c := &Collector{Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(&log, nil)), Proc: proc.dir}
	if err := c.All(context.Background(), root, f.path); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{`"cpu_percent":1,`, `"cpu_percent":2,`, `{}`} {
		part := filepath.Join(root, fmt.Sprintf("slappart%d", i))
		documents := filepath.Join(part, "srv/monitor/private/documents")
		data, err := os.ReadFile(filepath.Join(documents, statusName))
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("partition %d: %s, %v", i, data, err)
		}
		entries, err := filepath.Glob(filepath.Join(escapeGlob(part), "srv/monitor/*/*"))
		if err != nil || len(entries) == 0 {
			t.Fatal(entries, err)
		}
		for _, name := range append(entries, filepath.Join(documents, statusName)) {
			if got, want := ownerOf(stat(t, name)), ownerOf(stat(t, part)); got != want {
				t.Errorf("%s belongs to %v, not to %v", name, got, want)
			}
		}
	}
}

// Root must not be led astray by links in a user's folder.
func TestAllFollowsNoLinkAsRoot(t *testing.T) {
	root := node(t, "daemon", "bin")
	secret := t.TempDir() // root's
	if err := os.Chmod(secret, 0o700); err != nil {
		t.Fatal(err)
	}
	part := filepath.Join(root, "slappart0")
	u := ownerOf(stat(t, part))
	private := filepath.Join(part, "srv/monitor/private")
	if err := os.MkdirAll(private, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(private, "documents")); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"srv", "srv/monitor", "srv/monitor/private"} {
		if err := os.Chown(filepath.Join(part, dir), u.uid, u.gid); err != nil {
			t.Fatal(err)
		}
	}
	c := &Collector{Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler), Proc: newProc(t).dir}
	err := c.All(context.Background(), root, "")
	if err == nil || !strings.Contains(err.Error(), "slappart0") || strings.Contains(err.Error(), "slappart1") {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(secret); len(left) != 0 {
		t.Errorf("root wrote %v", left)
	}
	if _, err := os.Stat(filepath.Join(root, "slappart1/srv/monitor/private/documents", statusName)); err != nil {
		t.Errorf("the other partition: %v", err)
	}
	// A configuration that claims another partition gets nowhere either.
	conf := filepath.Join(root, "slappart1/etc/monitor.conf")
	if err := os.WriteFile(conf, []byte("[monitor]\n[promises]\npartition-folder = "+part+"\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := c.All(context.Background(), root, ""); err == nil || !strings.Contains(err.Error(), "belongs to somebody else") {
		t.Errorf("got %v", err)
	}
}

func TestAllOfNothing(t *testing.T) {
	c := &Collector{Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if err := c.All(context.Background(), t.TempDir(), ""); err == nil || !strings.Contains(err.Error(), "no partition below") {
		t.Errorf("got %v", err)
	}
}
