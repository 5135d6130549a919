package check

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"strings"
)

// publicKey is the key of a certificate.
type publicKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Key       asn1.BitString
}

// matches tells whether the first private key of a PEM text is the one of the
// certificate. An error is a text without a key that can be read.
func (c *x509Certificate) matches(text []byte) (bool, error) {
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return false, errors.New("no private key in PEM form")
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
			return false, errors.New("the key is encrypted")
		}
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			public, err := publicOf(block.Bytes)
			return bytes.Equal(public, c.TBS.Key.Key.Bytes), err
		}
	}
}

// pkcs8 wraps the keys of all algorithms.
type pkcs8 struct {
	Version   int
	Algorithm pkix.AlgorithmIdentifier
	Key       []byte
}

// sec1 is a key of an elliptic curve, with its public half as programs write it.
type sec1 struct {
	Version int
	Key     []byte
	Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
	Public  asn1.BitString        `asn1:"optional,explicit,tag:1"`
}

// publicOf is the public half of a private key, as certificates hold it.
func publicOf(der []byte) ([]byte, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if signer, ok := key.(crypto.Signer); ok {
			return encodePublic(signer.Public())
		}
	}
	var wrapped pkcs8
	if rest, bad := asn1.Unmarshal(der, &wrapped); bad == nil && len(rest) == 0 {
		der = wrapped.Key // of an algorithm by another name, such as RSA-PSS
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return encodePublic(key.Public())
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return encodePublic(key.Public())
	}
	var curve sec1
	if _, bad := asn1.Unmarshal(der, &curve); bad == nil && len(curve.Public.Bytes) > 0 {
		return curve.Public.Bytes, nil
	}
	return nil, errors.New("the key is damaged or of an unknown kind")
}

func encodePublic(key any) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	var public publicKey
	_, err = asn1.Unmarshal(der, &public)
	return public.Key.Bytes, err
}
