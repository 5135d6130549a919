package check

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slapmonitor/pkg/promise/process"
)

var noon = time.Date(2026, 3, 19, 12, 0, 0, 0, time.UTC)

// place is a partition in a folder of the test, below a root of its own.
func place(t *testing.T) Place {
	t.Helper()
	root := t.TempDir()
	programs, err := process.NewRunner(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { programs.Close() })
	return Place{
		Partition: filepath.Join(root, "partition"), PartitionID: "slappart7", StateFolder: filepath.Join(root, "state"),
		Timeout: 10 * time.Second, Now: func() time.Time { return noon }, Programs: programs, Root: root,
	}
}

// put writes a file below the root of p, or below its partition.
func put(t *testing.T, p Place, name, content string) string {
	t.Helper()
	path := filepath.Join(p.Partition, name)
	if filepath.IsAbs(name) {
		path = filepath.Join(p.Root, name)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o640); err != nil {
		t.Fatal(err)
	}
	return path
}

// expect runs a check; want is the message, "OK " or "KO " before it.
func expect(t *testing.T, p Place, name string, config map[string]any, want string) {
	t.Helper()
	out := Lookup(name).Run(t.Context(), "test", p, config)
	got := "OK " + out.Message
	if out.Failed {
		got = "KO " + out.Message
	}
	if got != want {
		t.Errorf("%s %v:\n%s, want\n%s", name, config, got, want)
	}
}

type options = map[string]any

func TestEveryCheckIsDescribed(t *testing.T) {
	want := "audit_os_version check_certificate check_command_execute check_cpu_temperature check_error_on_http_log " +
		"check_error_on_zope_longrequest_log check_file_state check_free_disk_space check_icmp_packet_lost check_interface_up " +
		"check_network_errors_packets check_network_transit check_partition_deployment_state check_ram_usage check_server_cpu_load " +
		"check_service_state check_socket_listening check_surykatka_json check_url_available check_websocket_available " +
		"monitor_bootstrap_status monitor_partition_space validate_frontend_configuration"
	var names []string
	for _, c := range All() {
		names = append(names, c.Name)
		if c.About == "" || c.Minutes <= 0 || c.run == nil || c.Test.Results < c.Test.Failures || c.Anomaly.Failures < 1 {
			t.Errorf("%s: %+v", c.Name, c)
		}
		for _, o := range c.Options {
			if o.About == "" || o.Name != spell(o.Name) {
				t.Errorf("%s: option %+v", c.Name, o)
			}
		}
		if _, err := c.Settings(nil, true); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("checks\n%s, want\n%s", got, want)
	}
}

func TestConfigurationsThatCannotBe(t *testing.T) {
	p := place(t)
	expect(t, p, "check_file_state", nil, "KO ERROR no filename is given")
	expect(t, p, "check_ram_usage", options{"min-avg-ram": "much"}, "KO ERROR min-avg-ram is not a number: 'much'")
	expect(t, p, "check_ram_usage", options{"min-avg-ram": "nan"}, "KO ERROR min-avg-ram is not a number: 'nan'")
	expect(t, p, "check_ram_usage", options{"avg_ram_period": -1}, "KO ERROR avg-ram-period is not a positive number of seconds: -1")
	expect(t, p, "check_interface_up", options{"ifname": "x", "testing": "perhaps"}, "KO ERROR testing is neither true nor false: 'perhaps'")
}

// What cannot be reached does not exist, as Python's os.path.exists has it.
func TestFileStateOfWhatCannotBeReached(t *testing.T) {
	p := place(t)
	put(t, p, "file", "x")
	if err := os.Symlink("loop", filepath.Join(p.Partition, "loop")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"file/x", "loop", "no"} {
		expect(t, p, "check_file_state", options{"filename": name, "state": "absent"}, "OK OK '"+name+"' state 'absent'")
		expect(t, p, "check_file_state", options{"filename": name, "state": "empty"}, "KO ERROR '"+name+"' not present")
	}
	expect(t, p, "check_file_state", options{"filename": "file", "state": "empty", "url": " https://x/ "},
		"KO ERROR 'file' not empty, content available at https://x/")
}

