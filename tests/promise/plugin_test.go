// Package promise tests monitor-runpromise from outside, against the plugins
// of slapos.toolbox that slapgrid runs.
package promise

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"slapmonitor/pkg/document"
)

// python is an interpreter that has slapos.toolbox.
func python(t *testing.T) string {
	t.Helper()
	path := os.Getenv("MONITOR_TEST_PYTHON")
	err := exec.Command(path, "-c", "import slapos.grid.promise.generic, slapos.promise.plugin.check_file_state").Run()
	switch {
	case err == nil:
		return path
	case os.Getenv("MONITOR_REQUIRE_PEERS") == "1" || os.Getenv("CI_REQUIRE_PEERS") == "1":
		t.Fatalf("MONITOR_TEST_PYTHON=%q cannot import slapos.toolbox: %v", path, err)
	default:
		t.Skip("MONITOR_TEST_PYTHON names no Python with slapos.toolbox")
	}
	return ""
}

// program builds monitor-runpromise.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "monitor-runpromise")
	if out, err := exec.Command("go", "build", "-o", path, "slapmonitor/cmd/monitor-runpromise").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func write(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

func status(t *testing.T, dir, name string) (doc document.PromiseStatus) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "srv/monitor/public/promise", name+".status.json"))
	if err == nil {
		err = json.Unmarshal(raw, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// backupserver_check_backup has no native check, so Python runs it, in the form
// that slapos.cookbook:promise.plugin gives the file.
func TestRealPluginInOneWarmPythonChild(t *testing.T) {
	interpreter, runpromise, dir := python(t), program(t), t.TempDir()
	write(t, filepath.Join(dir, "etc/monitor.conf"), "[monitor]\ntitle = t\n", 0o640)
	for i := range 5 {
		write(t, filepath.Join(dir, fmt.Sprintf("etc/plugin/backup-%d.py", i)), fmt.Sprintf(`# auto generated
import sys

sys.path[0:0] = ('/nowhere',)

extra_config_dict = {'cron_frequency': '* * * * *',
 'script_fullpath': '/bin/true',
 'status_fullpath': %q,
 'monitor_url': 'https://[::1]/',
 'status_dirbasename': 'd', 'status_name': 's', 'statistic_dirbasename': 'e', 'statistic_name': 'n'}

for module in list(sys.modules):
  if 'slapos' in module or 'pkg_resources' in module:
    del sys.modules[module]

from slapos.promise.plugin.backupserver_check_backup import RunPromise
`, filepath.Join(dir, "absent")), 0o640)
	}
	run := func(args ...string) (string, error) {
		c := exec.Command(runpromise, append([]string{"-c", filepath.Join(dir, "etc/monitor.conf")}, args...)...)
		c.Env = append(os.Environ(), "MONITOR_PYTHON="+interpreter)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	out, err := run("--console", "-a")
	if err == nil || !strings.Contains(out, "5 promises, 5 broken") {
		t.Fatalf("%v: %s", err, out)
	}
	for i := range 5 {
		doc := status(t, dir, fmt.Sprintf("backup-%d", i))
		if doc.Status != "ERROR" || !strings.Contains(doc.Message, "Backup status file is not present") || doc.Result.Type != "Test Result" {
			t.Errorf("%+v", doc)
		}
	}
	if out, err := run("--console"); err == nil || !strings.Contains(out, "0 promises, 0 broken") {
		t.Errorf("not due, but broken: %v: %s", err, out)
	}
}

// The same plugin files, judged by upstream's Python and by the native check.
func TestNativeChecksSayWhatThePluginsSay(t *testing.T) {
	interpreter, runpromise := python(t), program(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "full"), "content", 0o640)
	write(t, filepath.Join(dir, "empty"), "", 0o640)
	certificate := filepath.Join(dir, "cert.pem")
	if out, err := exec.Command("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=x",
		"-keyout", filepath.Join(dir, "key.pem"), "-out", certificate).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, tt := range []struct{ name, check, config string }{
		{"socket-refused", "check_socket_listening", "{'host': '127.0.0.1', 'port': '1'}"},
		{"socket-both", "check_socket_listening", "{'host': '::1', 'port': '1', 'pathname': '/x'}"},
		{"socket-none", "check_socket_listening", "{}"},
		{"socket-path", "check_socket_listening", "{'pathname': '/no/such'}"},
		{"socket-name", "check_socket_listening", "{'host': 'no.such.host.invalid', 'port': '1'}"},
		{"command-ok", "check_command_execute", "{'command': 'true'}"},
		{"command-bad", "check_command_execute", `{'command': "echo \"it's\"; printf '\\\\377'; exit 3"}`},
		{"file-absent-ok", "check_file_state", "{'filename': '/no/such', 'state': 'absent'}"},
		{"file-absent", "check_file_state", "{'filename': DIR + '/full', 'state': 'absent'}"},
		{"file-empty-ok", "check_file_state", "{'filename': DIR + '/empty', 'state': 'empty'}"},
		{"file-empty", "check_file_state", "{'filename': DIR + '/full', 'state': 'empty', 'url': 'https://u'}"},
		{"file-not-empty", "check_file_state", "{'filename': DIR + '/empty', 'state': 'not-empty'}"},
		{"file-missing", "check_file_state", "{'filename': '/no/such', 'state': 'empty'}"},
		{"file-folder", "check_file_state", "{'filename': '/', 'state': 'empty'}"},
		{"url-refused", "check_url_available", "{'url': 'http://127.0.0.1:1/'}"},
		{"url-scheme", "check_url_available", "{'url': 'foo'}"},
		{"url-ftp", "check_url_available", "{'url': 'ftp://x/'}"},
		{"cert-ok", "check_certificate", "{'certificate': DIR + '/cert.pem'}"},
		{"cert-key", "check_certificate", "{'certificate': DIR + '/cert.pem', 'key': DIR + '/key.pem'}"},
		{"cert-soon", "check_certificate", "{'certificate': DIR + '/cert.pem', 'certificate-expiration-days': '60'}"},
		{"cert-missing", "check_certificate", "{'certificate': '/no/such'}"},
		{"cert-bad-days", "check_certificate", "{'certificate': '/no/such', 'certificate-expiration-days': 'bad'}"},
	} {
		text := fmt.Sprintf("import sys\nsys.path[0:0] = ()\nextra_config_dict = %s\nfrom slapos.promise.plugin.%s import RunPromise\n",
			strings.ReplaceAll(tt.config, "DIR + '", "'"+dir), tt.check)
		write(t, filepath.Join(dir, "native/etc/plugin", tt.name+".py"), text, 0o640)
		// What is not just an import is left to Python.
		other := strings.Replace(text, "import RunPromise", "import RunPromise as Base\nclass RunPromise(Base): pass", 1)
		write(t, filepath.Join(dir, "python/etc/plugin", tt.name+".py"), other, 0o640)
	}
	for _, side := range []string{"native", "python"} {
		write(t, filepath.Join(dir, side, "etc/monitor.conf"), "[monitor]\ntitle = t\n", 0o640)
		c := exec.Command(runpromise, "-c", filepath.Join(dir, side, "etc/monitor.conf"))
		c.Env = append(os.Environ(), "MONITOR_PYTHON="+interpreter)
		if out, err := c.CombinedOutput(); err == nil {
			t.Fatalf("%s: nothing is broken: %s", side, out)
		}
	}
	entries, _ := os.ReadDir(filepath.Join(dir, "native/etc/plugin"))
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".py")
		ours, theirs := status(t, filepath.Join(dir, "native"), name), status(t, filepath.Join(dir, "python"), name)
		if ours.Status != theirs.Status || ours.Message != theirs.Message || ours.Result.Type != theirs.Result.Type {
			t.Errorf("%s:\nours   %s %s %q\ntheirs %s %s %q", name, ours.Status, ours.Result.Type, ours.Message,
				theirs.Status, theirs.Result.Type, theirs.Message)
		}
	}
}
