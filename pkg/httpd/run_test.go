package httpd

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestAlreadyRunning(t *testing.T) {
	s := serve(t, partition(t, nil))
	if text, _ := os.ReadFile(s.config.HTTPD.PIDFile); string(text) != strconv.Itoa(os.Getpid())+"\n" {
		t.Errorf("pid file %q", text)
	}
	if _, err := Start(s.config); !errors.Is(err, ErrRunning) || !strings.HasPrefix(err.Error(), "already running") {
		t.Errorf("%v", err)
	}
	if got := s.do("GET", "/public/", ""); got.status != 200 {
		t.Errorf("the first server after that: %d", got.status)
	}
}

// One sentence says what is wrong and where, and nothing is left running.
func TestStartFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for name, c := range map[string]struct {
		spoil func(*site)
		want  string
	}{
		"port taken":      {func(s *site) { s.config.HTTPD.Port = port }, "port " + port + " of 127.0.0.1 is in use by another program"},
		"foreign address": {func(s *site) { s.config.HTTPD.IP = "192.0.2.1" }, "192.0.2.1 is not an address of this machine"},
		"bad certificate": {func(s *site) {
			write(t, s.config.HTTPD.CertFile, "x")
			write(t, s.config.HTTPD.KeyFile, "x")
		}, "certificate "},
		"no folder for logs": {func(s *site) {
			write(t, s.config.Partition+"/file", "")
			s.config.HTTPD.AccessLog = s.config.Partition + "/file/log"
		}, "folder of log"},
		"public is a file": {func(s *site) {
			write(t, s.config.PublicFolder, "")
		}, "folder that the server needs"},
	} {
		s := &site{config: partition(t, nil)}
		c.spoil(s)
		_, err := Start(s.config)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(s.config.HTTPD.PIDFile); err == nil {
			t.Errorf("%s: the pid file is left", name)
		}
	}
}

func TestIPv6(t *testing.T) {
	c := partition(t, nil)
	c.HTTPD.IP = "::1"
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here: ", err)
	}
	l.Close()
	s := serve(t, c)
	if got := s.do("GET", "/public/", ""); got.status != 200 || !strings.HasPrefix(s.url, "https://[::1]:") {
		t.Errorf("%s: %d", s.url, got.status)
	}
}

// Old clients say that they speak HTTP/1.0 before they speak at all.
func TestClientOfAnOlderProtocol(t *testing.T) {
	s := serve(t, partition(t, nil))
	for _, offered := range [][]string{nil, {"http/1.0"}, {"x", "http/1.1"}, {"spdy/3"}} {
		conn, err := tls.Dial("tcp", s.server.Addr().String(), &tls.Config{RootCAs: s.roots, NextProtos: offered})
		if err != nil {
			t.Errorf("%q: %v", offered, err)
			continue
		}
		io.WriteString(conn, "GET /public/ HTTP/1.0\r\n\r\n")
		line := make([]byte, len("HTTP/1.0 200"))
		if _, err := io.ReadFull(conn, line); err != nil || string(line) != "HTTP/1.0 200" {
			t.Errorf("%q: %q %v", offered, line, err)
		}
		conn.Close()
	}
}

// Requests under way are answered when the server is told to stop.
func TestGracefulStop(t *testing.T) {
	c := partition(t, map[string]string{"private/config/.jio_documents/f": "old"})
	server, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx) }()
	conn, err := tls.Dial("tcp", server.Addr().String(), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "PUT /share/private/config/.jio_documents/f HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n")
	line := make([]byte, len("HTTP/1.1 100"))
	if _, err := io.ReadFull(conn, line); err != nil || string(line) != "HTTP/1.1 100" {
		t.Fatalf("%q %v", line, err)
	}
	cancel()
	for { // until nobody listens any more
		probe, err := net.Dial("tcp", server.Addr().String())
		if err != nil {
			break
		}
		probe.Close()
		time.Sleep(time.Millisecond)
	}
	io.WriteString(conn, "newest")
	all, _ := io.ReadAll(conn)
	if !strings.Contains(string(all), "204 No Content") {
		t.Errorf("the upload under way: %q", all)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(c.PrivateFolder + "/config/.jio_documents/f"); string(text) != "newest" {
		t.Errorf("%q", text)
	}
	if _, err := os.Stat(c.HTTPD.PIDFile); err == nil {
		t.Error("the pid file is left")
	}
}

