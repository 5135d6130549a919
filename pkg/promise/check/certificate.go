package check

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"strconv"
	"strings"
)

// Differences from upstream: end dates from 2050 on are read, and years before
// 2000 are not taken for the 21st century's.
var _ = register(&Check{
	Name:  "check_certificate",
	About: "a certificate does not expire soon and belongs to its key",
	Options: []Option{
		{Name: "certificate", Required: true, About: "PEM file; its first certificate is checked"},
		{Name: "key", About: "PEM file of the private key"},
		{Name: "certificate-expiration-days", Default: "15", About: "how many days the certificate must still be good for"},
	},
	Minutes: 2,
	run:     certificate,
})

func certificate(_ context.Context, in *Input) Outcome {
	file, keyFile := in.Text("certificate"), in.Text("key")
	days, err := strconv.Atoi(strings.TrimSpace(in.Text("certificate-expiration-days")))
	if err != nil {
		return broken("ERROR certificate-expiration-days is wrong: %s", Repr(in.Text("certificate-expiration-days")))
	}
	text, first, err := readCertificate(in.Path("certificate"))
	if err != nil {
		return broken("ERROR Problem loading certificate %s, error: %s", Repr(file), fileErrorText(err, file))
	}
	if first.NotAfter.AddDate(0, 0, -days).Before(in.Now()) {
		return broken("ERROR Certificate %s will expire in less than %d days", Repr(file), days)
	}
	if keyFile == "" {
		return kept("OK Certificate %s is ok, no key provided", Repr(file))
	}
	key, err := os.ReadFile(in.Path("key"))
	if err != nil {
		return broken("ERROR Problem loading key %s, error: %s", Repr(keyFile), errnoText(err))
	}
	switch _, err := tls.X509KeyPair(text, key); {
	case err == nil:
		return kept("OK Certificate %s and key %s are ok", Repr(file), Repr(keyFile))
	case strings.Contains(err.Error(), "does not match"):
		return broken("ERROR Certificate %s does not match key %s", Repr(file), Repr(keyFile))
	default:
		return broken("ERROR Problem loading key %s, error: %v", Repr(keyFile), err)
	}
}

// readCertificate is a file's text and its first certificate.
func readCertificate(path string) ([]byte, *x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, nil, errors.New("Invalid PEM encoding")
		}
		if block.Type == "CERTIFICATE" {
			certificate, err := x509.ParseCertificate(block.Bytes)
			return text, certificate, err
		}
	}
}