func TestOptionsThatAreListsDictionariesOrEmpty(t *testing.T) {
	in := &Input{check: Lookup("check_surykatka_json"), values: map[string]any{"ip-list": []any{"::1", "1.2.3.4"}, "http-header-dict": map[string]any{"Age": 3}}}
	if got := in.Text("ip-list"); got != "::1 1.2.3.4" {
		t.Error(got)
	}
	ratio := &Input{check: Lookup("check_free_disk_space"), values: map[string]any{"threshold-ratio": " "}}
	if got := ratio.Float("threshold-ratio"); got != 0.05 {
		t.Errorf("an empty number is %g, not the default", got)
	}
	if got := in.Text("http-header-dict"); got != `{"Age": 3}` {
		t.Error(got)
	}
}

func TestSettings(t *testing.T) {
	socket, file, load := Lookup("slapos.promise.plugin.check_socket_listening"), Lookup("check_file_state"), Lookup("check_server_cpu_load")
	tests := []struct {
		check   *Check
		config  options
		anomaly bool
		want    Settings
	}{
		{socket, nil, true, Settings{2 * time.Minute, Quorum{3, 3}, true}},
		{socket, options{"failure_amount": "2"}, true, Settings{2 * time.Minute, Quorum{3, 2}, true}},
		{socket, options{"failure-amount": 5, "bang-on-failure": "false"}, true, Settings{2 * time.Minute, Quorum{5, 5}, false}},
		{socket, options{"result-count": 4}, false, Settings{2 * time.Minute, once, true}},
		{file, options{"result-count": 4, "frequency": 0.5}, false, Settings{30 * time.Second, Quorum{4, 1}, true}},
		{file, options{"report-anomaly": false}, true, Settings{2 * time.Minute, once, false}},
		{socket, options{"result-count": "1"}, true, Settings{2 * time.Minute, once, true}},
		{file, options{"periodicity": "7"}, true, Settings{7 * time.Minute, once, true}},
		{file, options{"periodicity": 7, "frequency": 3}, true, Settings{3 * time.Minute, once, true}},
		{load, nil, false, Settings{3 * time.Minute, Quorum{10, 10}, true}},
	}
	for _, tt := range tests {
		if got, err := tt.check.Settings(tt.config, tt.anomaly); err != nil || got != tt.want {
			t.Errorf("%s %v: %+v, %v", tt.check.Name, tt.config, got, err)
		}
	}
	for _, bad := range []options{{"result-count": "x"}, {"result-count": 2, "failure-amount": 3}, {"result-count": 65}, {"failure-amount": 0}, {"frequency": "0"}} {
		if got, err := socket.Settings(bad, true); err == nil {
			t.Errorf("%v: %+v", bad, got)
		}
	}
}

func TestHuman(t *testing.T) {
	for n, want := range map[float64]string{0: "0.0B", 1023: "1023.0B", 10000: "9.8K", 200000000: "190.7M", -2048: "-2.0K", 1 << 40: "1.0T"} {
		if got := human(n); got != want {
			t.Errorf("%g: %s, want %s", n, got, want)
		}
	}
	for f, want := range map[float64]string{50: "50.0", 0.25: "0.25", 1e16: "1e+16"} {
		if got := pyFloat(f); got != want {
			t.Errorf("%g: %s, want %s", f, got, want)
		}
	}
}

func TestConfigFromCommandLineAndFile(t *testing.T) {
	got, err := ParseConfig([]string{"a=b=c", "d="})
	if err != nil || got["a"] != "b=c" || got["d"] != "" {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"a", "=b"} {
		if _, err := ParseConfig([]string{bad}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	p := place(t)
	got, err = ReadConfig(put(t, p, "c.json", `{"port": 80, "host": "::1"}`))
	if err != nil || got["port"] != 80.0 || got["host"] != "::1" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := ReadConfig(put(t, p, "d.json", `[1]`)); err == nil {
		t.Error("a list was taken")
	}
}
