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
	"fmt"
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

// make writes a new certificate. The key stays when it is ours already, so that
// who trusts it by its key goes on trusting it. The key file comes first: a
// reader between the two writes finds a pair that does not match, keeps what it
// has, and looks again.
func (k *Keeper) make() error {
	key, err := k.key()
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	der, err := selfSign(key, k.names, k.now())
	if err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	if err := write(k.keyFile, "PRIVATE KEY", keyDER, document.SecretMode); err != nil {
		return err
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

func (k *Keeper) key() (crypto.Signer, error) {
	if k.current != nil && isOurs(k.current.Leaf) {
		if key, ok := k.current.PrivateKey.(*ecdsa.PrivateKey); ok {
			return key, nil
		}
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
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
