package recipes

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A new certificate has Apache restart gracefully, unless it would end it; the
// embedded server looks by itself.
func TestReloadOfTheServer(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/apache/bin", 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/apache/bin/httpd", nil, 0o700); err != nil {
		t.Fatal(err)
	}
	options := Pairs{{"wrapper-path", dir + "/w"}, {"apache-location", dir + "/apache"}, {"graceful-path", dir + "/graceful"}, {"httpd", "/bin/monitor-httpd"}}
	for _, o := range []string{"monitor-conf", "httpd-conf", "pid-file", "lock-folder", "cert-file", "key-file"} {
		options = append(options, Pair{o, "/part/" + o})
	}
	const signal = "test ! -s /part/pid-file || flock --nonblock LOCK true || kill -USR1 $(cat /part/pid-file)"
	for server, want := range map[string][2]string{
		"embedded": {strings.Replace(signal, "LOCK", "/part/pid-file", 1), ""},
		"apache": {
			"/bin/monitor-httpd certificate -c /part/monitor-conf && { " + strings.Replace(signal, "LOCK", "/part/lock-folder/monitor-httpd.lock", 1) + "; }",
			"/bin/monitor-httpd certificate -c /part/monitor-conf --reload " + dir + "/graceful",
		},
	} {
		reply := install(t, "httpd-wrapper", dir, options.With("server", server))
		for i, option := range []string{"reload-command", "renew-command"} {
			got, ok := reply.Options.Lookup(option)
			if got != want[i] || !ok {
				t.Errorf("%s: %s = %s\nwant %s", server, option, got, want[i])
			}
			if out, err := exec.Command("sh", "-nc", got).CombinedOutput(); err != nil {
				t.Errorf("%s: %s: %v: %s", server, option, err, out)
			}
		}
	}
}
