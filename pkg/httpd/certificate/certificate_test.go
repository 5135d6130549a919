package certificate

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var names = []string{"localhost", "2001:db8::1", "partition.example"}

type place struct{ cert, key string }

func newPlace(t *testing.T) place {
	dir := t.TempDir()
	return place{filepath.Join(dir, "ssl", "monitor-httpd.crt"), filepath.Join(dir, "ssl", "monitor-httpd.key")}
}

// fill makes a certificate that is not ours.
func (p place) fill(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority's"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(write(p.cert, "CERTIFICATE", der, 0o640), write(p.key, "PRIVATE KEY", keyDER, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func (p place) open(t *testing.T, names ...string) *Keeper {
	t.Helper()
	k, err := Open(p.cert, p.key, names, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// served is the certificate that a client gets at a time.
func served(t *testing.T, k *Keeper, at time.Time) *x509.Certificate {
	t.Helper()
	k.now = func() time.Time { return at }
	c, err := k.Config().GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf
}

func TestMake(t *testing.T) {
	p := newPlace(t)
	leaf := served(t, p.open(t, names...), time.Now())
	for _, name := range names {
		if err := leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	key, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() {
		t.Errorf("key %T", leaf.PublicKey)
	}
	if left := time.Until(leaf.NotAfter); left > 825*24*time.Hour || left < 300*24*time.Hour {
		t.Errorf("it lives for %v", left)
	}
	if err := leaf.CheckSignatureFrom(leaf); err != nil && leaf.IsCA {
		t.Error(err)
	}
	for file, want := range map[string]os.FileMode{p.key: 0o600, p.cert: 0o640} {
		if st, err := os.Stat(file); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v %v", file, st.Mode(), err)
		}
	}
	again := served(t, p.open(t, names...), time.Now())
	if !again.Equal(leaf) {
		t.Error("a second start makes another certificate")
	}
}

func TestRenewWithoutRestart(t *testing.T) {
	p := newPlace(t)
	k := p.open(t, names...)
	first := served(t, k, time.Now())
	if c := served(t, k, first.NotAfter.Add(-lifetime/6-time.Hour)); !c.Equal(first) {
		t.Error("renewed too early")
	}
	second := served(t, k, first.NotAfter.Add(-lifetime/6+time.Hour))
	if second.Equal(first) || !second.NotAfter.After(first.NotAfter) {
		t.Fatal("not renewed in time")
	}
	if !second.PublicKey.(*ecdsa.PublicKey).Equal(first.PublicKey) {
		t.Error("the key changed with the renewal")
	}
	if pair, err := tls.LoadX509KeyPair(p.cert, p.key); err != nil || !pair.Leaf.Equal(second) {
		t.Errorf("the renewed certificate is not on disk: %v", err)
	}
}

// A certificate that was made while the clock ran years ahead is valid for nobody.
func TestMadeInTheFuture(t *testing.T) {
	p := newPlace(t)
	k := p.open(t, names...)
	later := time.Now().Add(2 * lifetime)
	first := served(t, k, later)
	if first.NotBefore.Before(time.Now()) {
		t.Fatal("not made in the future")
	}
	if c := served(t, k, time.Now()); c.NotBefore.After(time.Now()) {
		t.Error("it stays when the clock is right again")
	}
}

func TestChangedAddress(t *testing.T) {
	p := newPlace(t)
	first := served(t, p.open(t, "localhost", "192.0.2.1"), time.Now())
	second := served(t, p.open(t, "localhost", "192.0.2.2"), time.Now())
	if second.Equal(first) || second.VerifyHostname("192.0.2.2") != nil {
		t.Error("the certificate is for the old address")
	}
}

// copyPair replaces the files of one place by those of another, as an operator does.
func copyPair(t *testing.T, from, to place) {
	t.Helper()
	for _, f := range [][2]string{{from.cert, to.cert}, {from.key, to.key}} {
		data, err := os.ReadFile(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f[1], data, 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(time.Minute)
		if err := os.Chtimes(f[1], at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReload(t *testing.T) {
	p, other := newPlace(t), newPlace(t)
	k := p.open(t, names...)
	first := served(t, k, time.Now())
	replacement := served(t, other.open(t, "elsewhere.example"), time.Now())
	copyPair(t, other, p)
	if c := served(t, k, time.Now()); !c.Equal(first) {
		t.Error("the files are read for every connection")
	}
	if c := served(t, k, time.Now().Add(checkEvery)); !c.Equal(replacement) {
		t.Error("changed files are not taken over")
	}
}

// Who replaces the files removes them first, perhaps: clients that trust the
// certificate do not see another one meanwhile.
func TestRemovedWhileInUse(t *testing.T) {
	p, other := newPlace(t), newPlace(t)
	other.fill(t)
	k := p.open(t, names...)
	copyPair(t, other, p)
	now := time.Now().Add(checkEvery)
	current := served(t, k, now)
	if isOurs(current) {
		t.Fatal("not taken over")
	}
	for _, file := range []string{p.cert, p.key} {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		now = now.Add(checkEvery)
		if c := served(t, k, now); !c.Equal(current) {
			t.Errorf("%s is gone, and so is the certificate", file)
		}
	}
	if _, err := os.Stat(p.cert); err == nil {
		t.Error("one was made")
	}
	copyPair(t, other, p)
	if c := served(t, k, now.Add(checkEvery)); !c.Equal(current) {
		t.Error("not there again")
	}
}

// Half a change, or none that is any good, leaves the server with what it has.
func TestBadChange(t *testing.T) {
	p, other := newPlace(t), newPlace(t)
	var log bytes.Buffer
	k, err := Open(p.cert, p.key, names, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	first := served(t, k, time.Now())
	good, _ := os.ReadFile(p.cert)
	other.open(t, names...)
	foreign, _ := os.ReadFile(other.cert)
	at := time.Now()
	for name, text := range map[string]string{"empty": "", "cut": string(good[:len(good)/2]), "of another key": string(foreign), "not PEM": "hello"} {
		if err := os.WriteFile(p.cert, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		at = at.Add(checkEvery)
		log.Reset()
		if c := served(t, k, at); !c.Equal(first) {
			t.Errorf("%s: the certificate in use changed", name)
		}
		if !strings.Contains(log.String(), p.cert) {
			t.Errorf("%s: the log says %q", name, log.String())
		}
		log.Reset()
		at = at.Add(checkEvery)
		if served(t, k, at); log.Len() > 0 {
			t.Errorf("%s: logged again: %s", name, log.String())
		}
		if _, err := Open(p.cert, p.key, names, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), p.cert) {
			t.Errorf("%s: a start says %v", name, err)
		}
		if err := os.WriteFile(p.cert, good, 0o640); err != nil {
			t.Fatal(err)
		}
		at = at.Add(checkEvery)
		served(t, k, at)
	}
}

func TestCertificateWithoutItsKey(t *testing.T) {
	p := newPlace(t)
	p.open(t, names...)
	if err := os.Remove(p.key); err != nil {
		t.Fatal(err)
	}
	_, err := Open(p.cert, p.key, names, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), p.key) || !strings.Contains(err.Error(), "put the") {
		t.Errorf("got %v", err)
	}
}

func TestConfig(t *testing.T) {
	c := newPlace(t).open(t, names...).Config("h2")
	if c.MinVersion != tls.VersionTLS12 || !slices.Equal(c.NextProtos, []string{"h2"}) {
		t.Errorf("%x %v", c.MinVersion, c.NextProtos)
	}
	for _, id := range c.CipherSuites {
		if name := tls.CipherSuiteName(id); !strings.HasPrefix(name, "TLS_ECDHE") || !strings.Contains(name, "GCM") && !strings.Contains(name, "POLY1305") {
			t.Errorf("%s is not authenticated encryption with forward secrecy", name)
		}
	}
}

func TestKilledBetweenKeyAndCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "c"), filepath.Join(dir, "k")
	if _, err := Open(cert, key, []string{"localhost"}, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(cert, key, []string{"localhost"}, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatalf("it never starts again: %v", err)
	}
	if after, err := os.ReadFile(key); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the key changed: %v", err)
	}
	if err := os.WriteFile(key, []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(cert, key, []string{"localhost"}, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), key) {
		t.Errorf("a key file without a key: %v", err)
	}
}
