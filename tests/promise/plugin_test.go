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
	"slapmonitor/tests/peers"
)

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
	interpreter, runpromise, dir := peers.Python(t), program(t), t.TempDir()
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

// surykatkaReport has something wrong for each sense.
const surykatkaReport = `{
 "version": 3,
 "bot_status": [{"date": "Wed, 13 Dec 2018 09:11:12 -0000", "text": "loop"}],
 "whois": [{"domain": "example.com", "expiration_date": "Mon, 13 Jul 2099 12:00:00 -0000"},
  {"domain": "test", "expiration_date": null}],
 "dns_query": [
  {"domain": "www.example.com", "rdtype": "A", "resolver_ip": "1.1.1.1", "response": "127.0.0.2, 127.0.0.1"},
  {"domain": "www.example.com", "rdtype": "A", "resolver_ip": "8.8.8.8", "response": ""},
  {"domain": "www.example.com", "rdtype": "MX", "resolver_ip": "9.9.9.9", "response": "x"}],
 "tcp_server": [
  {"ip": "127.0.0.1", "port": 443, "state": "open", "domain": "a.test, www.example.com"},
  {"ip": "127.0.0.2", "port": 443, "state": "closed", "domain": "www.example.com"}],
 "http_query": [
  {"url": "https://www.example.com/", "ip": "127.0.0.2", "status_code": 523, "total_seconds": 0, "http_header_dict": {"Age": 3, "Vary": "Accept"}},
  {"url": "https://www.example.com/", "ip": "127.0.0.1", "status_code": 200, "total_seconds": 7.5, "http_header_dict": {"Vary": "x", "Age": 4}}],
 "ssl_certificate": [
  {"hostname": "www.example.com", "ip": "127.0.0.1", "not_after": "Mon, 13 Jul 2099 12:00:00 -0000"},
  {"hostname": "www.example.com", "ip": "127.0.0.2", "not_after": null},
  {"hostname": "www.example.com", "ip": "127.0.0.3", "not_after": "Fri, 13 Jul 2018 12:00:00 -0000"}]
}`

