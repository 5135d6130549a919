package promise

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// plugin writes a promise file as the recipe does.
func (p *partition) plugin(name, module, config string) {
	p.t.Helper()
	p.file("etc/plugin/"+name+".py", fmt.Sprintf("import sys\nsys.path[0:0] = ('/nowhere',)\nextra_config_dict = %s\n\nfrom slapos.promise.plugin.%s import RunPromise\n",
		config, module), 0o600)
}

func anomaly(p *Pass) { p.Anomaly = true }
func forced(p *Pass)  { p.Force = true }

func TestPluginsWithANativeCheck(t *testing.T) {
	p := newPartition(t)
	p.plugin("absent", "check_file_state", "{'filename': 'nothing', 'state': 'absent'}")
	p.plugin("here", "check_file_state", "{'filename': 'nothing', 'state': 'empty'}")
	p.plugin("command", "check_command_execute", "{'command': 'pwd; false'}")
	p.file("etc/plugin/__init__.py", "", 0o600)
	p.file("etc/plugin/notes.txt", "", 0o600)
	if n := p.run(); n != 2 {
		t.Errorf("%d broken", n)
	}
	for name, want := range map[string]string{
		"absent": "OK 'nothing' state 'absent'", "here": "ERROR 'nothing' not present",
		"command": "ERROR 'pwd; false' run with failure, output: b'" + p.conf.Partition + "\\n'",
	} {
		doc := p.status(name)
		if doc.Message != want || doc.Name != name+".py" || doc.Title != name || doc.Result.Type != "Test Result" {
			t.Errorf("%s: %+v", name, doc)
		}
	}
	p.script("etc/promise/program", ":")
	p.file("etc/promise/unfit", "", 0o600)
	p.run(anomaly, forced)
	for name, want := range map[string]string{"here": "Anomaly Result", "program": "Test Result", "unfit": "Test Result"} {
		if got := p.status(name).Result.Type; got != want {
			t.Errorf("%s: type %q", name, got)
		}
	}
}

func TestPluginsRunWhenTheyAreDue(t *testing.T) {
	p := newPartition(t)
	p.plugin("count", "check_command_execute", "{'command': 'echo x >> ran; false', 'frequency': '5'}")
	for range 11 {
		if n := p.run(); n != 1 {
			t.Fatalf("%d broken: one that is not due stays broken", n)
		}
	}
	if got := p.lines("ran"); got != 3 {
		t.Errorf("ran %d times in 11 minutes", got)
	}
	p.run(forced)
	if got := p.lines("ran"); got != 4 {
		t.Error("not forced to run")
	}
	os.Chtimes(filepath.Join(p.conf.PluginFolder, "count.py"), time.Now(), time.Now().Add(time.Hour))
	p.run()
	if got := p.lines("ran"); got != 5 {
		t.Error("a new file does not run at once")
	}
	p.now = p.now.Add(-48 * time.Hour)
	p.run()
	if got := p.lines("ran"); got != 6 {
		t.Error("does not run after the clock jumped back")
	}
	for want, lose := range []func(string) error{os.Remove, func(f string) error { return os.Truncate(f, 0) }} {
		if err := lose(filepath.Join(p.conf.PublicFolder, "promise/count.status.json")); err != nil {
			t.Fatal(err)
		}
		p.run()
		if got := p.lines("ran"); got != 7+want || !p.status("count").Result.Failed {
			t.Errorf("ran %d times: a document that is lost is not made again", got)
		}
	}
}

func TestFailuresHaveToBeEnough(t *testing.T) {
	p := newPartition(t)
	port := "1"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	p.plugin("socket", "check_socket_listening", "{'host': '127.0.0.1', 'port': '"+port+"', 'result_count': '3', 'failure-amount': 2}")
	p.run(anomaly, forced)
	listener.Close()
	want := "ConnectionRefusedError: [Errno 111] Connection refused"
	p.run(anomaly, forced)
	doc := p.status("socket")
	if doc.Status != "OK" || doc.Result.Failed || doc.Result.Message != want || doc.Message != want+"\n(not counted yet: 2 of the last 3 results must have failed)" {
		t.Errorf("first failure: %+v", doc)
	}
	p.run(anomaly, forced)
	if doc := p.status("socket"); doc.Status != "ERROR" || doc.Message != want {
		t.Errorf("second failure: %+v", doc)
	}
	if p.run(forced); p.status("socket").Status != "ERROR" {
		t.Error("while deploying each failure counts")
	}
}

