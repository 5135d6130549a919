package apache_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"slapmonitor/tests/peers"
	"slapmonitor/tests/web"
)

// program is a client from Debian.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		peers.Missing(t, "there is no %s: apt-get install %s", name, name)
	}
	return path
}

// bothServers serve a partition each in which WebDAV clients may write everywhere.
func bothServers(t *testing.T) []*web.Server {
	t.Helper()
	ours, apache := servers(t, "webdav-write = all")
	return []*web.Server{apache, ours}
}

// score is what a suite of litmus says.
type score struct{ run, passed, failed, warnings int }

var (
	summary  = regexp.MustCompile("summary for `(\\w+)': of (\\d+) tests run: (\\d+) passed, (\\d+) failed")
	warnings = regexp.MustCompile(`-> (\d+) warnings? (?:was|were) issued`)
)

// TestLitmus runs all suites: ours passes whatever Apache does, with no more
// warnings.
func TestLitmus(t *testing.T) {
	litmus := program(t, "litmus")
	scores := map[string]map[string]score{}
	for _, s := range bothServers(t) {
		scores[s.Name] = map[string]score{}
		for _, suite := range []string{"basic", "copymove", "props", "locks", "http"} {
			c := exec.Command(litmus, "-k", s.URL+"/share/private/", s.Partition.User, s.Partition.Password)
			c.Dir, c.Env = t.TempDir(), append(os.Environ(), "TESTS="+suite)
			out, err := c.CombinedOutput()
			m := summary.FindSubmatch(out)
			if m == nil {
				t.Fatalf("%s, %s: %v\n%s", s.Name, suite, err, out)
			}
			number := func(b []byte) int { n, _ := strconv.Atoi(string(b)); return n }
			one := score{run: number(m[2]), passed: number(m[3]), failed: number(m[4])}
			if w := warnings.FindSubmatch(out); w != nil {
				one.warnings = number(w[1])
			}
			scores[s.Name][suite] = one
			if s.Name == "monitor-httpd" && one.failed > 0 {
				t.Errorf("%s:\n%s", suite, bytes.ReplaceAll(out, []byte("\r"), []byte("\n")))
			}
		}
	}
	for suite, reference := range scores["apache"] {
		ours := scores["monitor-httpd"][suite]
		t.Logf("%s: apache %+v, monitor-httpd %+v", suite, reference, ours)
		if ours.passed < reference.passed || ours.warnings > reference.warnings || ours.run == 0 {
			t.Errorf("%s is worse than Apache", suite)
		}
	}
}

// TestRclone uses both servers as people use them to keep files.
func TestRclone(t *testing.T) {
	rclone := program(t, "rclone")
	for _, s := range bothServers(t) {
		t.Run(s.Name, func(t *testing.T) {
			obscure := exec.Command(rclone, "obscure", "-")
			obscure.Stdin = strings.NewReader(s.Partition.Password)
			secret, err := obscure.Output()
			if err != nil {
				t.Fatal(err)
			}
			run := func(arguments ...string) string {
				t.Helper()
				c := exec.Command(rclone, append(arguments, "--config", "", "--no-check-certificate", "--retries", "1")...)
				c.Env = append(os.Environ(), "HOME="+t.TempDir(), "RCLONE_CONFIG_M_TYPE=webdav", "RCLONE_CONFIG_M_VENDOR=other", "RCLONE_CONFIG_M_URL="+s.URL+"/share/private",
					"RCLONE_CONFIG_M_USER="+s.Partition.User, "RCLONE_CONFIG_M_PASS="+strings.TrimSpace(string(secret)))
				out, err := c.CombinedOutput()
				if err != nil {
					t.Fatalf("rclone %v: %v\n%s", arguments, err, out)
				}
				return string(out)
			}
			local := t.TempDir()
			for name, text := range map[string]string{"a.txt": "a", "sp ce é.txt": "odd", "sub/deep/b.txt": strings.Repeat("b", 300_000), "empty": ""} {
				path := filepath.Join(local, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			run("copy", local, "m:kept")
			run("check", "--download", local, "m:kept")
			if got := run("lsf", "-R", "m:kept"); strings.Count(got, "\n") != 6 {
				t.Errorf("listing:\n%s", got)
			}
			run("moveto", "m:kept/a.txt", "m:kept/sub/moved.txt")
			run("move", "m:kept/sub", "m:away")
			if got := run("cat", "m:away/moved.txt"); got != "a" {
				t.Errorf("moved: %q", got)
			}
			run("purge", "m:away")
			run("delete", "m:kept/empty")
			if got := run("lsf", "-R", "m:kept"); strings.TrimSpace(got) != "sp ce é.txt" && strings.TrimSpace(got) != "sp ce é.txt\nsub/" {
				t.Errorf("left:\n%s", got)
			}
		})
	}
}
