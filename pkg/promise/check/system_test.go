package check

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestCPULoad(t *testing.T) {
	p := place(t)
	put(t, p, "/proc/stat", "cpu  1 2 3\ncpu0 1 2\ncpu1 1 2\nintr 3\n")
	put(t, p, "/proc/loadavg", "1.00 2.50 4.40 1/100 1234\n")
	expect(t, p, "check_server_cpu_load", nil, "OK CPU load is OK")
	expect(t, p, "check_server_cpu_load", options{"cpu-load-threshold": "2"}, "KO CPU load is high: 1.0 2.5 4.4\n\n2 processors, at most 2.0 each: 4.0")
	expect(t, p, "check_server_cpu_load", options{"cpu-load-threshold": "abc"}, "KO ERROR cpu-load-threshold is not a number: 'abc'")
}

func TestRAMUsage(t *testing.T) {
	p := place(t)
	put(t, p, "/proc/meminfo", "MemTotal: 9 kB\nMemAvailable:    2097152 kB\n")
	expect(t, p, "check_ram_usage", nil, "OK RAM usage OK")
	put(t, p, "/proc/meminfo", "MemAvailable:    102400 kB\n")
	p.Now = func() time.Time { return noon.Add(5 * time.Minute) }
	expect(t, p, "check_ram_usage", nil, "KO RAM usage reached critical threshold:  100.0M  (threshold is  500.0M)")
	p.Now = func() time.Time { return noon.Add(12 * time.Minute) } // the first sample is forgotten
	expect(t, p, "check_ram_usage", options{"min-threshold-ram": 1}, "KO Average RAM usage over the last 600 seconds reached threshold:  100.0M (threshold is 1000.0M)")
	put(t, p, "/proc/meminfo", "")
	expect(t, p, "check_ram_usage", nil, "KO Couldn't read available RAM: no MemAvailable in "+filepath.Join(p.Root, "proc/meminfo"))
}

func TestSamplesSurviveDamageAndClocks(t *testing.T) {
	p := place(t)
	put(t, p, "/proc/meminfo", "MemAvailable:    2097152 kB\n")
	for _, content := range []string{"[{", `[{"at": 99999999999, "value": 1}]`, "{}", `[{"at": 1, "value": 1}]`} {
		put(t, p, "/state/check/test.json", content)
		expect(t, p, "check_ram_usage", nil, "OK RAM usage OK")
	}
}

func TestCPUTemperature(t *testing.T) {
	p := place(t)
	put(t, p, "/sys/class/hwmon/hwmon0/name", "acpitz\n")
	put(t, p, "/sys/class/hwmon/hwmon0/temp1_input", "99000\n")
	expect(t, p, "check_cpu_temperature", nil, "OK Could not read core temperature on VM")
	put(t, p, "/sys/class/hwmon/hwmon1/name", "coretemp\n")
	put(t, p, "/sys/class/hwmon/hwmon1/temp1_input", "50500\n")
	expect(t, p, "check_cpu_temperature", nil, "OK Temperature OK (50.5 °C)")
	expect(t, p, "check_cpu_temperature", options{"max-spot-temp": 50, "max-avg-temp": "45"},
		"KO Temperature reached critical threshold: 50.5 °C (threshold is 50.0 °C)\n"+
			"Average temperature over the last 600s reached threshold: 50.5 °C (threshold is 45.0 °C)")
}

// dev is /proc/net/dev with one interface.
func dev(received, errors, dropped int) string {
	return fmt.Sprintf("Inter-|   Receive\n face |bytes\n  eth0: %d 10 %d %d 0 0 0 0 0 0 0 0 0 0 0 0\n", received, errors, dropped)
}

func TestNetworkTransit(t *testing.T) {
	p := place(t)
	at := noon
	p.Now = func() time.Time { return at }
	put(t, p, "/proc/net/dev", dev(1<<20, 0, 0))
	expect(t, p, "check_network_transit", nil, "OK Network transit OK")
	at = at.Add(4 * time.Minute)
	expect(t, p, "check_network_transit", nil, "OK Network transit OK") // too early to say that it is little
	at = at.Add(4 * time.Minute)
	expect(t, p, "check_network_transit", nil,
		"KO Network congested, data amount over the last 600 seconds reached minimum threshold:    0.0B (threshold is  102.4K)")
	put(t, p, "/proc/net/dev", dev(3<<20, 0, 0))
	expect(t, p, "check_network_transit", nil, "OK Network transit OK")
	expect(t, p, "check_network_transit", options{"max-data-amount": "2"},
		"KO Network congested, data amount over the last 600 seconds reached maximum threshold:    2.0M (threshold is    2.0M)")
	put(t, p, "/proc/net/dev", dev(10, 0, 0))
	expect(t, p, "check_network_transit", nil, "OK Network transit OK") // a restart
}

func TestNetworkErrors(t *testing.T) {
	p := place(t)
	put(t, p, "/proc/net/dev", dev(2_000_000, 150, 300))
	expect(t, p, "check_network_errors_packets", nil, "KO Network packets lost reached critical threshold: 150  (threshold is 100 per MB)")
	expect(t, p, "check_network_errors_packets", options{"max-lost-packets-per-MB": 1000}, "OK Network statistics OK")
	expect(t, p, "check_network_errors_packets", options{"max-lost-packets-per-MB": 1000, "max-error-messages-per-MB": "75"},
		"KO Network errors reached critical threshold: 75  (threshold is 75 per MB)")
}

