package check

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"slapmonitor/pkg/python"
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
		{Name: "url", About: "the address"},
		{Name: "timeout", About: "seconds to connect, and between two pieces of the answer (default 5, less if the promise has less)"},
		{Name: "http-code", Default: "200", About: "the expected status, after redirects"},
		{Name: "ignore-code", Default: "0", About: "1: any status will do"},
		{Name: "allow-redirects", Default: "1", About: "0: a redirect is the answer"},
		{Name: "verify", Default: "0", About: "1: the server's certificate must be trusted by the system, or $REQUESTS_CA_BUNDLE"},
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
	address := strings.TrimLeft(in.Text("url"), " \t\n")
	shown := python.Repr(in.Text("url"))
	if out := unusableURL(address, shown); out.Failed {
		return out
	}
	timeout := in.urlTimeout()
	client, out := in.httpClient(timeout, shown)
	if out.Failed {
		return out
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
	if err != nil {
		return requestFailure(err, request.URL, shown, timeout)
	}
	defer response.Body.Close()
	if n, err := io.Copy(io.Discard, io.LimitReader(response.Body, maxBody)); err != nil {
		return bodyFailure(err, n, response, shown)
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
	case strings.Contains(address, ":") && !strings.HasPrefix(strings.ToLower(address), "http"):
		return broken("ERROR: No connection adapters were found for %s", shown)
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

// requestFailure says why there is no answer.
func requestFailure(err error, u *url.URL, shown string, timeout time.Duration) Outcome {
	var at *url.Error
	var op *net.OpError
	var unverified *tls.CertificateVerificationError
	if errors.As(err, &at) {
		err = at.Err
	}
	isOp := errors.As(err, &op)
	switch text := err.Error(); {
	case errors.Is(err, errRedirects):
		return broken("ERROR: %v", errRedirects)
	case strings.HasPrefix(text, "unsupported protocol scheme"):
		return broken("ERROR: No connection adapters were found for %s", python.Repr(at.URL))
	case errors.Is(err, context.DeadlineExceeded):
		return broken("ERROR: %s: no complete answer before the promise's deadline", pool(u))
	case errors.As(err, &unverified):
		return broken("ERROR SSL error while accessing %s: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: %v", shown, unverified.Err)
	case errors.As(err, new(*net.DNSError)), isOp && op.Op == "dial":
		return broken("ERROR connection not possible while accessing %s", shown)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return broken("ERROR: %s: Read timed out. (read timeout=%g)", pool(u), timeout.Seconds())
	case u.Scheme == "https" && (strings.Contains(text, "tls: ") || strings.Contains(text, "x509: ")):
		return broken("ERROR SSL error while accessing %s: %v", shown, err)
	case isOp, errors.Is(err, io.EOF), strings.Contains(text, "transport connection broken"):
		return broken("ERROR connection not possible while accessing %s", shown)
	}
	return broken("ERROR: %v", err)
}

// bodyFailure says why an answer is not complete, n bytes of its body read.
func bodyFailure(err error, n int64, response *http.Response, shown string) Outcome {
	switch missing := response.ContentLength - n; {
	case errors.Is(err, context.DeadlineExceeded):
		return broken("ERROR: %s: no complete answer before the promise's deadline", pool(response.Request.URL))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return broken("ERROR connection not possible while accessing %s", shown)
	case errors.Is(err, io.ErrUnexpectedEOF) && missing > 0:
		text := fmt.Sprintf("IncompleteRead(%d bytes read, %d more expected)", n, missing)
		return broken("ERROR: ('Connection broken: %s', %s)", text, text)
	}
	return broken("ERROR: Connection broken: %v", err)
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
	return fmt.Sprintf("%s(host=%s, port=%s)", kind, python.Repr(u.Hostname()), port)
}
