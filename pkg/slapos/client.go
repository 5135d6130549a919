// Package slapos is a small client of a SlapOS master: it publishes and reads
// connection parameters, requests instances, bangs, and reports errors, as the
// computer partition that it acts for.
//
// It owns the wire format (contract/buildout.md 4.5, contract/promises.md 1.9)
// and nothing else: it knows no recipe and no monitor. The tests run it against
// a real slapproxy.
package slapos

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	defaultTimeout = 30 * time.Second
	maxAnswer      = 8 << 20
)

// Config says which master to talk to and as whom.
type Config struct {
	// URL of the master; an IPv6 address in it may lack its brackets.
	URL string
	// Computer and Partition are what the client acts for.
	Computer, Partition string
	// CertFile and KeyFile identify the partition; "" for a master without TLS.
	CertFile, KeyFile string
	// CAFile holds the authorities that may sign the master's certificate,
	// instead of the system's.
	CAFile string
	// Insecure accepts any certificate of the master.
	Insecure bool
	// Timeout of one call; 0 means 30 seconds.
	Timeout time.Duration
}

// Client acts for one computer partition.
type Client struct {
	computer, partition string
	base                *url.URL
	http                *http.Client
	transaction         string // see transaction.go
}

// New checks the configuration and reads certificate and key; it does not
// connect yet.
func New(c Config) (*Client, error) {
	base, err := parseURL(c.URL)
	if err != nil {
		return nil, err
	}
	if c.Computer == "" || c.Partition == "" {
		return nil, fmt.Errorf("the master %s is asked on behalf of a partition: computer-id and partition-id are needed", base)
	}
	settings, err := c.tls()
	if err != nil {
		return nil, err
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: settings, DisableKeepAlives: true}
	return &Client{
		computer: c.Computer, partition: c.Partition, base: base,
		http:        &http.Client{Timeout: c.Timeout, Transport: transport},
		transaction: transactionFile(c.Partition),
	}, nil
}

func (c Config) tls() (*tls.Config, error) {
	settings := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: c.Insecure} //nolint:gosec // only when asked for
	if c.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("read the partition's certificate: %w", err)
		}
		settings.Certificates = []tls.Certificate{pair}
	}
	if c.CAFile == "" {
		return settings, nil
	}
	data, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read the authorities that sign for the master: %w", err)
	}
	settings.RootCAs = x509.NewCertPool()
	if !settings.RootCAs.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form: give the authority that signed the master's certificate", c.CAFile)
	}
	return settings, nil
}

// get and post call one method of the master and return the body of its answer.
func (c *Client) get(ctx context.Context, method string, values url.Values) ([]byte, error) {
	u := c.method(method)
	u.RawQuery = values.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	return c.do(req, method)
}

func (c *Client) post(ctx context.Context, method string, values url.Values) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.method(method).String(), strings.NewReader(values.Encode()))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// How slapproxy tells partitions apart; a real master goes by the certificate.
	req.Header.Set("Authorization", fmt.Sprintf("X-SlapPartition computer_id=%s, computer_partition_id=%s", c.computer, c.partition))
	return c.do(req, method)
}

func (c *Client) method(name string) *url.URL {
	u := *c.base
	u.Path += name
	return &u
}

func (c *Client) do(req *http.Request, method string) ([]byte, error) {
	req.Header.Set("Accept", "*/*")
	req.Header.Set("User-Agent", "slapmonitor")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.unreachable(method, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, c.unreachable(method, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, c.refused(method, resp.StatusCode, body)
	}
	return body, nil
}

// self are the fields with which every call says on whose behalf it is.
func (c *Client) self() url.Values {
	return url.Values{"computer_id": {c.computer}, "computer_partition_id": {c.partition}}
}