func TestInterfaceUp(t *testing.T) {
	p := place(t)
	for name, files := range map[string][2]string{"eth0": {"up\n", "1"}, "eth1": {"down\n", ""}, "lo": {"unknown\n", "1\n"}, "tun0": {"unknown\n", "0\n"}} {
		put(t, p, "/sys/class/net/"+name+"/operstate", files[0])
		put(t, p, "/sys/class/net/"+name+"/carrier", files[1])
	}
	expect(t, p, "check_interface_up", options{"ifname": "eth0"}, "OK eth0 is up")
	expect(t, p, "check_interface_up", options{"ifname": "eth1"}, "KO eth1 is down")
	expect(t, p, "check_interface_up", options{"ifname": "lo"}, "OK lo is up")
	expect(t, p, "check_interface_up", options{"ifname": "tun0"}, "KO tun0 is down")
	expect(t, p, "check_interface_up", options{"ifname": "no"}, "KO [Errno 2] No such file or directory: '/sys/class/net/no/operstate'")
	expect(t, p, "check_interface_up", options{"ifname": "../x"}, "KO ERROR '../x' is not the name of an interface")
}

func TestOSVersion(t *testing.T) {
	p := place(t)
	put(t, p, "/etc/os-release", "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n")
	expect(t, p, "audit_os_version", options{"dist": "Debian GNU/Linux", "versions": "11 12"}, "OK Debian GNU/Linux 12")
	expect(t, p, "audit_os_version", options{"dist": "Debian GNU/Linux", "versions": "11"}, "KO Debian GNU/Linux 12 (expected: Debian GNU/Linux 11)")
}

func TestHTTPLog(t *testing.T) {
	p := place(t)
	at := noon.Local().Format("Mon Jan _2 15:04:05.000000 2006")
	old := noon.Add(-2 * time.Hour).Local().Format("Mon Jan _2 15:04:05 2006")
	put(t, p, "log", "["+old+"] [error] old\n[x] [error] no date\n["+at+"] [core:error] [pid 1] (113)No route to host\n"+
		"["+at+"] [proxy:warn] x\n["+at+"] [error] (101)Network is unreachable\n")
	expect(t, p, "check_error_on_http_log", options{"log-file": "log"}, "KO ERROR=3 (NOROUTE=1, UNREACHABLENET=1, TIMEOUT=0)")
	expect(t, p, "check_error_on_http_log", options{"log-file": "log", "maximum-delay": "3600"}, "KO ERROR=2 (NOROUTE=1, UNREACHABLENET=1, TIMEOUT=0)")
	expect(t, p, "check_error_on_http_log", options{"log-file": "absent"}, "OK OK")
}

func TestZopeLog(t *testing.T) {
	p := place(t)
	put(t, p, "log", noon.Local().Format(time.DateTime)+",123 - WARNING x\n")
	expect(t, p, "check_error_on_zope_longrequest_log", options{"log-file": "log", "error-threshold": "0", "maximum-delay": "60"}, "KO ERROR: Site has 1 long request")
	expect(t, p, "check_error_on_zope_longrequest_log", options{"log-file": "log", "error-threshold": 1}, "OK INFO: Site has 1 long request")
}

func TestDeploymentState(t *testing.T) {
	p := place(t)
	put(t, p, "var/log/x", "")
	link := filepath.Join(p.Partition, "var/log/slapgrid-slappart7-error.log")
	expect(t, p, "check_partition_deployment_state", nil, "OK buildout is OK")
	put(t, p, ".slapgrid-slappart7-error.log", "bad")
	expect(t, p, "check_partition_deployment_state", options{"monitor-url": "https://m"},
		"KO Buildout failed to process slappart7.\nSee https://m/log/slapgrid-slappart7-error.log for more information.")
	if raw, err := os.ReadFile(link); string(raw) != "bad" {
		t.Error(err)
	}
	put(t, p, ".slapgrid-slappart7-error.log", "")
	expect(t, p, "check_partition_deployment_state", nil, "OK buildout is OK")
	if _, err := os.Lstat(link); err == nil {
		t.Error("the link is left")
	}
}

func TestBootstrapStatus(t *testing.T) {
	p := place(t)
	config := options{"process-pid-file": "pid", "status-file": "status", "process-name": "boot"}
	expect(t, p, "monitor_bootstrap_status", config, "KO Bootstrap didn't run!")
	put(t, p, "pid", "abc")
	expect(t, p, "monitor_bootstrap_status", config, "KO 'pid' is empty or doesn't contain a valid pid number: invalid literal for int() with base 10: 'abc'")
	put(t, p, "pid", "42\n")
	expect(t, p, "monitor_bootstrap_status", config, "KO Monitor bootstrap exited with error.")
	put(t, p, ".slappart7_boot.log", "1\n2\n3\n4\n5\n")
	put(t, p, "status", "an error")
	expect(t, p, "monitor_bootstrap_status", config, "KO Monitor bootstrap exited with error.\n ---- Latest monitor-boostrap.log ----\n2\n3\n4\n5")
	put(t, p, "status", "")
	expect(t, p, "monitor_bootstrap_status", config, "OK Bootstrap OK")
	put(t, p, "/proc/42/cmdline", "/bin/monitor-bootstrap\x00"+p.Partition+"\x00")
	p.Timeout = 1500 * time.Millisecond
	expect(t, p, "monitor_bootstrap_status", config, "KO Monitor bootstrap is running for more than 15 seconds!")
}
