package check

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestSocketListening(t *testing.T) {
	p := place(t)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	port := tcp.Addr().(*net.TCPAddr).Port
	expect(t, p, "check_socket_listening", options{"host": "127.0.0.1", "port": port}, fmt.Sprintf("OK socket connection OK ('127.0.0.1', %d)", port))
	expect(t, p, "check_socket_listening", options{"host": "localhost", "port": fmt.Sprint(port)}, fmt.Sprintf("OK socket connection OK ('127.0.0.1', %d)", port))
	dir, err := os.MkdirTemp("", "sock") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	p.Partition = dir
	unix, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	expect(t, p, "check_socket_listening", options{"pathname": filepath.Join(dir, "s")}, "OK socket connection OK '"+dir+"/s'")
	expect(t, p, "check_socket_listening", options{"pathname": "s"}, "OK socket connection OK 's'")
	abstract, err := net.Listen("unix", "@"+dir)
	if err != nil {
		t.Fatal(err)
	}
	defer abstract.Close()
	expect(t, p, "check_socket_listening", options{"abstract": dir}, "OK socket connection OK '\\x00"+dir+"'")
	wrong := "KO Address must be specified in 1 of the following 3 forms: (host, port), path or abstract"
	for _, config := range []options{{}, {"host": "x"}, {"port": "1"}, {"host": "x", "port": 1, "abstract": "y"}, {"pathname": "a", "abstract": "b"}} {
		expect(t, p, "check_socket_listening", config, wrong)
	}
	expect(t, p, "check_socket_listening", options{"host": "127.0.0.1", "port": "99999"}, "KO ERROR port is not a number from 0 to 65535: '99999'")
	expect(t, p, "check_socket_listening", options{"host": "127.0.0.1", "port": "a"}, "KO invalid literal for int() with base 10: 'a'")
	expect(t, p, "check_socket_listening", options{"host": "127.0.0.1", "port": fmt.Sprintf(" %d ", port)}, fmt.Sprintf("OK socket connection OK ('127.0.0.1', %d)", port))
}

// site answers in all the ways that the URL check has to tell apart.
func urlSite() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "fine") })
	mux.HandleFunc("/401", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "u" || password != "p" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	mux.HandleFunc("/to-ok", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/half", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "begin")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/drips", func(w http.ResponseWriter, r *http.Request) {
		for range 5 {
			io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			time.Sleep(300 * time.Millisecond)
		}
	})
	return mux
}

