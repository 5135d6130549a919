package standalone

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/supervise"
)

const (
	// startLimit bounds the server's start: it may have to make its key.
	startLimit = time.Minute
	// knockPause is between two looks whether it is there.
	knockPause = 50 * time.Millisecond
)

// isServer is true for the wrapper of the monitor's server, whose name ends in
// a hash (contract/stack.md 1.7).
func isServer(program string) bool { return strings.HasPrefix(program, "monitor-httpd") }

// serverIn tells whether one of the folders holds the server.
func (s *Standalone) serverIn(folders []string) bool {
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue // no such folder: no server there
		}
		for _, e := range entries {
			if s.conf != nil && isServer(e.Name()) {
				return true
			}
		}
	}
	return false
}

// awaitServer waits until the monitor's own server answers. A server that ends
// meanwhile will not get better by being started again: its last words are the
// error.
func (s *Standalone) awaitServer(ctx context.Context) error {
	defer s.up.Store(true)
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	for {
		knock := time.NewTimer(knockPause)
		select {
		case e := <-s.down:
			knock.Stop()
			return s.noServer(e)
		case <-limit.C:
			knock.Stop()
			return fmt.Errorf("the monitor's server does not answer at %s; see its log in %s", s.partition.BaseURL, s.logs())
		case <-ctx.Done():
			knock.Stop()
			return nil
		case <-knock.C:
		}
		if answers(ctx, s.conf.HTTPD) {
			return nil
		}
	}
}

func (s *Standalone) noServer(e supervise.Event) error {
	reason := e.Output
	if e.Err != nil {
		reason = e.Err.Error()
	}
	if reason == "" {
		reason = fmt.Sprintf("it ended with %s and said nothing", e.Exit)
	}
	return fmt.Errorf("the monitor's server did not start: %s (its log is in %s)", reason, s.logs())
}

// answers is true when the server at the address shows this partition's
// certificate: another program may have the port.
func answers(ctx context.Context, httpd monitorconf.HTTPD) bool {
	text, err := os.ReadFile(httpd.CertFile)
	if err != nil {
		return false // it has not made it yet
	}
	own, _ := pem.Decode(text)
	if own == nil {
		return false
	}
	dialer := tls.Dialer{
		NetDialer: &net.Dialer{Timeout: 2 * time.Second},
		Config: &tls.Config{
			InsecureSkipVerify: true, // self-signed; compared below instead
			VerifyConnection: func(c tls.ConnectionState) error {
				if len(c.PeerCertificates) == 0 || !bytes.Equal(c.PeerCertificates[0].Raw, own.Bytes) {
					return fmt.Errorf("not this partition's certificate")
				}
				return nil
			},
		},
	}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(httpd.IP, httpd.Port))
	if err != nil {
		return false
	}
	return conn.Close() == nil
}
