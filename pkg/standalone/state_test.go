package standalone

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/supervise"
)

func TestState(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
		well  bool
	}{
		{"all kept", map[string]string{"a": status("a", "OK", "", 0), "b": status("b", "OK", "", time.Hour)}, "OK 2 kept", true},
		{"two broken", map[string]string{"z": status("z", "ERROR", "last", 0), "a": status("a", "WARNING", "", 0), "b": status("b", "OK", "", 0)},
			"ERROR 2 of 3: a: no message; z: last", false},
		{"long message", map[string]string{"a": status("a", "ERROR", strings.Repeat("é", 150), 0)}, "ERROR 1 of 1: a: " + strings.Repeat("é", 100) + " …", false},
		{"none", nil, "ERROR no promise has been run yet", false},
		{"old", map[string]string{"a": status("a", "OK", "", time.Hour)},
			"ERROR 1 kept, but no promise has been run since " + time.Now().Add(-time.Hour).Format("15:04") + ": does the crond service run?", false},
		{"damaged", map[string]string{"a": `{"status":`, "b": status("b", "OK", "", 0)}, "ERROR 1 kept, but FILE is damaged: unexpected end of JSON input", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			public := t.TempDir()
			for name, text := range c.files {
				write(t, filepath.Join(public, "promise", name+".status.json"), text)
			}
			s := ReadState(&monitorconf.Config{PublicFolder: public}, time.Now())
			want := strings.ReplaceAll(c.want, "FILE", filepath.Join(public, "promise/a.status.json"))
			if s.String() != want || s.Well() != c.well {
				t.Errorf("%q (well %v), want %q (%v)", s, s.Well(), want, c.well)
			}
		})
	}
}

func TestUntilLine(t *testing.T) {
	minute := time.Date(2026, 11, 21, 10, 1, 0, 0, time.UTC)
	for second, want := range map[int]int{0: 50, 49: 1, 50: 60, 59: 51} {
		if got := untilLine(minute.Add(time.Duration(second) * time.Second)); got != time.Duration(want)*time.Second {
			t.Errorf("at second %d: %v, want %d s", second, got, want)
		}
	}
}

func TestNews(t *testing.T) {
	var term terminal
	end := supervise.Event{Path: "/s", What: supervise.Ended, Exit: "exit status 1", Output: "no", Pause: time.Second}
	later := end
	later.Pause = time.Minute
	other := end
	other.Output = "other"
	elsewhere := end
	elsewhere.Path = "/t"
	for i, c := range []struct {
		event supervise.Event
		want  bool
	}{{end, true}, {later, false}, {other, true}, {end, true}, {elsewhere, true}, {end, false},
		{supervise.Event{Path: "/s", What: supervise.Back}, true}, {end, true}} {
		if got := term.news(c.event); got != c.want {
			t.Errorf("%d: %v is news: %v, want %v", i, c.event, got, c.want)
		}
	}
}

// certificate makes a self-signed one and its PEM text.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestAnswers(t *testing.T) {
	own, text := certificate(t)
	other, _ := certificate(t)
	certFile := filepath.Join(t.TempDir(), "cert")
	serve := func(c tls.Certificate) monitorconf.HTTPD {
		l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{c}})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				_ = conn.(*tls.Conn).Handshake() // the client's verdict is what counts
				_ = conn.Close()
			}
		}()
		t.Cleanup(func() { _ = l.Close(); <-done })
		host, port, _ := net.SplitHostPort(l.Addr().String())
		return monitorconf.HTTPD{IP: host, Port: port, CertFile: certFile}
	}
	mine, foreign := serve(own), serve(other)
	if answers(context.Background(), mine) {
		t.Error("it answers before it has a certificate")
	}
	write(t, certFile, "no certificate")
	if answers(context.Background(), mine) {
		t.Error("it answers with a damaged certificate")
	}
	write(t, certFile, text)
	if !answers(context.Background(), mine) {
		t.Error("it does not answer")
	}
	if answers(context.Background(), foreign) {
		t.Error("a foreign server was taken for it")
	}
	closed := mine
	closed.Port = "1"
	if answers(context.Background(), closed) {
		t.Error("nothing was taken for it")
	}
}

func TestInstalled(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	write(t, dir+"/tool", "#!/bin/sh\n")
	write(t, dir+"/data", "data")
	for name, want := range map[string]bool{"tool": true, "data": false, "absent-tool": false} {
		if installed(name) != want {
			t.Errorf("%s installed: %v, want %v", name, !want, want)
		}
	}
}
