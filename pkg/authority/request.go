package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/ini.v1"
)

// request is one file of the requests folder, in ConfigParser form.
type request struct {
	Name string // common name
	Key  string // file, below the authority's private folder
	Cert string // file, below its certificates folder
}

func (a *Authority) read(path string) (*request, error) {
	file, err := ini.LoadSources(ini.LoadOptions{IgnoreInlineComment: true, PreserveSurroundedQuote: true, KeyValueDelimiters: "=:"}, path)
	if err != nil {
		return nil, err
	}
	s := file.Section("certificate")
	r := &request{Name: s.Key("name").Value(), Key: s.Key("key_file").Value(), Cert: s.Key("certificate_file").Value()}
	if r.Name == "" || !below(a.Private, r.Key) || !below(a.Certs, r.Cert) {
		return nil, fmt.Errorf("a request names a name, a key_file below %s and a certificate_file below %s", a.Private, a.Certs)
	}
	return r, nil
}

func below(folder, path string) bool {
	rest, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsAbs(path) && rest != "." && !strings.HasPrefix(rest, "..")
}

// answer signs one request unless its key and certificate are there.
func (a *Authority) answer(path string, caKey crypto.Signer, ca *x509.Certificate) error {
	r, err := a.read(path)
	if err != nil {
		return err
	}
	if present(r.Key) && present(r.Cert) {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := newSerial()
	if err != nil {
		return err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: r.Name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(strings.Trim(r.Name, "[]")); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{strings.ReplaceAll(r.Name, " ", "-")}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca, key.Public(), caKey)
	if err != nil {
		return err
	}
	// Services wait for the certificate, so the key comes first.
	if err := writeKey(r.Key, key); err != nil {
		return err
	}
	return writeCertificate(r.Cert, der)
}

func present(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Size() > 0
}
