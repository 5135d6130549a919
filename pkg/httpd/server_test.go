package httpd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"slapmonitor/pkg/monitorconf"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secretHash is "secret" as htpasswd -s hashes it.
const secretHash = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="

// partition makes a partition on disk with the given files, by their path below
// srv/monitor; a text that starts with "-> " is a symbolic link.
func partition(t testing.TB, files map[string]string) *monitorconf.Config {
	t.Helper()
	dir := t.TempDir()
	srv := filepath.Join(dir, "srv", "monitor")
	c := &monitorconf.Config{
		PublicFolder: srv + "/public", PrivateFolder: srv + "/private", WebDAVFolder: srv + "/webdav",
		StateFolder: srv + "/state", LogFolder: dir + "/var/log/monitor", DocumentFolder: srv + "/private/documents",
		Partition: dir,
		HTTPD: monitorconf.HTTPD{
			IP: "127.0.0.1", Port: "0", PIDFile: dir + "/var/run/monitor-httpd.pid",
			AccessLog: dir + "/var/log/monitor-httpd-access.log", ErrorLog: dir + "/var/log/monitor-httpd-error.log",
			CertFile: dir + "/etc/monitor-httpd.crt", KeyFile: dir + "/etc/monitor-httpd.key",
			HtpasswdFile: dir + "/etc/monitor-htpasswd", CORSDomains: []string{"monitor.app.officejs.com"},
		},
	}
	write(t, c.HTTPD.HtpasswdFile, "admin:"+secretHash+"\n")
	for name, text := range files {
		path := srv + "/" + name
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(target, path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		write(t, path, text)
	}
	return c
}

// write makes a file and its folders; a path that ends in a slash is a folder.
func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, "/") {
		return
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

// site is a running server and a client of it.
type site struct {
	t      testing.TB
	config *monitorconf.Config
	server *Server
	client *http.Client
	roots  *x509.CertPool
	url    string // https://host:port
}

// serve starts a partition's server for the time of the test.
func serve(t testing.TB, c *monitorconf.Config) *site { return serveWith(t, c, normal) }

func serveWith(t testing.TB, c *monitorconf.Config, l limits) *site {
	t.Helper()
	server, err := start(c, l)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx) }()
	pem, err := os.ReadFile(c.HTTPD.CertFile)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, config: c, server: server, url: "https://" + server.Addr().String(), roots: x509.NewCertPool()}
	s.roots.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots}, DisableCompression: true}
	s.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	return s
}

// answer is a response with its body read.
type answer struct {
	status int
	header http.Header
	body   string
	proto  string
}

// do sends a request. The headers come in pairs; "user" is short for the
// credentials of "name:password".
func (s *site) do(method, path, body string, headers ...string) answer {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.URL.RawPath, r.URL.RawQuery, _ = strings.Cut(path, "?") // as it is, whatever dots and slashes
	if r.URL.Path, err = url.PathUnescape(r.URL.RawPath); err != nil {
		s.t.Fatal(err)
	}
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "user" {
			user, password, _ := strings.Cut(headers[i+1], ":")
			r.SetBasicAuth(user, password)
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	resp, err := s.client.Do(r)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{resp.StatusCode, resp.Header, string(data), resp.Proto}
}

// known is do with the right credentials.
func (s *site) known(method, path, body string, headers ...string) answer {
	s.t.Helper()
	return s.do(method, path, body, append(headers, "user", "admin:secret")...)
}

// path is a file below srv/monitor.
func (s *site) path(name string) string {
	return filepath.Join(s.config.Partition, "srv", "monitor", name)
}

// raw opens a TLS connection and sends text over it, for what net/http's client
// would not send.
func (s *site) raw(text string) *tls.Conn {
	s.t.Helper()
	c, err := tls.Dial("tcp", s.server.Addr().String(), &tls.Config{RootCAs: s.roots, NextProtos: []string{"http/1.1"}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// statusOf reads the status line of a raw connection's answer.
func (s *site) statusOf(c net.Conn) string {
	s.t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		s.t.Fatal(err)
	}
	line := make([]byte, 12)
	if _, err := io.ReadFull(c, line); err != nil {
		return fmt.Sprint(err)
	}
	return strings.TrimPrefix(string(line), "HTTP/1.1 ")
}
