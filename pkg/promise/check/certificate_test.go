package check

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// openssl makes a self-signed certificate NAME.pem with its key NAME.key.
func openssl(t *testing.T, p Place, name string, more ...string) {
	t.Helper()
	args := append([]string{"req", "-x509", "-nodes", "-subj", "/CN=x", "-days", "30",
		"-keyout", filepath.Join(p.Partition, name+".key"), "-out", filepath.Join(p.Partition, name+".pem")}, more...)
	if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// Certificates that crypto/x509 refuses, and that servers use.
func TestCertificatesOfAllKinds(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl makes the certificates of this test")
	}
	p := place(t)
	put(t, p, "folder/x", "")
	openssl(t, p, "other", "-newkey", "rsa:2048")
	for name, kind := range map[string][]string{
		"rsa": {"-newkey", "rsa:2048"}, "negative": {"-newkey", "rsa:2048", "-set_serial", "-5"},
		"ec": {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"}, "bitcoin": {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"},
		"brainpool": {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"}, "edwards": {"-newkey", "ed25519"},
		"pss": {"-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"}, "extension": {"-newkey", "rsa:2048", "-addext", "subjectAltName=DNS:é"},
	} {
		openssl(t, p, name, kind...)
		config := func(key string) options { return options{"certificate": name + ".pem", "key": key} }
		expect(t, p, "check_certificate", options{"certificate": name + ".pem"}, fmt.Sprintf("OK OK Certificate '%s.pem' is ok, no key provided", name))
		expect(t, p, "check_certificate", config(name+".key"), fmt.Sprintf("OK OK Certificate '%s.pem' and key '%[1]s.key' are ok", name))
		expect(t, p, "check_certificate", config("other.key"), fmt.Sprintf("KO ERROR Certificate '%s.pem' does not match key 'other.key'", name))
	}
	expect(t, p, "check_certificate", options{"certificate": "rsa.pem", "key": "rsa.pem"},
		"KO ERROR Problem loading key 'rsa.pem', error: no private key in PEM form")
	expect(t, p, "check_certificate", options{"certificate": "rsa.pem", "key": "folder"},
		"KO ERROR Problem loading key 'folder', error: [Errno 21] Is a directory")
	put(t, p, "junk.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
	expect(t, p, "check_certificate", options{"certificate": "rsa.pem", "key": "junk.key"},
		"KO ERROR Problem loading key 'junk.key', error: the key is damaged or of an unknown kind")
	put(t, p, "junk.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	expect(t, p, "check_certificate", options{"certificate": "junk.pem"},
		"KO ERROR Problem loading certificate 'junk.pem', error: malformed certificate")
}