func TestURLAvailable(t *testing.T) {
	p := place(t)
	server := httptest.NewServer(urlSite())
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://127.0.0.1:")
	at := func(path string, more ...any) options {
		config := options{"url": server.URL + path}
		for i := 0; i < len(more); i += 2 {
			config[more[i].(string)] = more[i+1]
		}
		return config
	}
	put(t, p, "password", "p\n")
	plain := func(path string) string { return "non-authenticated request to '" + server.URL + path + "'" }
	known := "authenticated request to '" + server.URL + "/401'"
	readTimeout := "KO ERROR: HTTPConnectionPool(host='127.0.0.1', port=" + host + "): Read timed out. (read timeout=1)"
	for _, tt := range []struct {
		config options
		want   string
	}{
		{at("/ok"), "OK " + plain("/ok") + " succeeded (returned expected code 200)"},
		{at("/no"), "KO " + plain("/no") + " failed (returned 404, expected 200)"},
		{at("/no", "ignore-code", 1), "OK " + plain("/no") + " succeeded (return code ignored)"},
		{at("/401", "http_code", "401"), "OK " + plain("/401") + " succeeded (returned expected code 401)"},
		{at("/401", "check-secure", "1"), "OK " + plain("/401") + " succeeded (returned expected code 401)"},
		{at("/401", "username", "u", "password", "p"), "OK " + known + " succeeded (returned expected code 200)"},
		{at("/401", "username", "u", "password-file", "password"), "OK " + known + " succeeded (returned expected code 200)"},
		{at("/401", "username", "u"), "KO " + plain("/401") + " failed (returned 401, expected 200)"},
		{at("/to-ok"), "OK " + plain("/to-ok") + " succeeded (returned expected code 200)"},
		{at("/to-ok", "allow-redirects", "0"), "KO " + plain("/to-ok") + " failed (returned 302, expected 200)"},
		{at("/loop"), "KO ERROR: Exceeded 30 redirects."},
		{at("/silent", "timeout", 1), readTimeout},
		{at("/half", "timeout", "1"), "KO ERROR connection not possible while accessing '" + server.URL + "/half'"},
		{at("/drips", "timeout", "1"), "OK " + plain("/drips") + " succeeded (returned expected code 200)"},
		{options{"url": "http://127.0.0.1:1/"}, "KO ERROR connection not possible while accessing 'http://127.0.0.1:1/'"},
		{options{"url": "http://no.such.host.invalid/"}, "KO ERROR connection not possible while accessing 'http://no.such.host.invalid/'"},
		{options{"url": " " + server.URL + "/ok"}, strings.Replace("OK "+plain("/ok"), "'h", "' h", 1) + " succeeded (returned expected code 200)"},
		{options{"url": "127.0.0.1:80/x"}, "KO ERROR: No connection adapters were found for '127.0.0.1:80/x'"},
		{at("/ok", "cert-file", "/no", "key-file", "/no"), "KO ERROR: Could not find the TLS certificate file, invalid path: /no"},
		{at("/ok", "ca-cert-file", "/no"), "KO ERROR: Could not find a suitable TLS CA certificate bundle, invalid path: /no"},
		{options{"url": ""}, "KO ERROR: Invalid URL '': No scheme supplied. Perhaps you meant https://?"},
		{options{"url": "foo"}, "KO ERROR: Invalid URL 'foo': No scheme supplied. Perhaps you meant https://foo?"},
		{options{"url": "https://"}, "KO ERROR: Invalid URL 'https://': No host supplied"},
		{options{"url": "ftp://x/"}, "KO ERROR: No connection adapters were found for 'ftp://x/'"},
		{at("/ok", "http-code", "x"), "KO ERROR http-code is not a whole number: 'x'"},
		{at("/ok", "timeout", "0"), "KO ERROR timeout is not a positive number of seconds: 0"},
	} {
		expect(t, p, "check_url_available", tt.config, tt.want)
	}
}

func TestURLAvailableOverTLS(t *testing.T) {
	p := place(t)
	server := httptest.NewTLSServer(urlSite())
	defer server.Close()
	server.Config.ErrorLog = nil
	ca := put(t, p, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	ok := "OK non-authenticated request to '" + server.URL + "/ok' succeeded (returned expected code 200)"
	expect(t, p, "check_url_available", options{"url": server.URL + "/ok"}, ok)
	expect(t, p, "check_url_available", options{"url": server.URL + "/ok", "ca-cert-file": ca}, ok)
	expect(t, p, "check_url_available", options{"url": server.URL + "/ok", "ca-cert-file": filepath.Dir(ca)}, ok)
	out := Lookup("check_url_available").Run(t.Context(), "t", p, options{"url": server.URL + "/ok", "verify": "1"})
	if !out.Failed || !strings.HasPrefix(out.Message, "ERROR SSL error while accessing '"+server.URL+"/ok': [SSL: CERTIFICATE_VERIFY_FAILED] ") {
		t.Errorf("%+v", out)
	}
	t.Setenv("REQUESTS_CA_BUNDLE", ca)
	expect(t, p, "check_url_available", options{"url": server.URL + "/ok", "verify": "1"}, ok)
	plain := httptest.NewServer(urlSite())
	defer plain.Close()
	out = Lookup("check_url_available").Run(t.Context(), "t", p, options{"url": strings.Replace(plain.URL, "http:", "https:", 1)})
	if !out.Failed || !strings.HasPrefix(out.Message, "ERROR") {
		t.Errorf("%+v", out)
	}
}

// raw answers each connection with the text that the request's path holds,
// quoted as in a URL, and hangs up.
func raw(t *testing.T) (url string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			if request, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
				io.WriteString(c, request.URL.Path[1:])
			}
			c.Close()
		}
	}()
	return "http://" + listener.Addr().String() + "/"
}

