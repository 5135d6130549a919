package check

import (
	"context"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"slapmonitor/pkg/python"
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
		return broken("ERROR certificate-expiration-days is wrong: %s", python.Repr(in.Text("certificate-expiration-days")))
	}
	first, err := readCertificate(in.Path("certificate"))
	if err != nil {
		return broken("ERROR Problem loading certificate %s, error: %s", python.Repr(file), fileErrorText(err, file))
	}
	if first.TBS.Validity.NotAfter.AddDate(0, 0, -days).Before(in.Now()) {
		return broken("ERROR Certificate %s will expire in less than %d days", python.Repr(file), days)
	}
	if keyFile == "" {
		return kept("OK Certificate %s is ok, no key provided", python.Repr(file))
	}
	key, err := os.ReadFile(in.Path("key"))
	if err != nil {
		return broken("ERROR Problem loading key %s, error: %s", python.Repr(keyFile), errnoText(err))
	}
	switch matches, err := first.matches(key); {
	case err != nil:
		return broken("ERROR Problem loading key %s, error: %v", python.Repr(keyFile), err)
	case !matches:
		return broken("ERROR Certificate %s does not match key %s", python.Repr(file), python.Repr(keyFile))
	}
	return kept("OK Certificate %s and key %s are ok", python.Repr(file), python.Repr(keyFile))
}

// x509Certificate is what is looked at of a certificate. The rest is none of
// this check's business: crypto/x509 refuses what servers use all the same, as
// a negative serial number, a curve it does not know or a damaged extension.
type x509Certificate struct {
	TBS struct {
		Version   int `asn1:"optional,explicit,default:0,tag:0"`
		Serial    *big.Int
		Signature asn1.RawValue
		Issuer    asn1.RawValue
		Validity  struct{ NotBefore, NotAfter time.Time }
		Subject   asn1.RawValue
		Key       publicKey
	}
}

// pemCertificate finds the first certificate of a file, wherever its lines begin.
var pemCertificate = regexp.MustCompile(`(?s)-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----`)

// readCertificate reads a file's first certificate.
func readCertificate(path string) (*x509Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	found := pemCertificate.FindSubmatch(text)
	if found == nil {
		return nil, errors.New("Invalid PEM encoding")
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(found[1])), ""))
	if err != nil {
		return nil, errors.New("Invalid PEM encoding")
	}
	var c x509Certificate
	if _, err := asn1.Unmarshal(der, &c); err != nil {
		return nil, errors.New("malformed certificate")
	}
	return &c, nil
}
