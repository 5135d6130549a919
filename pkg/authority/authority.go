// Package authority is a partition's own certificate authority: it signs the
// certificate requests that parts leave in a folder, in the layout that
// services deployed with slapos.cookbook expect (contract/buildout.md 4.5).
// The monitor's own server does not need it; other services may.
//
// It must not know who the requests come from, nor how services use them.
package authority

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"slapmonitor/pkg/document"
)

const (
	authorityLife   = 10950 * 24 * time.Hour
	certificateLife = 3650 * 24 * time.Hour
	// Requests come with a deployment; services wait for their files.
	lookEvery = 5 * time.Second
)

// Authority is the folders of one certificate authority and its name.
type Authority struct {
	Directory string // cacert.pem
	Requests  string // one request file each, see request
	Private   string // cakey.pem and the keys
	Certs     string // the certificates
	Company   string // organisation in the authority's name
}

// Serve makes the authority and signs requests until ctx ends. A request that
// cannot be signed is logged once per reason and tried again.
func (a *Authority) Serve(ctx context.Context) error {
	said := map[string]string{}
	for {
		problems, err := a.Pass()
		if err != nil {
			return err
		}
		for name, problem := range problems {
			if said[name] != problem.Error() {
				slog.Error("certificate request not signed", "request", filepath.Join(a.Requests, name), "error", problem)
			}
			said[name] = problem.Error()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookEvery):
		}
	}
}

// Pass signs all requests that have no certificate yet. The problems are by
// request file; err means that the authority itself cannot work.
func (a *Authority) Pass() (problems map[string]error, err error) {
	key, cert, err := a.load()
	if errors.Is(err, fs.ErrNotExist) {
		key, cert, err = a.create()
	}
	if err != nil {
		return nil, fmt.Errorf("certificate authority in %s: %w", a.Directory, err)
	}
	entries, err := os.ReadDir(a.Requests)
	if err != nil {
		return nil, fmt.Errorf("certificate requests: %w", err)
	}
	problems = map[string]error{}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if err := a.answer(filepath.Join(a.Requests, e.Name()), key, cert); err != nil {
			problems[e.Name()] = err
		}
	}
	return problems, nil
}

func (a *Authority) keyFile() string  { return filepath.Join(a.Private, "cakey.pem") }
func (a *Authority) certFile() string { return filepath.Join(a.Directory, "cacert.pem") }

func (a *Authority) load() (crypto.Signer, *x509.Certificate, error) {
	cert, err := readCertificate(a.certFile())
	if err != nil {
		return nil, nil, err
	}
	key, err := readKey(a.keyFile())
	return key, cert, err
}

// create makes the authority's key and certificate. The certificate comes
// last: where it is, the key is.
func (a *Authority) create() (crypto.Signer, *x509.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: fmt.Sprintf("Certificate Authority %x", serial), Organization: []string{a.Company}},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	if err := writeKey(a.keyFile(), key); err != nil {
		return nil, nil, err
	}
	if err := writeCertificate(a.certFile(), der); err != nil {
		return nil, nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return key, cert, err
}

func newSerial() (*big.Int, error) {
	return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
}

func writeKey(path string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	_, err = document.Write(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), document.SecretMode)
	return err
}

func writeCertificate(path string, der []byte) error {
	_, err := document.Write(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), document.PublicMode)
	return err
}

func readBlock(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s is no PEM file: restore it, or remove it with %s to start a new authority", path, "the other files of the authority")
	}
	return block.Bytes, nil
}

func readCertificate(path string) (*x509.Certificate, error) {
	der, err := readBlock(path)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// readKey reads a key of ours, or one that OpenSSL made for an older stack.
func readKey(path string) (crypto.Signer, error) {
	der, err := readBlock(path)
	if err != nil {
		return nil, err
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("%s holds no key: %w", path, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s holds a key that cannot sign", path)
	}
	return signer, nil
}
