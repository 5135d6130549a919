package apache_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slapmonitor/tests/web"
)

// delivered are both servers as they are delivered, with traps in their folders.
func delivered(t *testing.T) []*web.Server {
	t.Helper()
	traps := map[string]string{
		"srv/monitor/private/web/.htaccess":  "Require all denied\nThisIsNoDirective\n",
		"srv/monitor/private/web/page.txt":   "page",
		"srv/monitor/private/secret.json":    `{"secret":1}`,
		"srv/monitor/private/share/public/x": "not public",
		"srv/monitor/webdav/publicity/x":     "not public",
		"srv/monitor/public/index.php.txt":   "x",
		"var/log/other.log":                  "another service's trace",
	}
	return []*web.Server{web.StartApache(t, web.New(t, traps)), web.StartOurs(t, web.New(t, traps))}
}

func status(t *testing.T, s *web.Server, r request) int {
	t.Helper()
	v, _ := ask(t, s, r)
	return v.Status
}

// The holes of contract/httpd.md 1 and 7 are closed in both servers.
func TestAttacks(t *testing.T) {
	for _, s := range delivered(t) {
		t.Run(s.Name, func(t *testing.T) {
			for _, target := range []string{
				"/share/publicity/x", "/private/share/public/x", "/share/private/share/public/x", "/share/public/../private/secret.json",
				"/share/public/%2e%2e/private/secret.json", "/public/../private/secret.json", "//share//private/secret.json", "/secret.json", "/share/jio_publicx/../private/secret.json",
			} {
				if got := status(t, s, request{method: "GET", target: target, anonymous: true}); got == 200 {
					t.Errorf("%s needs no credentials", target)
				}
			}
			if got := status(t, s, request{method: "GET", target: "/private/web/page.txt"}); got != 200 {
				t.Errorf("a .htaccess decides: %d", got)
			}
			for _, target := range []string{"/share/private/log/", "/share/private/log", "/share/private/log/other.log", "/share/private/", "/share/private"} {
				status(t, s, request{method: "DELETE", target: target})
			}
			if text, err := os.ReadFile(s.Partition.Dir + "/var/log/other.log"); err != nil || string(text) != "another service's trace" {
				t.Errorf("a client erased a log: %v", err)
			}
			for _, target := range []string{"/share/private/x", "/share/public/x", "/share/private/config/x"} {
				if got := status(t, s, request{method: "PUT", target: target, body: "x"}); got != 403 {
					t.Errorf("PUT %s: %d", target, got)
				}
			}
			if _, header := ask(t, s, request{method: "GET", target: "/public/"}); strings.ContainsAny(header.Get("Server"), "/0123456789") {
				t.Errorf("Server: %s", header.Get("Server"))
			}
			trace := request{method: "TRACE", target: "/public/", headers: []string{"X-Secret", "echo-me"}}
			if v, _ := ask(t, s, trace); v.Status == 200 || strings.Contains(fmt.Sprint(v.Body), "echo-me") {
				t.Errorf("TRACE: %d", v.Status)
			}
			for _, suite := range []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA} {
				config := &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite}}
				if c, err := tls.Dial("tcp", strings.TrimPrefix(s.URL, "https://"), config); err == nil {
					c.Close()
					t.Errorf("%s is accepted", tls.CipherSuiteName(suite))
				}
			}
			if c, err := tls.Dial("tcp", strings.TrimPrefix(s.URL, "https://"), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}); err == nil {
				c.Close()
				t.Error("TLS 1.1 is accepted")
			}
		})
	}
}

// A GET of a FIFO waits for a writer that never comes, and that of a device may
// never end: neither gets a thread.
func TestOnlyFilesAreRead(t *testing.T) {
	for _, s := range delivered(t) {
		t.Run(s.Name, func(t *testing.T) {
			s.Client.Timeout = time.Minute
			for _, folder := range []string{"public", "private"} {
				if err := syscall.Mkfifo(s.Partition.Path(folder+"/fifo"), 0o666); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(s.Partition.Path(folder+"/fifo"), 0o666); err != nil { // whatever the umask
					t.Fatal(err)
				}
				if err := os.Symlink("/dev/zero", s.Partition.Path(folder+"/zero")); err != nil {
					t.Fatal(err)
				}
			}
			for _, method := range []string{"GET", "HEAD"} {
				for _, target := range []string{"/public/fifo", "/public/zero", "/private/fifo", "/private/zero", "/share/public/fifo", "/share/private/zero"} {
					if got := status(t, s, request{method: method, target: target}); got != 403 {
						t.Errorf("%s %s: %d", method, target, got)
					}
				}
			}
		})
	}
}

// hold opens connections that stay silent, or stop amidst what they send.
func hold(t *testing.T, s *web.Server, n int) {
	t.Helper()
	address := strings.TrimPrefix(s.URL, "https://")
	const put = "PUT /share/private/config/.jio_documents/slow HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nContent-Length: 100000\r\n\r\nx"
	for range n {
		plain, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { plain.Close() })
		for _, text := range []string{"", "GET /public/ HTTP/1.1\r\nHo", put, "GET /public/ HTTP/1.1\r\nHost: x\r\n\r\n"} {
			c, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			if _, err := io.WriteString(c, text); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Four idle connections stop upstream's Apache. The hardened one stands them,
// and ours ten times as many.
func TestSlowClients(t *testing.T) {
	for _, s := range delivered(t) {
		t.Run(s.Name, func(t *testing.T) {
			n := map[string]int{"apache": 4, "monitor-httpd": 40}[s.Name]
			hold(t, s, n)
			s.Client.CloseIdleConnections()
			started := time.Now()
			if got := status(t, s, request{method: "GET", target: "/private/"}); got != 200 {
				t.Errorf("a GET among %d slow clients of each kind: %d", n, got)
			}
			t.Logf("%d slow clients of each kind, a GET on a new connection takes %v", n, time.Since(started))
		})
	}
}

// Guessing gets slower with every wrong password, whatever the number of
// connections; who knows the password is not kept out meanwhile.
func TestGuessing(t *testing.T) {
	s := web.StartOurs(t, web.New(t, nil))
	known := request{method: "GET", target: "/private/"}
	if got := status(t, s, known); got != 200 {
		t.Fatal(got)
	}
	started := time.Now()
	const guesses = 24
	var all sync.WaitGroup
	for n := range guesses {
		all.Go(func() {
			q, _ := http.NewRequest("GET", s.URL+"/private/", nil)
			q.SetBasicAuth("admin", fmt.Sprint("guess", n))
			resp, err := s.Client.Do(q)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			if resp.StatusCode != 401 {
				t.Errorf("guess %d: %d", n, resp.StatusCode)
			}
		})
	}
	for range 20 {
		if got := status(t, s, known); got != 200 {
			t.Errorf("the right password among guesses: %d", got)
		}
	}
	all.Wait()
	// The delays add up to 66 seconds for four attempts at a time.
	if took := time.Since(started); took < 8*time.Second {
		t.Errorf("%d guesses take %v only", guesses, took)
	}
}