func TestURLAvailableOfServersThatDoNotSpeakHTTP(t *testing.T) {
	p, address := place(t), raw(t)
	for answer, want := range map[string]string{
		"": "", "hello\r\n\r\n": "", "HTTP/1.1 abc X\r\n\r\n": "", "ICY 200 OK\r\n\r\n": "",
		"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nab": "ERROR: ('Connection broken: IncompleteRead(2 bytes read, 6 more expected)', " +
			"IncompleteRead(2 bytes read, 6 more expected))",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel": "ERROR: Connection broken: unexpected EOF",
		"HTTP/1.1 302 X\r\nLocation: ftp://x/\r\n\r\n":                  "ERROR: No connection adapters were found for 'ftp://x/'",
	} {
		full := address + url.PathEscape(answer)
		if want == "" {
			want = "ERROR connection not possible while accessing '" + full + "'"
		}
		expect(t, p, "check_url_available", options{"url": full}, "KO "+want)
	}
}

// A server's alert is an SSL error, and old ciphers are good enough to answer.
func TestURLAvailableOfPeculiarTLS(t *testing.T) {
	p := place(t)
	server := httptest.NewUnstartedServer(urlSite())
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	out := Lookup("check_url_available").Run(t.Context(), "t", p, options{"url": server.URL + "/ok"})
	if !out.Failed || !strings.HasPrefix(out.Message, "ERROR SSL error while accessing '"+server.URL+"/ok': ") {
		t.Errorf("%+v", out)
	}
	old := httptest.NewUnstartedServer(urlSite())
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}
	old.StartTLS()
	defer old.Close()
	expect(t, p, "check_url_available", options{"url": old.URL + "/ok"},
		"OK non-authenticated request to '"+old.URL+"/ok' succeeded (returned expected code 200)")
}

func TestURLAvailableEndsWithThePromise(t *testing.T) {
	p := place(t)
	server := httptest.NewServer(urlSite())
	defer server.Close()
	p.Timeout = 1200 * time.Millisecond
	out := Lookup("check_url_available").Run(t.Context(), "t", p, options{"url": server.URL + "/drips"})
	if !out.Failed || !strings.Contains(out.Message, "deadline") {
		t.Errorf("%+v", out)
	}
}

func TestWebsocketAvailable(t *testing.T) {
	p := place(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, _, _ := r.BasicAuth(); r.URL.Path == "/secret" && user != "u" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer c.CloseNow()
		if kind, data, err := c.Read(r.Context()); err == nil {
			_ = c.Write(r.Context(), kind, []byte(strings.ToUpper(string(data))))
		}
	}))
	server.TLS = &tls.Config{}
	server.StartTLS()
	defer server.Close()
	url := strings.Replace(server.URL, "https:", "wss:", 1)
	expect(t, p, "check_websocket_available", options{"url": url}, "OK Correctly connected to '"+url+"'")
	expect(t, p, "check_websocket_available", options{"url": url, "content-to-send": "abc", "content-to-receive": "ABC"},
		"OK Correctly received 'ABC' from '"+url+"'")
	expect(t, p, "check_websocket_available", options{"url": url, "content-to-send": "abc", "content-to-receive": "abc", "binary": false},
		"KO ERROR received 'ABC' instead of 'abc'")
	expect(t, p, "check_websocket_available", options{"url": url + "/secret"}, "KO ERROR connection not possible while accessing '"+url+"/secret'")
	expect(t, p, "check_websocket_available", options{"url": url + "/secret", "username": "u", "password": "p"}, "OK Correctly connected to '"+url+"/secret'")
	expect(t, p, "check_websocket_available", options{"url": "http://x/"}, "KO ERROR: scheme http is invalid")
}

