// Package certificate keeps a server's TLS certificate: the files it is given,
// read again when they change, or a self-signed one that it makes at their
// place and renews long before it expires. It must not know HTTP.
package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"
)

// checkEvery is how long a change of the files may go unnoticed.
const checkEvery = 10 * time.Second

// Keeper holds the certificate of two files.
type Keeper struct {
	certFile, keyFile string
	names             []string // of a certificate that it makes: host names and IP addresses
	log               *slog.Logger
	now               func() time.Time

	mu       sync.Mutex
	checked  time.Time
	seen     [2]os.FileInfo
	current  *tls.Certificate
	lastTold string
}

// Open reads the certificate, or makes one for the names when neither file
// exists. An error says which file is wrong and what to do.
func Open(certFile, keyFile string, names []string, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{certFile: certFile, keyFile: keyFile, names: names, log: log, now: time.Now}
	if err := k.refresh(); err != nil {
		return nil, err
	}
	if isOurs(k.current.Leaf) && !covers(k.current.Leaf, names) { // the address changed
		if err := k.make(); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// Config is the TLS configuration of a server: 1.2 and later, forward secrecy
// and authenticated encryption only (contract/httpd.md 7). A client that offers
// none of the protocols, like curl for HTTP/1.0, gets a connection without one
// being agreed upon, as from other servers; crypto/tls alone would refuse it.
func (k *Keeper) Config(protocols ...string) *tls.Config {
	config := &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     protocols,
		GetCertificate: k.get,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
	}
	without := config.Clone()
	without.NextProtos = nil
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		known := func(offered string) bool { return slices.Contains(protocols, offered) }
		if len(hello.SupportedProtos) == 0 || slices.ContainsFunc(hello.SupportedProtos, known) {
			return nil, nil // the one above
		}
		return without, nil
	}
	return config
}

func (k *Keeper) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	if age := now.Sub(k.checked); age < 0 || age >= checkEvery {
		k.tell(k.refresh())
	}
	return k.current, nil
}

// tell logs why the certificate in use could not be replaced, once per reason.
func (k *Keeper) tell(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if err != nil && text != k.lastTold {
		k.log.Error("the certificate stays as it was", "error", err)
	}
	k.lastTold = text
}

// refresh reads changed files, and makes or renews a certificate of our own. On
// an error the current one stays.
func (k *Keeper) refresh() error {
	k.checked = k.now()
	seen, err := k.stat()
	if errors.Is(err, errNoCertificate) && (k.current == nil || isOurs(k.current.Leaf)) {
		return k.make()
	}
	if err != nil {
		return err
	}
	if k.current == nil || changed(k.seen[0], seen[0]) || changed(k.seen[1], seen[1]) {
		if err := k.read(seen); err != nil {
			return err
		}
	}
	if isOurs(k.current.Leaf) && k.isOld() {
		return k.make()
	}
	return nil
}

// isOld reports whether it is time to renew: a sixth of its life is left, or it
// was made when the clock was wrong, and nobody accepts it yet.
func (k *Keeper) isOld() bool {
	now := k.now()
	return now.Add(lifetime/6).After(k.current.Leaf.NotAfter) || now.Before(k.current.Leaf.NotBefore)
}

// errNoCertificate is no error where a certificate can be made. A key alone is
// what a server leaves that was killed between writing the two. While somebody
// else's is in use it is one: they are about to replace it.
var errNoCertificate = errors.New("the certificate file is gone")

func (k *Keeper) stat() (seen [2]os.FileInfo, err error) {
	for i, name := range [2]string{k.certFile, k.keyFile} {
		st, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return seen, fmt.Errorf("certificate: %w", err)
		}
		seen[i] = st
	}
	switch {
	case seen[0] == nil:
		return seen, fmt.Errorf("%w: %s", errNoCertificate, k.certFile)
	case seen[1] == nil:
		return seen, fmt.Errorf("key file %s is missing but its certificate %s is there: put the key beside it, or remove the certificate to have a new pair made", k.keyFile, k.certFile)
	}
	return seen, nil
}

func changed(old, current os.FileInfo) bool {
	return old == nil || !os.SameFile(old, current) || old.Size() != current.Size() || !old.ModTime().Equal(current.ModTime())
}

func (k *Keeper) read(seen [2]os.FileInfo) error {
	pair, err := tls.LoadX509KeyPair(k.certFile, k.keyFile)
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", k.certFile, k.keyFile, err)
	}
	if pair.Leaf == nil {
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
			return fmt.Errorf("certificate %s: %w", k.certFile, err)
		}
	}
	k.current, k.seen = &pair, seen
	return nil
}
