package check

import (
	"database/sql"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// database makes a collector database.
func database(t *testing.T, p Place, statements ...string) string {
	t.Helper()
	path := put(t, p, "/data/collector.db", "")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range append([]string{
		"CREATE TABLE disk (partition text, used text, free text, mountpoint text, date text, time text, reported integer)",
		"CREATE TABLE folder (partition text, disk_used real, date text, time text, reported integer)",
	}, statements...) {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestFreeDiskSpaceFromTheCollector(t *testing.T) {
	p := place(t)
	put(t, p, "x", "")
	path := database(t, p,
		"INSERT INTO disk VALUES ('/dev/sda1', '158807457792', '288946434048', '/', '2017-10-02', '09:17:02', 0)",
		"INSERT INTO folder VALUES ('slapuser0', 87533872, '2017-10-02', '09:17:00', 0), ('slapuser12', 1048576, '2017-10-02', '08:00:00', 0), ('slapuser3', 9, '2017-09-02', '08:00:00', 0)")
	config := func(more ...any) options {
		c := options{"collectordb": path, "test-check-date": "2017-10-02"}
		for i := 0; i < len(more); i += 2 {
			c[more[i].(string)] = more[i+1]
		}
		return c
	}
	low := "KO Free disk space low: remaining 269.10 G (disk size: 417 G, threshold: 278 G)."
	expect(t, p, "check_free_disk_space", config("threshold", "278"), low)
	expect(t, p, "check_free_disk_space", config("threshold", 2), "OK Current disk usage: OK")
	expect(t, p, "check_free_disk_space", config("threshold-ratio", "0.6667"), low)
	expect(t, p, "check_free_disk_space", config("threshold-ratio", 7), "KO ERROR threshold-ratio must be a ratio between 0 and 1, got 7.0")
	expect(t, p, "check_free_disk_space", config("collectordb", filepath.Dir(path), "display-partition", "1"),
		"OK The partition slappart0 uses 83.48 G (date checked: 2017-10-02 09:17:00).\n"+
			"The partition slappart12 uses 1.00 G (date checked: 2017-10-02 08:00:00).\nCurrent disk usage: OK")
	expect(t, p, "check_free_disk_space", config("display-prediction", "1"),
		"OK Current disk usage: OK\nNo or not enough results from collector database in table disk: no prediction")
	expect(t, p, "check_free_disk_space", config("test-check-time", "09:40"), "OK No result from collector database: disk check skipped")
}

func TestFreeDiskSpaceThresholdFile(t *testing.T) {
	p := place(t)
	path := database(t, p, "INSERT INTO disk VALUES ('/dev/sda1', '0', '1073741824', '/', '2017-10-02', '09:17:02', 0)")
	config := options{"collectordb": path, "test-check-date": "2017-10-02", "threshold-file": "limit"}
	for content, want := range map[string]string{
		"1025\n": "KO Free disk space low: remaining 1.00 G (disk size: 1 G, threshold: 1 G).", "1023": "OK Current disk usage: OK",
		"0": "OK The check of free disk space is disabled by limit", "199": "OK Current disk usage: OK", "x": "OK Current disk usage: OK",
	} {
		put(t, p, "limit", content)
		expect(t, p, "check_free_disk_space", config, want)
	}
}

func TestFreeDiskSpaceWithoutACollector(t *testing.T) {
	p := place(t)
	put(t, p, "x", "")
	expect(t, p, "check_free_disk_space", options{"threshold": "0.000001"}, "OK Current disk usage: OK (measured on the file system)")
	out := Lookup("check_free_disk_space").Run(t.Context(), "t", p, options{"threshold": "1e9"})
	if !out.Failed || !strings.HasSuffix(out.Message, "threshold: 1000000000 G) (measured on the file system).") {
		t.Errorf("%+v", out)
	}
}

func TestFreeDiskSpacePrediction(t *testing.T) {
	p := place(t)
	put(t, p, "x", "")
	var rows []string
	for day := range 20 { // 100 G free, 2 G less each day
		rows = append(rows, fmt.Sprintf("('/dev/sda1', '%d', '%d', '/', '2017-10-%02d', '09:17:02', 0)", (900+2*day)*gib, (100-2*day)*gib, day+1))
	}
	path := database(t, p, "INSERT INTO disk VALUES "+strings.Join(rows, ","))
	config := options{"collectordb": path, "test-check-date": "2017-10-20", "display-prediction": 1, "threshold": 20}
	expect(t, p, "check_free_disk_space", config, "OK Current disk usage: OK\nPrediction: there will be 42.00 G left on 2017-10-30 (10 days).")
	config["nb-days-predicted"] = "25"
	expect(t, p, "check_free_disk_space", config, "KO Current disk usage: OK\nPrediction: there will be 12.00 G left on 2017-11-14 (25 days).\n"+
		"The free disk space will be too low. (disk size: 1000.00 G, threshold: 20.0 G)")
}

func TestMountedDevice(t *testing.T) {
	p := place(t)
	mounts := put(t, p, "/proc/self/mounts", "overlay / overlay rw 0 0\n/dev/sda1 /srv ext4 rw 0 0\n/dev/sdb1 /srv/with\\040space ext4 rw 0 0\ntmpfs /srv/tmp tmpfs rw 0 0\n")
	for path, want := range map[string]string{"/srv/x": "/dev/sda1", "/srv": "/dev/sda1", "/srvx": "", "/srv/with space/x": "/dev/sdb1", "/srv/tmp/x": "", "/": ""} {
		if got := mountedDevice(mounts, path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestPartitionSpace(t *testing.T) {
	p := place(t)
	samples := func(last float64) string {
		var rows []string
		for day := range 15 {
			used := 10e6 + 1e4*math.Sin(float64(day)) // KiB
			if day == 14 {
				used = last
			}
			rows = append(rows, fmt.Sprintf("('slapuser1', %f, '2017-10-%02d', '09:30:00', 0)", used, day+1))
		}
		return "INSERT INTO folder VALUES " + strings.Join(rows, ",")
	}
	run := func(last float64, change ...any) Outcome {
		path := database(t, p, samples(last), "INSERT INTO disk VALUES ('/dev/sda1', '50000000000', '50000000000', '/', '2017-10-15', '09:30:02', 0)")
		config := options{"collectordb": path, "test-check-date": "2017-10-15", "test-check-time": "09:31:00", "test-partition": "slapuser1"}
		for i := 0; i < len(change); i += 2 {
			config[change[i].(string)] = change[i+1]
		}
		return Lookup("monitor_partition_space").Run(t.Context(), "t", p, config)
	}
	if out := run(10e6); out.Failed || !strings.HasSuffix(out.Message, "No anomaly detected (last date checked: 2017-10-15 09:30:00)") ||
		!strings.HasPrefix(out.Message, "There were 0 anomalies in the last 15 days (1 data every 5 minutes, threshold: 8.0 % of the disk size)") {
		t.Errorf("%+v", out)
	}
	if out := run(60e6); !out.Failed || !strings.HasSuffix(out.Message, "Anomaly detected on 2017-10-15 09:30:00. Space used by slapuser1: 57.22 G.") {
		t.Errorf("%+v", out)
	}
	for want, change := range map[string][]any{
		"No result from collector database for the user nobody: skipped": {"test-partition", "nobody"},
		"Not enough recent data to detect anomalies: skipped":            {"test-check-date", "2017-10-17"},
		"Not enough data to detect anomalies: skipped":                   {"test-check-date", "2017-10-10"},
	} {
		if out := run(10e6, change...); out.Failed || out.Message != want {
			t.Errorf("%v: %+v", change, out)
		}
	}
}