func TestLogs(t *testing.T) {
	s := example(t)
	s.do("GET", "/public/feed", "")
	s.known("GET", "/private/nothing?x=1", "")
	s.do("GET", "/private/", "", "user", "admin:topsecret")
	c := s.raw("GET https://admin:topsecret@x/public/feed HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	io.ReadAll(c)
	io.ReadAll(s.raw("GET /private/%22%0Ax HTTP/1.1\r\nHost: x\r\nAuthorization: Basic bm9ib2R5OnRvcHNlY3JldA==\r\nConnection: close\r\n\r\n"))
	if err := os.Rename(s.config.HTTPD.AccessLog, s.config.HTTPD.AccessLog+".1"); err != nil {
		t.Fatal(err)
	}
	if err := s.server.Reopen(); err != nil {
		t.Fatal(err)
	}
	s.do("GET", "/public/feeds", "")
	if err := s.server.Reopen(); err != nil { // writes what is buffered
		t.Fatal(err)
	}
	old, err := os.ReadFile(s.config.HTTPD.AccessLog + ".1")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(old)), "\n")
	for i, want := range []string{
		`127.0.0.1 - - [`, `"GET /public/feed HTTP/1.1" 200 6`,
		`127.0.0.1 - admin [`, `"GET /private/nothing?x=1 HTTP/1.1" 404 10`,
		`127.0.0.1 - - [`, `"GET /private/ HTTP/1.1" 401 13`,
		`127.0.0.1 - - [`, `"GET /public/feed HTTP/1.1" 200 6`,
		`127.0.0.1 - - [`, `"GET /private/%22%0Ax HTTP/1.1" 401 13`,
	} {
		if i/2 >= len(lines) || !strings.Contains(lines[i/2], want) {
			t.Errorf("no %s in\n%s", want, old)
		}
	}
	if strings.Contains(string(old), "secret") || strings.Contains(string(old), "YWRtaW46") {
		t.Error("the log holds credentials")
	}
	if text, _ := os.ReadFile(s.config.HTTPD.AccessLog); !strings.Contains(string(text), "/public/feeds") {
		t.Errorf("after reopening: %q", text)
	}
}

// Clients that say nothing, half a header or half a body keep nobody out.
func TestSlowClients(t *testing.T) {
	s := example(t)
	var idle []net.Conn
	hold := func(c net.Conn, err error) {
		if err != nil {
			t.Fatal(err)
		}
		idle = append(idle, c)
	}
	for range 40 {
		hold(net.Dial("tcp", s.server.Addr().String()))
		hold(s.raw(""), nil)
		hold(s.raw("GET /public/feed HTTP/1.1\r\nHo"), nil)
		hold(s.raw("PUT /share/private/config/.jio_documents/f HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nContent-Length: 100000\r\n\r\nx"), nil)
		hold(s.raw("GET /public/feed HTTP/1.1\r\nHost: x\r\n\r\nGET /public/fe"), nil)
	}
	for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
		if got := s.known(method, "/share/private/_document_list", ""); got.status != 200 {
			t.Errorf("%s among 200 slow clients: %d", method, got.status)
		}
	}
	for _, c := range idle {
		c.Close()
	}
}

