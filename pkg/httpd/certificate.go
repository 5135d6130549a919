package httpd

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/httpd/certificate"
	"slapmonitor/pkg/monitorconf"
)

// announcedFile, in the state folder, tells which certificate Apache was last
// told to read: it looks at its files at a start and a graceful restart only.
const announcedFile = "apache-certificate.sha256"

// MakeCertificate makes or renews the certificate of a monitor that another
// server serves, as this one would at its start, and notes that the server is
// going to read it. An error means that the server must not: Apache ends when
// the two files do not match.
func MakeCertificate(c *monitorconf.Config) error {
	digest, err := checkCertificate(c)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.StateFolder, 0o750); err != nil {
		return fmt.Errorf("state folder: %w", err)
	}
	_, err = document.Write(filepath.Join(c.StateFolder, announcedFile), digest, document.PublicMode)
	return err
}

// CertificateChanged makes or renews it as well, and reports whether the other
// server has not been told of the one that is there now.
func CertificateChanged(c *monitorconf.Config) (bool, error) {
	digest, err := checkCertificate(c)
	if err != nil {
		return false, err
	}
	announced, err := os.ReadFile(filepath.Join(c.StateFolder, announcedFile))
	return err != nil || !bytes.Equal(announced, digest), nil
}

// checkCertificate gives a digest of both files once they are known to be good.
func checkCertificate(c *monitorconf.Config) ([]byte, error) {
	if _, err := certificate.Open(c.HTTPD.CertFile, c.HTTPD.KeyFile, names(c), slog.Default()); err != nil {
		return nil, err
	}
	sum := sha256.New()
	for _, file := range []string{c.HTTPD.CertFile, c.HTTPD.KeyFile} {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("certificate: %w", err)
		}
		part := sha256.Sum256(data)
		sum.Write(part[:])
	}
	return append(hex.AppendEncode(nil, sum.Sum(nil)), '\n'), nil
}
