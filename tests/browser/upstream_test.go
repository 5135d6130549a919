package browser_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slapmonitor/tests/peers"
)

// TestPythonStack reads documents that the Python stack of today wrote: OPML and
// parameters by monitor.bootstrap, all others by monitor.genstate. Only the
// server is ours.
func TestPythonStack(t *testing.T) {
	t.Parallel()
	p := &partition{dir: t.TempDir(), title: "Python <&> stack", port: freePort()}
	conf := p.pythonConf(t)
	p.slapgridResult(t, "backup", false, "fine")
	p.slapgridResult(t, "disk", false, "1 GB free")
	p.run(t, peers.Program(t, "monitor.bootstrap"), "-c", conf)
	p.run(t, peers.Program(t, "monitor.genstate"), conf)
	p.slapgridResult(t, "disk", true, "only 10 MB free <b>now</b> & \"falling\"")
	p.run(t, peers.Program(t, "monitor.genstate"), conf)
	p.serve(t, conf)

	pin, err := pinOf(filepath.Join(p.dir, "etc/monitor-httpd.crt"))
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, []string{pin})
	b.goTo(p.base() + "/app/#page=ojsm_landing&url=" + p.base() + "/public/feeds&username=admin&password=" + password)
	b.sees("h1", "Promises")
	b.until("both promises", `document.querySelectorAll('.table-body .row').length === 2`)
	rows := b.rows()
	if !strings.HasPrefix(rows[0], "ERROR | disk | Python <&> stack | Python tree | ") || !strings.HasSuffix(rows[0], ` | only 10 MB free <b>now</b> & "falling"`) {
		t.Errorf("the broken promise is shown as %s", rows[0])
	}
	b.follow("#/sync")
	b.sees(".card", "read without a problem")

	b.follow("#/promise/" + url.PathEscape(p.base()) + "/disk")
	b.until("a history of both", `document.querySelectorAll('.history tbody tr').length === 2`)
	b.sees(".history", "1 GB free")

	b.follow("#/instance/" + url.PathEscape(p.base()))
	b.sees(".facts", "COMP-1234")
	b.sees(".facts", "slappart7")
	b.until("the progression", `document.querySelector('.chart [role=img]')?.ariaLabel.includes('Error: latest 1')`)
	b.follow("#/instance/" + url.PathEscape(p.base()) + "/parameters")
	b.sees("form", "greeting")
	b.follow("#/instance/" + url.PathEscape(p.base()) + "/files")
	b.sees(".listing", "monitor.global.json")
}

// pythonConf writes what the Python programs, and our server, want to know.
func (p *partition) pythonConf(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{"etc/plugin", "etc/promise", "etc/cron.d", "var/run/monitor", "var/log", "srv/monitor/public/promise", "srv/monitor/private/documents", "srv/monitor/webdav", "tmp"} {
		if err := os.MkdirAll(filepath.Join(p.dir, dir), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	p.account(t)
	write(t, filepath.Join(p.dir, "etc/greeting"), "hello\n")
	conf := filepath.Join(p.dir, "etc/monitor.conf")
	write(t, conf, strings.ReplaceAll(fmt.Sprintf(`[monitor]
title = %s
root-title = Python tree
base-url = %s
username = admin
service-pid-folder = DIR/var/run/monitor
crond-folder = DIR/etc/cron.d
public-folder = DIR/srv/monitor/public
private-folder = DIR/srv/monitor/private
webdav-folder = DIR/srv/monitor/webdav
document-folder = DIR/srv/monitor/private/documents
public-path-list =
private-path-list = DIR/var/log
monitor-url-list =
parameter-list =
  raw monitor-user admin
  file greeting DIR/etc/greeting
parameter-file-path = DIR/etc/knowledge0.cfg
pid-file = DIR/var/run/monitor/bootstrap.pid
promise-output-file = DIR/etc/bootstrap-status
promise-source = slapgrid
[promises]
partition-folder = DIR
promise-folder = DIR/etc/plugin
output-folder = DIR/srv/monitor/public/promise
computer-id = COMP-1234
partition-id = slappart7
ipv4 = 10.0.0.1
ipv6 = 2001:db8::7
software-release = https://example.com/software.cfg
software-type = default
[httpd]
listening-ip = 127.0.0.1
port = %d
cert-file = DIR/etc/monitor-httpd.crt
key-file = DIR/etc/monitor-httpd.key
`, p.title, p.base(), p.port), "DIR", p.dir))
	return conf
}

// slapgridResult is what slapgrid leaves of a promise; its plugin must be there,
// or the bootstrap removes the result.
func (p *partition) slapgridResult(t *testing.T, name string, failed bool, message string) {
	t.Helper()
	write(t, filepath.Join(p.dir, "etc/plugin", name+".py"), "")
	text, err := json.Marshal(map[string]any{
		"title": name, "name": name + ".py", "path": "/" + name + ".py", "execution-time": 0.1,
		"result": map[string]any{"type": "Test Result", "failed": failed, "date": time.Now().UTC().Format("2006-01-02T15:04:05+0000"), "message": message},
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(p.dir, "srv/monitor/public/promise", name+".status.json"), string(text))
}

func (p *partition) run(t *testing.T, program string, arguments ...string) {
	t.Helper()
	if out, err := exec.Command(program, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}