func TestServiceState(t *testing.T) {
	p := place(t)
	dir, err := os.MkdirTemp("", "sock")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	listener, err := net.Listen("unix", filepath.Join(dir, "sv.sock"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case !strings.Contains(string(body), "<methodName>supervisor.getProcessInfo</methodName>"):
			w.WriteHeader(http.StatusNotFound)
		case strings.Contains(string(body), "<string>a&lt;b</string>"):
			io.WriteString(w, `<?xml version='1.0'?><methodResponse><params><param><value><struct><member><name>pid</name><value><int>1</int></value></member>`+
				`<member><name>statename</name><value><string>RUNNING</string></value></member></struct></value></param></params></methodResponse>`)
		default:
			io.WriteString(w, `<?xml version='1.0'?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>10</int></value></member>`+
				`<member><name>faultString</name><value><string>BAD_NAME: x</string></value></member></struct></value></fault></methodResponse>`)
		}
	})}
	go server.Serve(listener)
	defer server.Close()
	expect(t, p, "check_service_state", options{"service": "a<b", "expect": "running", "run-directory": dir}, "OK OK service 'a<b' is in expected state 'running'")
	expect(t, p, "check_service_state", options{"service": "a<b", "expect": "stopped", "run-directory": dir}, "KO ERROR service 'a<b' is in state 'running' (expected 'stopped')")
	expect(t, p, "check_service_state", options{"service": "x", "expect": "stopped", "run-directory": dir}, "KO ERROR <Fault 10: 'BAD_NAME: x'>")
	out := Lookup("check_service_state").Run(t.Context(), "t", p, options{"service": "x", "expect": "stopped"})
	if !out.Failed || !strings.HasPrefix(out.Message, "ERROR supervisord does not answer at ") {
		t.Errorf("%+v", out)
	}
}

func TestPrograms(t *testing.T) {
	p := place(t)
	p.Timeout = time.Second
	put(t, p, "x", "")
	expect(t, p, "check_command_execute", options{"command": "echo $PWD >&2; false"}, "KO ERROR 'echo $PWD >&2; false' run with failure, output: b'"+p.Partition+"\\n'")
	expect(t, p, "check_command_execute", options{"command": "echo x; sleep 100"}, "KO ERROR 'echo x; sleep 100' took more than 1 seconds, output: b'x\\n'")
	expect(t, p, "validate_frontend_configuration", options{"verification-script": "/bin/true"}, "OK OK")
	expect(t, p, "validate_frontend_configuration", options{"verification-script": "/bin/false"}, "KO '/bin/false' failed without output")
	expect(t, p, "validate_frontend_configuration", options{"verification-script": "/no"}, "KO [Errno 2] No such file or directory: '/no'")
}

func TestICMP(t *testing.T) {
	p := place(t)
	out := Lookup("check_icmp_packet_lost").Run(t.Context(), "t", p, options{"address": "127.0.0.1", "ipv4": "True", "count": 2})
	if strings.Contains(out.Message, "not permitted") {
		t.Skip(out.Message)
	}
	if out.Failed || !strings.HasPrefix(out.Message, "PING host=127.0.0.1 code=200, result=") || !strings.Contains(out.Message, "packet_lost_ratio=0 msg=min ") {
		t.Errorf("%+v", out)
	}
	for config, want := range map[*options]string{
		{"address": "::1", "ipv4": "True", "count": 1}:         "OK PING host=::1 code=200, result=",
		{"address": "no.such.host.invalid"}:                    "KO PING6 host=no.such.host.invalid code=600, result=failed, packet_lost_ratio=-1 msg=",
		{"address": "0100::1", "count": 1, "threshold": "110"}: "OK PING6 host=0100::1 code=600, result=failed, packet_lost_ratio=100 msg=",
	} {
		out := Lookup("check_icmp_packet_lost").Run(t.Context(), "t", p, *config)
		if got := map[bool]string{false: "OK ", true: "KO "}[out.Failed] + out.Message; !strings.HasPrefix(got, want) {
			t.Errorf("%v: %s, want %s", *config, got, want)
		}
	}
	e, err := parsePing("10 packets transmitted, 6 received, 33.3333% packet loss, time 2ms\nrtt min/avg/max/mdev = 0.019/0.030/0.049/0.013 ms\n")
	if err != nil || e.lost != 33.3333 || e.avg != 30*time.Microsecond {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := parsePing("nonsense"); err == nil {
		t.Error("nonsense was taken")
	}
}
