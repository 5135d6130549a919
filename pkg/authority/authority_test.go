package authority

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func newAuthority(t *testing.T) *Authority {
	t.Helper()
	dir := t.TempDir()
	a := &Authority{Directory: dir, Requests: dir + "/requests", Private: dir + "/private", Certs: dir + "/certs", Company: "C"}
	for _, f := range []string{a.Requests, a.Private, a.Certs} {
		if err := os.Mkdir(f, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func (a *Authority) ask(t *testing.T, file, name, key, cert string) {
	t.Helper()
	text := fmt.Sprintf("[certificate]\nname = %s\nkey_file = %s\ncertificate_file = %s\n", name, key, cert)
	if err := os.WriteFile(filepath.Join(a.Requests, file), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSignedCertificatesVerify(t *testing.T) {
	for _, name := range []string{"service.example", "::1"} {
		a := newAuthority(t)
		a.ask(t, "r", name, a.Private+"/k", a.Certs+"/c")
		if problems, err := a.Pass(); err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		pair, err := tls.LoadX509KeyPair(a.Certs+"/c", a.Private+"/k")
		if err != nil {
			t.Fatal(err)
		}
		ca, err := readCertificate(a.certFile())
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(ca)
		if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, key := range []string{a.Private + "/k", a.keyFile()} {
			if st, err := os.Stat(key); err != nil || st.Mode() != 0o600 {
				t.Errorf("%s: %v, %v", key, st.Mode(), err)
			}
		}
	}
}

func TestNothingIsSignedTwice(t *testing.T) {
	a := newAuthority(t)
	a.ask(t, "r", "n", a.Private+"/k", a.Certs+"/c")
	for range 2 {
		before, _ := os.ReadFile(a.Certs + "/c")
		if _, err := a.Pass(); err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(a.Certs + "/c")
		if err != nil || before != nil && string(before) != string(after) {
			t.Fatalf("signed again, or not at all: %v", err)
		}
	}
	// A service that lost its key gets a new pair.
	if err := os.Remove(a.Private + "/k"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Pass(); err != nil {
		t.Fatal(err)
	}
	if _, err := tls.LoadX509KeyPair(a.Certs+"/c", a.Private+"/k"); err != nil {
		t.Error(err)
	}
}

func TestBadRequestsStopNoOther(t *testing.T) {
	a := newAuthority(t)
	a.ask(t, "1-outside", "n", "/etc/passwd", a.Certs+"/x")
	a.ask(t, "2-climbing", "n", a.Private+"/../../k", a.Certs+"/x")
	a.ask(t, "3-nameless", "", a.Private+"/k3", a.Certs+"/c3")
	a.ask(t, "4-good", "n", a.Private+"/k", a.Certs+"/c")
	if err := os.WriteFile(a.Requests+"/5-garbage", []byte("\x00\xff["), 0o600); err != nil {
		t.Fatal(err)
	}
	problems, err := a.Pass()
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) != 4 || problems["4-good"] != nil {
		t.Errorf("problems: %v", problems)
	}
	if !present(a.Certs + "/c") {
		t.Error("the good request was not signed")
	}
}

func TestDamagedAuthorityIsNotReplaced(t *testing.T) {
	a := newAuthority(t)
	if _, err := a.Pass(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(a.certFile(), []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Pass(); err == nil || !strings.Contains(err.Error(), a.certFile()) {
		t.Errorf("got %v", err)
	}
}
