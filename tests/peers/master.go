package peers

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Master is a running slapproxy.
type Master struct {
	URL      string
	Computer string
	log      *lockedBuffer
}

// StartMaster runs slapproxy on loopback for the time of the test, with a
// computer called "test" of as many partitions, slappart0 and on.
func StartMaster(t testing.TB, partitions int) *Master {
	t.Helper()
	slapos := Program(t, "slapos")
	var failure string
	for range 3 { // another program may take the port between choice and use
		m, err := startMaster(t, slapos)
		if err == nil {
			m.format(t, partitions)
			return m
		}
		failure = err.Error()
	}
	t.Fatal(failure)
	return nil
}

func startMaster(t testing.TB, slapos string) (*Master, error) {
	port, dir := FreePort(t), t.TempDir()
	m := &Master{URL: fmt.Sprintf("http://127.0.0.1:%d", port), Computer: "test", log: &lockedBuffer{}}
	conf := filepath.Join(dir, "slapos.cfg")
	text := fmt.Sprintf(`[slapos]
software_root = %[1]s/soft
instance_root = %[1]s/inst
master_url = %[2]s
computer_id = test
[slapproxy]
host = 127.0.0.1
port = %[3]d
database_uri = %[1]s/proxy.db
local_software_release_root = /
`, dir, m.URL, port)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return nil, err
	}
	c := exec.Command(slapos, "proxy", "start", "--cfg", conf)
	c.Stdout, c.Stderr = m.log, m.log
	if err := c.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		<-ended
		if t.Failed() {
			t.Logf("slapproxy said:\n%s", m.log.String())
		}
	})
	for {
		select {
		case <-ended:
			return nil, fmt.Errorf("slapproxy did not start:\n%s", m.log.String())
		case <-time.After(50 * time.Millisecond):
		}
		if resp, err := http.Get(m.URL + "/getRunId"); err == nil {
			_ = resp.Body.Close()
			return m, nil
		}
	}
}

// format gives the computer its partitions, as "slapos node format" does.
func (m *Master) format(t testing.TB, partitions int) {
	t.Helper()
	var list strings.Builder
	for i := range partitions {
		fmt.Fprintf(&list, "<dictionary><string>reference</string><string>slappart%d</string>"+
			"<string>address_list</string><list>%s%s</list>"+
			"<string>tap</string><dictionary><string>name</string><string>lo</string></dictionary></dictionary>",
			i, address("127.0.0.1"), address("::1"))
	}
	m.Post(t, "loadComputerConfigurationFromXML", url.Values{"xml": {"<marshal><dictionary>" +
		"<string>reference</string><string>" + m.Computer + "</string><string>address</string><string>127.0.0.1</string>" +
		"<string>netmask</string><string>255.255.255.255</string><string>partition_list</string><list>" +
		list.String() + "</list></dictionary></marshal>"}})
}

func address(ip string) string {
	return "<dictionary><string>addr</string><string>" + ip + "</string><string>netmask</string><string></string></dictionary>"
}

// Post calls a method of the master as its owner would.
func (m *Master) Post(t testing.TB, method string, form url.Values) string {
	t.Helper()
	resp, err := http.PostForm(m.URL+"/"+method, form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v %s", method, resp.Status, err, body)
	}
	return string(body)
}

// FreePort is a port of 127.0.0.1 that nothing listens on now.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
