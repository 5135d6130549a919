package certificate

import (
	"bytes"
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
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/renameio/v2"

	"slapmonitor/pkg/document"
)

// lifetime is as long as browsers that limit it accept a certificate.
const lifetime = 820 * 24 * time.Hour

// organization marks the certificates that we made and so may replace.
const organization = "SlapOS monitor, self-signed"

func isOurs(c *x509.Certificate) bool {
	return slices.Equal(c.Subject.Organization, []string{organization}) && bytes.Equal(c.RawIssuer, c.RawSubject)
}

// covers reports whether the certificate is good for all names.
func covers(c *x509.Certificate, names []string) bool {
	for _, name := range names {
		if c.VerifyHostname(name) != nil {
			return false
		}
	}
	return true
}

// make writes a new certificate, for the key that is there: who trusts the
// monitor by its key goes on trusting it, and the two files always match.
func (k *Keeper) make() error {
	key, err := k.key()
	if err != nil {
		return fmt.Errorf("the key of the certificate: %w", err)
	}
	der, err := selfSign(key, k.names, k.now())
	if err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	if err := write(k.certFile, "CERTIFICATE", der, document.PublicMode); err != nil {
		return err
	}
	seen, err := k.stat()
	if err != nil {
		return err
	}
	k.log.Info("made a self-signed certificate", "file", k.certFile, "names", k.names)
	return k.read(seen)
}

// key is the key of the key file, which is made when there is none.
func (k *Keeper) key() (crypto.Signer, error) {
	data, err := os.ReadFile(k.keyFile)
	if err == nil {
		return parseKey(k.keyFile, data)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, write(k.keyFile, "PRIVATE KEY", der, document.SecretMode)
}

func parseKey(file string, data []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s holds no key: put one there, or remove the file to have one made", file)
	}
	for _, parse := range []func([]byte) (any, error){
		x509.ParsePKCS8PrivateKey,
		func(der []byte) (any, error) { return x509.ParsePKCS1PrivateKey(der) },
		func(der []byte) (any, error) { return x509.ParseECPrivateKey(der) },
	} {
		if key, err := parse(block.Bytes); err == nil {
			if signer, ok := key.(crypto.Signer); ok {
				return signer, nil
			}
		}
	}
	return nil, fmt.Errorf("%s holds no key that can be read: put one there, or remove the file to have one made", file)
}

func selfSign(key crypto.Signer, names []string, now time.Time) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	c := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{Organization: []string{organization}},
		NotBefore:             now.Add(-24 * time.Hour), // clocks differ
		NotAfter:              now.Add(lifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, name)
		}
	}
	if len(c.DNSNames) > 0 && len(c.DNSNames[0]) <= 64 { // the limit of a common name
		c.Subject.CommonName = c.DNSNames[0]
	}
	return x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
}

func write(path, kind string, der []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("folder of %s: %w", path, err)
	}
	data := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	if err := renameio.WriteFile(path, data, mode, renameio.WithStaticPermissions(mode)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