func TestPluginsWithAConfigurationThatCannotBe(t *testing.T) {
	p := newPartition(t)
	p.plugin("often", "check_file_state", "{'filename': 'x', 'state': 'absent', 'frequency': 'often'}")
	p.plugin("counts", "check_file_state", "{'filename': 'x', 'state': 'absent', 'result-count': 1, 'failure-amount': 2}")
	p.plugin("nothing", "check_file_state", "{}")
	p.plugin("load", "check_server_cpu_load", "{'cpu-load-threshold': 'low'}") // ten failures of ten count otherwise
	if n := p.run(); n != 4 {
		t.Errorf("%d broken", n)
	}
	for name, want := range map[string]string{
		"often": "frequency is not a number: 'often'", "counts": "failure-amount 2 of result-count 1", "nothing": "no filename is given",
		"load": "cpu-load-threshold is not a number: 'low'",
	} {
		if got := p.status(name).Message; !strings.Contains(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestNagiosExitCodesWarn(t *testing.T) {
	p := newPartition(t)
	for code, want := range map[string]string{"0": "OK", "1": "WARNING", "2": "ERROR", "3": "ERROR"} {
		p.plugin("n"+code, "check_command_execute", "{'command': 'echo load is "+code+"; exit "+code+"', 'exit-codes': 'nagios'}")
		p.run(forced)
		if doc := p.status("n" + code); doc.Status != want || doc.Message != "load is "+code || doc.Result.Failed != (want == "ERROR") {
			t.Errorf("exit %s: %+v", code, doc)
		}
	}
}

func TestPluginsInPythonThatIsNotThere(t *testing.T) {
	p := newPartition(t)
	t.Setenv("MONITOR_PYTHON", "/nowhere/python3")
	p.plugin("own", "some_module_of_theirs", "{}")
	p.script("etc/promise/other", ":")
	if n := p.run(); n != 1 {
		t.Errorf("%d broken", n)
	}
	if got := p.status("own").Message; !strings.Contains(got, "could not be run in Python") || !strings.Contains(got, "/nowhere/python3") {
		t.Errorf("%q", got)
	}
}

// A Python without slapos cannot run plugins of slapos, but files that bring
// their own class need nothing else.
func TestPluginsInPython(t *testing.T) {
	p := newPartition(t)
	own := func(name, sense string) {
		p.file("etc/plugin/"+name+".py", `
class Item(object):
  def __init__(self, failed, message): self.failed, self.message = failed, message
  def type(self): return 'Test Result'
  def hasFailed(self): return self.failed
class Result(object): pass
extra_config_dict = {'x': 'from config'}
class RunPromise(object):
  def __init__(self, config): self.config = config
  def getPeriodicity(self): return 5
  def run(self, check_anomaly, can_bang):
    result = Result()
    result.item = Item(*self.sense())
    self.config['queue'].put_nowait(result)
  def sense(self):
    `+sense+"\n", 0o600)
	}
	own("kept", "print('noise'); return False, self.config['x'] + ' ' + self.config['partition-folder']")
	own("broken", "return True, 'bad \\x00'")
	own("raises", "raise ValueError('oops')")
	own("dies", "import os; os._exit(3)")
	own("hangs", "import time; time.sleep(600)")
	own("daemon", `import os, time
    if os.fork() == 0:
      os.setsid(); time.sleep(30); os._exit(0)
    return False, 'left a daemon that holds its pipe'`)
	p.file("etc/plugin/__init__.py", "VALUE = 'shared'\n", 0o600) // a module, not a promise
	own("imports", "import __init__; return False, __init__.VALUE")
	own("typed", "return False, repr(self.config['promise-timeout']) + repr(self.config['debug'])")
	p.file("etc/plugin/classless.py", "x = 1\n", 0o600)
	p.plugin("missing", "not_installed_here", "{}")
	p.file("etc/promise_timeout", "3", 0o600)
	begin := time.Now()
	if n := p.run(); n != 6 {
		t.Errorf("%d broken", n)
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("the run took %s: it waited for the daemon", took)
	}
	for name, want := range map[string]string{
		"daemon": "left a daemon", "imports": "shared", "typed": "3False", "classless": "the file has no class RunPromise",
		"kept": "from config " + p.conf.Partition, "broken": "bad \uFFFD", "raises": "ValueError: oops",
		"dies": "No output returned by the promise (wait status 768)", "hangs": "Error: Promise timed out after 3 seconds", "missing": "slapos",
	} {
		if got := p.status(name).Message; !strings.Contains(got, want) {
			t.Errorf("%s: %q does not say %q", name, got, want)
		}
	}
	p.run()
	if p.status("kept").Result.Date != "2026-03-19T12:00:30+0000" {
		t.Error("the plugin's own period was not kept")
	}
}
