package promise

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"slapmonitor/pkg/slapos"
	"slapmonitor/tests/peers"
)

// master is one that counts bangs and can refuse them.
type master struct {
	*httptest.Server
	bangs  []string
	refuse bool
}

func newMaster(t *testing.T) *master {
	m := &master{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		if m.refuse || r.Method != http.MethodPost || r.URL.Path != "/softwareInstanceBang" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		m.bangs = append(m.bangs, r.PostForm.Get("computer_id")+" "+r.PostForm.Get("computer_partition_id")+" "+r.PostForm.Get("message"))
	}))
	t.Cleanup(m.Close)
	return m
}

func TestAPromiseThatTurnsBadBangs(t *testing.T) {
	p, m := newPartition(t), newMaster(t)
	p.conf.MasterURL, p.conf.ComputerID, p.conf.PartitionID = m.URL, "COMP-1", "slappart1"
	bad := "{'filename': 'bad', 'state': 'absent', 'frequency': 1}"
	p.plugin("b-may", "check_file_state", bad)
	p.plugin("c-may-too", "check_file_state", bad)
	p.plugin("a-must-not", "check_file_state", "{'filename': 'bad', 'state': 'absent', 'bang-on-failure': 'false'}")
	p.plugin("a-times-out", "check_command_execute", "{'command': 'test ! -e bad || sleep 100', 'bang-on-failure': 'false'}")
	p.script("etc/promise/a-program", "test ! -e bad")
	p.file("etc/promise_timeout", "1", 0o600)
	p.run(anomaly)
	p.file("bad", "x", 0o600)
	p.run(forced)
	if len(m.bangs) != 0 {
		t.Fatalf("banged while deploying: %q", m.bangs)
	}
	m.refuse = true
	if _, err := p.pass(anomaly, forced); err == nil || !strings.Contains(err.Error(), "b-may") {
		t.Errorf("a refused bang: %v", err)
	}
	m.refuse = false
	p.run(anomaly, forced) // again, because it failed
	if want := "COMP-1 slappart1 Promise b-may is failing"; len(m.bangs) != 1 || m.bangs[0] != want {
		t.Fatalf("%q, want %q", m.bangs, want)
	}
	p.run(anomaly, forced) // the other one
	for range 5 {
		p.run(anomaly, forced)
	}
	if len(m.bangs) != 2 || !strings.Contains(m.bangs[1], "c-may-too") {
		t.Errorf("%q", m.bangs)
	}
	p.now = p.now.Add(bangAgain)
	p.run(anomaly, forced)
	if len(m.bangs) != 3 {
		t.Errorf("still failing after an hour: %q", m.bangs)
	}
	p.remove("bad")
	p.run(anomaly, forced)
	p.file("bad", "x", 0o600)
	p.run(anomaly, forced)
	if len(m.bangs) != 4 {
		t.Errorf("turned bad again: %q", m.bangs)
	}
}

// slapproxy sets a new timestamp on the root of the instance's tree.
func TestBangAgainstSlapproxy(t *testing.T) {
	m := peers.StartMaster(t, 1)
	m.Post(t, "requestComputerPartition", url.Values{
		"software_release": {"/soft.cfg"}, "software_type": {"default"}, "partition_reference": {"root"},
		"partition_parameter_xml": {"<marshal><dictionary/></marshal>"}, "filter_xml": {"<marshal><dictionary/></marshal>"},
		"shared_xml": {"<marshal><bool>0</bool></marshal>"}, "state": {"<marshal><string>started</string></marshal>"},
	})
	client, err := slapos.New(slapos.Config{URL: m.URL, Computer: m.Computer, Partition: "slappart0"})
	if err != nil {
		t.Fatal(err)
	}
	stamp := func() string {
		partition, err := client.Partition(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return partition.Timestamp
	}
	before := stamp()
	p := newPartition(t)
	p.conf.MasterURL, p.conf.ComputerID, p.conf.PartitionID = m.URL, m.Computer, "slappart0"
	p.plugin("file", "check_file_state", "{'filename': 'x', 'state': 'present'}")
	time.Sleep(1100 * time.Millisecond) // stamps are in seconds
	if n := p.run(anomaly); n != 1 {
		t.Errorf("%d broken", n)
	}
	if after := stamp(); after == before {
		t.Errorf("the instance was not stamped anew: %s", after)
	}
}
