package check

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// patient is a connection that limits how long nothing may be received.
type patient struct {
	net.Conn
	limit time.Duration
}

// Read waits for something to be received, for limit at most.
func (c patient) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.limit)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// httpClient is for one request; the outcome says why there is none.
func (in *Input) httpClient(timeout time.Duration, shown string) (*http.Client, Outcome) {
	config, err := in.tlsConfig()
	if err != nil && strings.Contains(err.Error(), "tls: ") {
		return nil, broken("ERROR SSL error while accessing %s: %v", shown, err)
	}
	if err != nil {
		return nil, broken("ERROR: %v", err)
	}
	dialer := net.Dialer{Timeout: timeout}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				c, err := dialer.DialContext(ctx, network, address)
				if err != nil {
					return nil, err
				}
				return patient{c, timeout}, nil
			},
			TLSClientConfig:   config,
			DisableKeepAlives: true,
		},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if !in.Bool("allow-redirects") {
				return http.ErrUseLastResponse
			}
			if len(via) > maxRedirects {
				return errRedirects
			}
			return nil
		},
	}, Outcome{}
}

// tlsConfig is how servers are talked to. All cipher suites will do: whether a
// server answers is checked, not how well it is set up.
func (in *Input) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: !in.Bool("verify")}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		config.CipherSuites = append(config.CipherSuites, suite.ID)
	}
	path := in.Path("ca-cert-file")
	if path == "" && in.Bool("verify") {
		path = cmp.Or(os.Getenv("REQUESTS_CA_BUNDLE"), os.Getenv("CURL_CA_BUNDLE"))
	}
	if path != "" {
		pool, err := certificatePool(path)
		if err != nil {
			return nil, err
		}
		config.RootCAs, config.InsecureSkipVerify = pool, false
	}
	if in.Has("cert-file") && in.Has("key-file") {
		for _, file := range []struct{ option, kind string }{{"cert-file", "certificate"}, {"key-file", "key"}} {
			if _, err := os.Stat(in.Path(file.option)); err != nil {
				return nil, fmt.Errorf("Could not find the TLS %s file, invalid path: %s", file.kind, in.Text(file.option))
			}
		}
		pair, err := tls.LoadX509KeyPair(in.Path("cert-file"), in.Path("key-file"))
		if err != nil {
			return nil, fmt.Errorf("client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// certificatePool reads a file of certificates, or all files of a folder.
func certificatePool(path string) (*x509.CertPool, error) {
	files := []string{path}
	st, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("Could not find a suitable TLS CA certificate bundle, invalid path: %s", path)
	}
	if st.IsDir() {
		files, _ = filepath.Glob(filepath.Join(path, "*"))
	}
	pool, found := x509.NewCertPool(), false
	for _, file := range files {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("certificates to trust: %w", err)
		}
		found = pool.AppendCertsFromPEM(pem) || found
	}
	if !found {
		return nil, fmt.Errorf("tls: no certificates to trust in %s", path)
	}
	return pool, nil
}
