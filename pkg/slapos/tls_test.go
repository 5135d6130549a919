package slapos

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writePEM writes the test server's certificate and key, which here also
// serve as authority and as the partition's own.
func writePEM(t *testing.T, s *httptest.Server) (cert, key string) {
	t.Helper()
	pair := s.TLS.Certificates[0]
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, data []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert", "CERTIFICATE", pair.Certificate[0]), write("key", "PRIVATE KEY", der)
}

func TestCertificates(t *testing.T) {
	ctx := context.Background()
	var shown int
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		shown = len(r.TLS.PeerCertificates)
	}))
	s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are what is tested
	s.StartTLS()
	defer s.Close()
	cert, key := writePEM(t, s)
	config := Config{URL: s.URL, Computer: "c", Partition: "p"}

	err := client(t, config).Bang(ctx, "m")
	if !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), "name the authority that signed it in master-ca-file") {
		t.Errorf("an unknown authority: %v", err)
	}
	insecure := config
	insecure.Insecure = true
	if err := client(t, insecure).Bang(ctx, "m"); err != nil || shown != 0 {
		t.Errorf("told not to verify: %v, %d certificates shown", err, shown)
	}
	config.CAFile, config.CertFile, config.KeyFile = cert, cert, key
	if err := client(t, config).Bang(ctx, "m"); err != nil || shown != 1 {
		t.Errorf("with authority and certificate: %v, %d certificates shown", err, shown)
	}
	other := config
	other.URL = strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	if err := client(t, other).Bang(ctx, "m"); !errors.Is(err, ErrDenied) {
		t.Errorf("a certificate for another name: %v", err)
	}
}

func TestBadConfiguration(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := Config{URL: "https://master", Computer: "c", Partition: "p"}
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.URL = "master" }, `the master's address "master" is not an http or https URL`},
		{func(c *Config) { c.URL = "ftp://x" }, "is not an http or https URL"},
		{func(c *Config) { c.Computer = "" }, "computer-id and partition-id are needed"},
		{func(c *Config) { c.CertFile = file + "x" }, "read the partition's certificate"},
		{func(c *Config) { c.CertFile, c.KeyFile = file, file }, "read the partition's certificate"},
		{func(c *Config) { c.CAFile = file + "x" }, "read the authorities"},
		{func(c *Config) { c.CAFile = file }, "holds no certificate in PEM form"},
	} {
		bad := good
		c.change(&bad)
		if _, err := New(bad); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestURLs(t *testing.T) {
	for in, want := range map[string]string{
		"https://slap.vifib.com": "https://slap.vifib.com/",
		"http://[::1]:5000/":     "http://[::1]:5000/",
		// All of it is an address, so there is no port, as slapos.core has it.
		"http://::1:5000":                    "http://[::1:5000]/",
		"https://2001:db8::1":                "https://[2001:db8::1]/",
		"http://2001:db8::1/a/b/":            "http://[2001:db8::1]/a/b/",
		"http://2001:db8:1:2:3:4:5:6:5000/x": "http://[2001:db8:1:2:3:4:5:6]:5000/x/",
		" http://127.0.0.1:4000 ":            "http://127.0.0.1:4000/",
		"http://master:80/slap?x=1#y":        "http://master:80/slap/",
	} {
		u, err := parseURL(in)
		if err != nil || u.String() != want {
			t.Errorf("%q: %v, %v; want %s", in, u, err, want)
		}
	}
}
