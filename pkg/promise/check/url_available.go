package check

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	maxRedirects = 30
	maxBody      = 16 << 20 // bytes read of an answer; upstream reads all
)

// errRedirects ends a chain of redirects, in the words of upstream.
var errRedirects = errors.New("Exceeded 30 redirects.")

// Differences from upstream: timeout may have a fraction; verify and
// allow-redirects take any way of saying yes or no; ~/.netrc is not read; at
// most 16 MiB of the answer are; the whole check ends with the promise's
// deadline even while bytes still drip in.
var _ = register(&Check{
	Name:  "check_url_available",
	About: "an HTTP or HTTPS address answers as expected",
	Options: []Option{
		{Name: "url", Required: true, About: "the address"},
		{Name: "timeout", About: "seconds to connect, and between two pieces of the answer (default 5, less if the promise has less)"},
		{Name: "http-code", Default: "200", About: "the expected status, after redirects"},
		{Name: "ignore-code", Default: "0", About: "1: any status will do"},
		{Name: "allow-redirects", Default: "1", About: "0: a redirect is the answer"},
		{Name: "verify", Default: "0", About: "1: the server's certificate must be trusted by the system"},
		{Name: "ca-cert-file", About: "file or folder of certificates to trust instead"},
		{Name: "cert-file", About: "client certificate, with key-file"},
		{Name: "key-file", About: "its key"},
		{Name: "username", About: "for basic authentication, with password"},
		{Name: "password", About: "for basic authentication"},
		{Name: "password-file", About: "file that holds the password, instead of password"},
		{Name: "check-secure", Default: "0", About: "1: short for http-code 401 (2017)"},
	},
	Minutes: 2,
	Anomaly: Quorum{3, 3},
	run:     urlAvailable,
})

func urlAvailable(ctx context.Context, in *Input) Outcome {
	address := in.Text("url")
	shown := Repr(address)
	if out := unusableURL(address, shown); out.Failed {
		return out
	}
	timeout := in.urlTimeout()
	ctx, watch := newInactivity(ctx, timeout)
	defer watch.stop()
	client, err := in.httpClient(timeout, watch)
	if err != nil {
		return broken("ERROR: %v", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return broken("ERROR: %v", err)
	}
	who := "non-authenticated"
	if password := in.password(); in.Has("username") && password != "" {
		request.SetBasicAuth(in.Text("username"), password)
		who = "authenticated"
	}
	response, err := client.Do(request)
	if err == nil {
		defer response.Body.Close()
		_, err = io.Copy(watch, io.LimitReader(response.Body, maxBody))
	}
	if err != nil {
		if context.Cause(ctx) == errInactive {
			err = errInactive
		}
		return requestFailure(err, request.URL, shown, timeout)
	}
	return in.judgeCode(response.StatusCode, who+" request to "+shown)
}

// password is for basic authentication, from the configuration or a file.
func (in *Input) password() string {
	if !in.Has("password-file") {
		return in.Text("password")
	}
	raw, err := os.ReadFile(in.Path("password-file"))
	if err != nil {
		in.fail("password-file: %s", fileErrorText(err, in.Text("password-file")))
	}
	return strings.TrimSpace(string(raw))
}

// judgeCode compares the status of the last answer with the expected one.
func (in *Input) judgeCode(code int, request string) Outcome {
	want := in.Int("http-code")
	if in.Bool("check-secure") {
		want = http.StatusUnauthorized
	}
	switch {
	case in.Bool("ignore-code"):
		return kept("%s succeeded (return code ignored)", request)
	case code == want:
		return kept("%s succeeded (returned expected code %d)", request, code)
	}
	return broken("%s failed (returned %d, expected %d)", request, code, want)
}

// urlTimeout is how long to wait for each step, upstream's default.
func (in *Input) urlTimeout() time.Duration {
	if in.Has("timeout") {
		seconds := in.Float("timeout")
		if seconds <= 0 {
			in.fail("timeout is not a positive number of seconds: %g", seconds)
		}
		return time.Duration(seconds * float64(time.Second))
	}
	if in.Timeout <= 0 {
		return 5 * time.Second
	}
	return max(time.Second, min(5*time.Second, in.Timeout-time.Second))
}

// unusableURL says in upstream's words what is wrong with an address.
func unusableURL(address, shown string) Outcome {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return broken("ERROR: Invalid URL %s: %v", shown, err)
	case u.Scheme == "":
		return broken("ERROR: Invalid URL %s: No scheme supplied. Perhaps you meant https://%s?", shown, address)
	case u.Scheme != "http" && u.Scheme != "https":
		return broken("ERROR: No connection adapters were found for %s", shown)
	case u.Hostname() == "":
		return broken("ERROR: Invalid URL %s: No host supplied", shown)
	}
	return Outcome{}
}

func requestFailure(err error, u *url.URL, shown string, timeout time.Duration) Outcome {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var op *net.OpError
	switch {
	case errors.Is(err, errRedirects):
		return broken("ERROR: %v", errRedirects)
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert):
		return broken("ERROR SSL error while accessing %s: %v", shown, errors.Unwrap(err))
	case errors.Is(err, errInactive), strings.Contains(err.Error(), "timeout awaiting response headers"):
		return broken("ERROR: %s: Read timed out. (read timeout=%g)", pool(u), timeout.Seconds())
	case errors.As(err, &op) && op.Op == "dial", errors.As(err, new(*net.DNSError)),
		errors.As(err, &op) && (op.Op == "read" || op.Op == "write"), errors.Is(err, io.EOF):
		return broken("ERROR connection not possible while accessing %s", shown)
	case errors.Is(err, context.DeadlineExceeded):
		return broken("ERROR: %s: no complete answer before the promise's deadline", pool(u))
	}
	return broken("ERROR: %v", errors.Unwrap(err))
}

// pool is the server as requests calls it in messages.
func pool(u *url.URL) string {
	kind, port := "HTTPConnectionPool", "80"
	if u.Scheme == "https" {
		kind, port = "HTTPSConnectionPool", "443"
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return fmt.Sprintf("%s(host=%s, port=%s)", kind, Repr(u.Hostname()), port)
}

func (in *Input) httpClient(timeout time.Duration, watch *inactivity) (*http.Client, error) {
	config, err := in.tlsConfig()
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: timeout}).DialContext,
			TLSClientConfig:       config,
			TLSHandshakeTimeout:   timeout,
			ResponseHeaderTimeout: timeout,
			DisableKeepAlives:     true,
		},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if !in.Bool("allow-redirects") {
				return http.ErrUseLastResponse
			}
			if len(via) > maxRedirects {
				return errRedirects
			}
			watch.waitForHeaders()
			return nil
		},
	}, nil
}

func (in *Input) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: !in.Bool("verify")}
	if path := in.Path("ca-cert-file"); path != "" {
		pool, err := certificatePool(path)
		if err != nil {
			return nil, err
		}
		config.RootCAs, config.InsecureSkipVerify = pool, false
	}
	if in.Has("cert-file") && in.Has("key-file") {
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
	if st, err := os.Stat(path); err == nil && st.IsDir() {
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
		return nil, fmt.Errorf("certificates to trust: none in %s", path)
	}
	return pool, nil
}