// The same plugin files, judged by upstream's Python and by the native check.
func TestNativeChecksSayWhatThePluginsSay(t *testing.T) {
	interpreter, runpromise := peers.Python(t), program(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "full"), "content", 0o640)
	write(t, filepath.Join(dir, "empty"), "", 0o640)
	certificate := filepath.Join(dir, "cert.pem")
	if out, err := exec.Command("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=x",
		"-keyout", filepath.Join(dir, "key.pem"), "-out", certificate).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := exec.Command("openssl", "genrsa", "-out", filepath.Join(dir, "other.pem"), "2048").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	write(t, filepath.Join(dir, "pid"), "999999999", 0o640)
	write(t, filepath.Join(dir, "script"), "#!/bin/sh\necho one; echo two >&2; exit 4\n", 0o750)
	write(t, filepath.Join(dir, "zope.log"), "2020-01-01 10:00:00,123 - WARNING a\nx\n2020-01-01 10:00:01,123 - WARNING b\n", 0o640)
	write(t, filepath.Join(dir, "error.log"), "junk\n[Wed Jan 01 10:00:00 2020] [error] (113)No route to host: x\n"+
		"[Wed Jan 01 10:00:00.123456 2020] [error] (110)Connection timed out\n[Wed Jan 01 10:00:00 2020] [notice] x\n", 0o640)
	write(t, filepath.Join(dir, "empty.json"), `{"http_query": [], "whois": [], "dns_query": [], "tcp_server": [], "ssl_certificate": [], "bot_status": []}`, 0o640)
	write(t, filepath.Join(dir, "sury.json"), surykatkaReport, 0o640)
	write(t, filepath.Join(dir, "trailing.json"), surykatkaReport+"x", 0o640)
	write(t, filepath.Join(dir, "text.json"), `{"bot_status": [{"text": 5}]}`, 0o640)
	write(t, filepath.Join(dir, "short.log"), "2020-1-2 3:4:5,1 - WARNING a\n", 0o640)
	if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1", "-nodes", "-days", "30", "-subj", "/CN=x",
		"-set_serial", "-5", "-keyout", filepath.Join(dir, "exotic.key"), "-out", filepath.Join(dir, "exotic.pem")).CombinedOutput(); err != nil {
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
		{"cert-wrong-key", "check_certificate", "{'certificate': DIR + '/cert.pem', 'key': DIR + '/other.pem'}"},
		{"cert-no-key", "check_certificate", "{'certificate': DIR + '/cert.pem', 'key': '/no/such'}"},
		{"cert-junk", "check_certificate", "{'certificate': DIR + '/full'}"},
		{"buildout-bad", "check_partition_deployment_state", "{'monitor-url': 'https://m'}"},
		{"bootstrap-none", "monitor_bootstrap_status", "{'process-pid-file': '/no/such', 'status-file': '/x', 'process-name': 'n'}"},
		{"bootstrap-ok", "monitor_bootstrap_status", "{'process-pid-file': DIR + '/pid', 'status-file': DIR + '/empty', 'process-name': 'n'}"},
		{"bootstrap-bad", "monitor_bootstrap_status", "{'process-pid-file': DIR + '/pid', 'status-file': DIR + '/full', 'process-name': 'n'}"},
		{"service-any", "check_service_state", "{'service': 's', 'expect': 'x'}"},
		{"service-none", "check_service_state", "{'expect': 'running'}"},
		{"load", "check_server_cpu_load", "{'cpu-load-threshold': '1000'}"},
		{"ram-ok", "check_ram_usage", "{'min-threshold-ram': '1', 'min-avg-ram': '1'}"},
		{"temperature", "check_cpu_temperature", "{}"},
		{"transit", "check_network_transit", "{'min-data-amount': '-1', 'max-data-amount': '1e9'}"},
		{"transit-max", "check_network_errors_packets", "{'max-lost-packets-per-MB': '1000000'}"},
		{"interface-skipped", "check_interface_up", "{'ifname': 'x', 'testing': 'True'}"},
		{"zope-none", "check_error_on_zope_longrequest_log", "{'log-file': '/no/such', 'error-threshold': 1, 'maximum-delay': 0}"},
		{"zope-bad", "check_error_on_zope_longrequest_log", "{'log-file': DIR + '/zope.log', 'error-threshold': 1, 'maximum-delay': 0}"},
		{"zope-ok", "check_error_on_zope_longrequest_log", "{'log-file': DIR + '/zope.log', 'error-threshold': 2, 'maximum-delay': 0}"},
		{"zope-old", "check_error_on_zope_longrequest_log", "{'log-file': DIR + '/zope.log', 'error-threshold': 0, 'maximum-delay': 60}"},
		{"http-log", "check_error_on_http_log", "{'log-file': DIR + '/error.log'}"},
		{"http-log-none", "check_error_on_http_log", "{'log-file': '/no/such'}"},
		{"script-ok", "validate_frontend_configuration", "{'verification-script': '/bin/true'}"},
		{"script-bad", "validate_frontend_configuration", "{'verification-script': DIR + '/script'}"},
		{"os-bad", "audit_os_version", "{'dist': 'TempleOS', 'versions': '5 6'}"},
		{"websocket-refused", "check_websocket_available", "{'url': 'http://127.0.0.1:1/'}"},
		{"sury-none", "check_surykatka_json", "{'json-file': '/no/such', 'report': 'http_query', 'url': 'https://www.example.com/'}"},
		{"sury-junk", "check_surykatka_json", "{'json-file': DIR + '/full', 'report': 'http_query', 'url': 'https://www.example.com/'}"},
		{"sury-report", "check_surykatka_json", "{'json-file': DIR + '/sury.json', 'report': 'foo'}"},
		{"sury-bot", "check_surykatka_json", "{'json-file': DIR + '/sury.json', 'report': 'bot_status'}"},
		{"sury-bot-none", "check_surykatka_json", "{'json-file': DIR + '/empty.json', 'report': 'bot_status'}"},
		{"sury-empty", "check_surykatka_json", "{'json-file': DIR + '/empty.json', 'report': 'http_query', 'url': 'https://www.example.com/', 'status-code': '200', 'ip-list': '1.2.3.4'}"},
		{"sury-all", "check_surykatka_json", "{'json-file': DIR + '/sury.json', 'report': 'http_query', 'url': 'https://www.example.com/', 'status-code': '200', " +
			"'ip-list': '127.0.0.1 127.0.0.2', 'maximum-elapsed-time': '5', 'http-header-dict': '{\"Vary\": \"Accept\", \"Age\": 3}'}"},
		{"sury-headers", "check_surykatka_json", "{'json-file': DIR + '/sury.json', 'report': 'http_query', 'url': 'https://www.example.com/', 'status-code': '200', " +
			"'enabled-sense-list': 'http_query', 'http-header-dict': '{\"Vary\": \"x\", \"Age\": 4.0, \"Más\": [null, true, \"<a&b>\"]}'}"},
		{"sury-same-headers", "check_surykatka_json", "{'json-file': DIR + '/sury.json', 'report': 'http_query', 'url': 'https://www.example.com/', 'status-code': '200', " +
			"'enabled-sense-list': 'http_query', 'http-header-dict': '{\"Vary\": \"x\", \"Age\": 4.0}'}"},
		{"sury-trailing", "check_surykatka_json", "{'json-file': DIR + '/trailing.json', 'report': 'bot_status'}"},
		{"sury-bot-text", "check_surykatka_json", "{'json-file': DIR + '/text.json', 'report': 'bot_status'}"},
		{"zope-short-date", "check_error_on_zope_longrequest_log", "{'log-file': DIR + '/short.log', 'error-threshold': 0, 'maximum-delay': 0}"},
		{"cert-exotic", "check_certificate", "{'certificate': DIR + '/exotic.pem', 'key': DIR + '/exotic.key'}"},
		{"file-loop", "check_file_state", "{'filename': DIR + '/loop', 'state': 'absent'}"},
		{"file-below-file", "check_file_state", "{'filename': DIR + '/full/x', 'state': 'not-empty'}"},
		{"socket-port", "check_socket_listening", "{'host': '127.0.0.1', 'port': 'a'}"},
		{"url-port-only", "check_url_available", "{'url': '127.0.0.1:80/x'}"},
		{"sury-no-data", "check_surykatka_json", "{'json-file': DIR + '/sury.json', 'report': 'http_query', 'url': 'http://other.example.com:81/', 'status-code': '302', 'ip-list': '127.0.0.1', 'maximum-elapsed-time': '5'}"},
		{"sury-some2", "check_surykatka_json", "{'json-file': DIR + '/sury.json', 'report': 'http_query', 'url': 'https://nothing.test/', 'status-code': '302', 'ip-list': '127.0.0.1', 'enabled-sense-list': 'ssl_certificate http_query'}"},
		{"sury-url", "check_surykatka_json", "{'json-file': DIR + '/sury.json', 'report': 'http_query', 'url': 'foo', 'status-code': '302', 'domain-expiration-days': '4'}"},
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
		write(t, filepath.Join(dir, side, "etc/monitor.conf"), "[monitor]\ntitle = t\n[promises]\npartition-id = slappart7\n", 0o640)
		write(t, filepath.Join(dir, side, ".slapgrid-slappart7-error.log"), "failed", 0o640)
		write(t, filepath.Join(dir, side, ".slappart7_n.log"), "1\n2\n3\n4\n5\n", 0o640)
		write(t, filepath.Join(dir, side, "var/log/x"), "", 0o640)
	}
	for _, mode := range []string{"--check-anomaly", "--force"} { // production, then deployment
		for _, side := range []string{"native", "python"} {
			c := exec.Command(runpromise, mode, "-c", filepath.Join(dir, side, "etc/monitor.conf"))
			c.Env = append(os.Environ(), "MONITOR_PYTHON="+interpreter)
			if out, err := c.CombinedOutput(); err == nil {
				t.Fatalf("%s: nothing is broken: %s", side, out)
			}
		}
		compare(t, dir, mode)
	}
}

// compare compares the status documents of the native and the python partition.
func compare(t *testing.T, dir, mode string) {
	t.Helper()
	entries, _ := os.ReadDir(filepath.Join(dir, "native/etc/plugin"))
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".py")
		ours, theirs := status(t, filepath.Join(dir, "native"), name), status(t, filepath.Join(dir, "python"), name)
		ours.Message, _, _ = strings.Cut(ours.Message, "\n(not counted yet")
		if ours.Status != theirs.Status || ours.Message != theirs.Message || ours.Result.Type != theirs.Result.Type {
			t.Errorf("%s %s:\nours   %s %s %q\ntheirs %s %s %q", name, mode, ours.Status, ours.Result.Type, ours.Message,
				theirs.Status, theirs.Result.Type, theirs.Message)
		}
	}
}