// More clients than connections are allowed: silent ones make room.
func TestTooManyConnections(t *testing.T) {
	few := normal
	few.conns = 10
	s := serveWith(t, partition(t, map[string]string{"public/feed": "x"}), few)
	for range 30 {
		c, err := net.Dial("tcp", s.server.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	s.client.CloseIdleConnections()
	if got := s.do("GET", "/public/feed", ""); got.status != 200 {
		t.Errorf("%d", got.status)
	}
	if n := s.server.conns.Count(); n > 10 {
		t.Errorf("%d connections", n)
	}
}

// Headers and bodies that do not come are given up, whatever the client promises.
func TestTimeouts(t *testing.T) {
	short := normal
	short.header, short.idle, short.pace.Grace = 300*time.Millisecond, 300*time.Millisecond, 300*time.Millisecond
	s := serveWith(t, partition(t, map[string]string{"private/config/.jio_documents/f": "old"}), short)
	for name, text := range map[string]string{
		"nothing":     "",
		"half header": "GET /public/ HTTP/1.1\r\nHo",
		"half body":   "PUT /share/private/config/.jio_documents/f HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nContent-Length: 100000\r\n\r\nx",
		"idle":        "GET /public/ HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		c := s.raw(text)
		if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(c); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the connection stays", name)
		}
	}
	if text, _ := os.ReadFile(s.path("private/config/.jio_documents/f")); string(text) != "old" {
		t.Errorf("%q", text)
	}
}

func TestLimitsOfRequests(t *testing.T) {
	s := example(t)
	get := func(head string) string {
		return s.statusOf(s.raw("GET /public/feed HTTP/1.1\r\nHost: x\r\n" + head + "\r\n"))
	}
	if got := get("X: " + strings.Repeat("x", 20<<10) + "\r\n"); got != "200" {
		t.Errorf("a header of 20 KiB: %s", got)
	}
	if got := get("X: " + strings.Repeat("x", 64<<10) + "\r\n"); got != "431" {
		t.Errorf("a header of 64 KiB: %s", got)
	}
	if got := s.statusOf(s.raw("GET /public/" + strings.Repeat("x", 9000) + " HTTP/1.1\r\nHost: x\r\n\r\n")); got != "414" {
		t.Errorf("a long path: %s", got)
	}
	if got := s.statusOf(s.raw("GET /public/feed#x HTTP/1.1\r\nHost: x\r\n\r\n")); got != "400" {
		t.Errorf("a fragment: %s", got)
	}
	if got := s.statusOf(s.raw("GET /public/feed HTTP/1.1\r\n\r\n")); got != "400" {
		t.Errorf("no Host: %s", got)
	}
	if got := s.statusOf(s.raw("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n")); got != "400" && got != "401" && got != "405" {
		t.Errorf("CONNECT: %s", got)
	}
	c := s.raw("PUT /share/private/config/.jio_documents/f HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /public/feed HTTP/1.1\r\nHost: x\r\n\r\n")
	all, _ := io.ReadAll(c)
	if bytes.Count(all, []byte("HTTP/1.1 ")) != 1 {
		t.Errorf("two lengths, and the connection goes on: %q", all)
	}
}

func TestProtocols(t *testing.T) {
	s := example(t)
	for _, c := range []struct {
		config *tls.Config
		proto  string
		works  bool
	}{
		{&tls.Config{NextProtos: []string{"h2", "http/1.1"}}, "h2", true},
		{&tls.Config{NextProtos: []string{"http/1.1"}}, "http/1.1", true},
		{&tls.Config{}, "", true},
		{&tls.Config{MaxVersion: tls.VersionTLS12}, "", true},
		{&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}}, "", false},
		{&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, "", false},
	} {
		c.config.RootCAs = s.roots
		conn, err := tls.Dial("tcp", s.server.Addr().String(), c.config)
		if (err == nil) != c.works {
			t.Errorf("%v %x: %v", c.config.NextProtos, c.config.MaxVersion, err)
		}
		if err == nil {
			if got := conn.ConnectionState().NegotiatedProtocol; got != c.proto {
				t.Errorf("%v: %q", c.config.NextProtos, got)
			}
			conn.Close()
		}
	}
	plain, err := net.Dial("tcp", s.server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	fmt.Fprint(plain, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if got, _ := io.ReadAll(plain); !strings.Contains(string(got), "400") {
		t.Errorf("plain HTTP: %q", got)
	}
}

// HTTP/2 answers as HTTP/1.1 does.
func TestHTTP2(t *testing.T) {
	s := example(t)
	large := strings.Repeat("0123456789abcdef", 100_000)
	write(t, s.path("private/large.log"), large)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots}, ForceAttemptHTTP2: true, DisableCompression: true}
	defer transport.CloseIdleConnections()
	s.client.Transport = transport
	for i, r := range []request{
		{"GET", "/public/feed", "", nil, 200},
		{"GET", "//public//feed", "", nil, 200},
		{"GET", "/private", "", nil, 301},
		{"GET", "/private/large.log", "", nil, 200},
		{"GET", "/private/large.log", "", h("Range", "bytes=0-9"), 206},
		{"HEAD", "/private/", "", nil, 200},
		{"PUT", "/share/private/config/.jio_documents/x", large, nil, 201},
		{"PUT", "/share/private/x", large, nil, 403},
		{"PROPFIND", "/share/private/", "", h("Depth", "1"), 207},
		{"LOCK", "/share/private/config/.jio_documents/x", exclusive, nil, 200},
		{"DELETE", "/share/private/config/.jio_documents/x", "", nil, 423},
		{"OPTIONS", "/private/", "", h("Origin", app, "Access-Control-Request-Method", "GET"), 204},
		{"TRACE", "/public/", "", nil, 405},
	} {
		got := s.known(r.method, r.target, r.body, r.headers...)
		if got.status != r.status || got.proto != "HTTP/2.0" {
			t.Errorf("%d. %s %s: %d %s over %s, want %d", i, r.method, r.target, got.status, got.body, got.proto, r.status)
		}
		if r.target == "/private/large.log" && r.status == 200 && got.body != large {
			t.Errorf("%d bytes", len(got.body))
		}
	}
	if got := s.do("GET", "/private/", ""); got.status != 401 || got.header.Get("Www-Authenticate") == "" {
		t.Errorf("%d", got.status)
	}
}

