package web

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slapmonitor/tests/peers"
)

// Server is a running server of a partition.
type Server struct {
	Name      string // "monitor-httpd" or "apache"
	URL       string // https://127.0.0.1:port
	PID       int
	Partition *Partition
	Client    *http.Client
}

// built is monitor-httpd of this checkout, built once until Remove.
var built struct {
	sync.Mutex
	folder string
}

// Program is monitor-httpd, built from this checkout.
func Program(t testing.TB) string {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if built.folder == "" {
		folder, err := os.MkdirTemp("", "monitor-httpd-")
		if err == nil {
			err = os.Chmod(folder, 0o755) // servers run as somebody else
		}
		if err != nil {
			t.Fatal(err)
		}
		c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", folder, "slapmonitor/cmd/monitor-httpd")
		c.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("build monitor-httpd: %v\n%s", err, out)
		}
		built.folder = folder
	}
	return filepath.Join(built.folder, "monitor-httpd")
}

// Remove removes what Program built; call it when all servers have ended.
func Remove() error {
	built.Lock()
	defer built.Unlock()
	folder := built.folder
	built.folder = ""
	if folder == "" {
		return nil
	}
	return os.RemoveAll(folder)
}

// StartOurs serves a partition with monitor-httpd for the time of the test.
func StartOurs(t testing.TB, p *Partition) *Server {
	t.Helper()
	return start(t, p, "monitor-httpd", Program(t), "-c", p.Config.File)
}

// StartApache serves a partition with Debian's Apache.
func StartApache(t testing.TB, p *Partition) *Server {
	t.Helper()
	apache, err := exec.LookPath("apache2")
	if err != nil {
		peers.Missing(t, "there is no Apache: apt-get install apache2-bin")
	}
	certificate := exec.Command(Program(t), "certificate", "-c", p.Config.File)
	certificate.SysProcAttr = unprivileged(t)
	if out, err := certificate.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return start(t, p, "apache", apache, "-D", "FOREGROUND", "-f", filepath.Join(p.Dir, "etc/monitor-httpd.conf"))
}

func unprivileged(t testing.TB) *syscall.SysProcAttr {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}
	}
	credential, err := nobody()
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{Credential: credential}
}

// start runs a server and waits until it answers. It ends with the test, by TERM.
func start(t testing.TB, p *Partition, name, program string, arguments ...string) *Server {
	t.Helper()
	var said bytes.Buffer
	c := exec.Command(program, arguments...)
	c.Dir, c.Stdout, c.Stderr, c.SysProcAttr = p.Dir, &said, &said, unprivileged(t)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	t.Cleanup(func() {
		c.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(time.Minute):
			c.Process.Kill()
			<-ended
			t.Errorf("%s did not stop", name)
		}
		if t.Failed() {
			log, _ := os.ReadFile(p.Config.HTTPD.ErrorLog)
			t.Logf("%s said: %s\n%s", name, said.String(), tail(log))
		}
	})
	s := &Server{Name: name, URL: fmt.Sprintf("https://127.0.0.1:%d", p.Port), PID: c.Process.Pid, Partition: p}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true, MaxIdleConnsPerHost: 64}
	s.Client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(transport.CloseIdleConnections)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v: %s", name, err, said.String())
		default:
		}
		conn, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(p.Port))
		if err == nil {
			conn.Close()
			return s
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen: %v", name, err)
		}
	}
}

func tail(log []byte) string {
	lines := strings.Split(string(log), "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}