func TestQuiet(t *testing.T) {
	var log bytes.Buffer
	for _, line := range []string{"http: TLS handshake error from x: EOF\n", "http2: server connection error\n", "http2: panic serving x\n", "http: panic serving x\n", "http: Accept error\n"} {
		if n, err := (quiet{&log}).Write([]byte(line)); n != len(line) || err != nil {
			t.Errorf("%q: %d %v", line, n, err)
		}
	}
	if want := "http2: panic serving x\nhttp: panic serving x\nhttp: Accept error\n"; log.String() != want {
		t.Errorf("%q, want %q", log.String(), want)
	}
}

// Many clients at once, reading and writing: run with -race.
func TestTogether(t *testing.T) {
	s := example(t)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			doc := fmt.Sprintf("/share/private/config/.jio_documents/%d", n%4)
			for range 20 {
				s.do("GET", "/public/feed", "")
				s.known("PUT", doc, "x")
				s.known("PROPFIND", "/share/private/config/.jio_documents/", "", "Depth", "1")
				if got := s.known("LOCK", doc, exclusive); got.status < 300 {
					s.known("UNLOCK", doc, "", "Lock-Token", got.header.Get("Lock-Token"))
				}
				s.known("GET", "/private/", "")
				s.known("DELETE", doc, "")
			}
		})
	}
	all.Wait()
	if got := s.known("GET", "/metrics", ""); !strings.Contains(got.body, `code="5xx"} 0`) {
		t.Errorf("%s", got.body)
	}
}

// With few files that may be open, there are fewer connections.
func TestConnections(t *testing.T) {
	for files, want := range map[uint64]int{1 << 30: 512, math.MaxUint64: 512, 1056: 512, 1024: 496, 64: 16, 20: 1} {
		if got := connections(512, files); got != want {
			t.Errorf("%d files: %d, want %d", files, got, want)
		}
	}
}

// A client that sends all of a large body before it looks for the answer learns
// why it is refused; one that asks first sends nothing.
func TestRefusedUpload(t *testing.T) {
	s := example(t)
	large := strings.Repeat("x", 5<<20)
	for _, c := range []struct {
		target, head, want string
	}{
		{"/share/private/config/.jio_documents/x", "", "401"},
		{"/public/feed", "", "405"},
		{"/share/private/x", "Authorization: Basic YWRtaW46c2VjcmV0\r\n", "403"},
		{"/share/private/config/.jio_documents/config.tmp.json", "Authorization: Basic YWRtaW46c2VjcmV0\r\n", "413"},
	} {
		head := "PUT " + c.target + " HTTP/1.1\r\nHost: x\r\n" + c.head
		if got := s.statusOf(s.raw(head + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(large)) + large)); got != c.want {
			t.Errorf("%s: %s, want %s", c.target, got, c.want)
		}
		chunk := fmt.Sprintf("%x\r\n%s\r\n", len(large), large)
		if got := s.statusOf(s.raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + "0\r\n\r\n")); got != c.want {
			t.Errorf("%s in chunks: %s, want %s", c.target, got, c.want)
		}
		if c.want != "413" {
			if got := s.statusOf(s.raw(head + "Expect: 100-continue\r\nContent-Length: 5000000\r\n\r\n")); got != c.want {
				t.Errorf("%s asked first: %s, want %s", c.target, got, c.want)
			}
		}
	}
}
