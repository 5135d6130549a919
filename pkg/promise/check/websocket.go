package check

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"

	"slapmonitor/pkg/python"
)

// Differences from upstream: what is received is compared byte by byte, binary
// or not; timeout may have a fraction.
var _ = register(&Check{
	Name:  "check_websocket_available",
	About: "a websocket can be connected to, and answers as expected",
	Options: []Option{
		{Name: "url", Required: true, About: "ws:// or wss:// address; certificates are not verified"},
		{Name: "timeout", About: "seconds (default 5, less if the promise has less)"},
		{Name: "binary", Default: "True", About: "whether frames are binary"},
		{Name: "content-to-send", About: "what to send; used with content-to-receive"},
		{Name: "content-to-receive", About: "what the first message received must be"},
		{Name: "username", About: "for basic authentication"},
		{Name: "password", About: "for basic authentication"},
		{Name: "password-file", About: "file that holds the password, instead of password"},
	},
	Minutes: 2,
	Anomaly: Quorum{3, 3},
	run:     websocketAvailable,
})

func websocketAvailable(ctx context.Context, in *Input) Outcome {
	address, send, want := in.Text("url"), in.Text("content-to-send"), in.Text("content-to-receive")
	ctx, cancel := context.WithTimeout(ctx, in.urlTimeout())
	defer cancel()
	c, out := in.dialWebsocket(ctx, address)
	if c == nil {
		return out
	}
	defer c.CloseNow()
	if send == "" || want == "" {
		return kept("Correctly connected to %s", python.Repr(address))
	}
	kind := websocket.MessageText
	if in.Bool("binary") {
		kind = websocket.MessageBinary
	}
	if err := c.Write(ctx, kind, []byte(send)); err != nil {
		return broken("ERROR: %s", websocketFault(err))
	}
	_, got, err := c.Read(ctx)
	if err != nil {
		return broken("ERROR: %s", websocketFault(err))
	}
	if string(got) != want {
		return broken("ERROR received %s instead of %s", python.Repr(string(got)), python.Repr(want))
	}
	return kept("Correctly received %s from %s", python.Repr(want), python.Repr(address))
}

// dialWebsocket connects; without a connection the outcome says why.
func (in *Input) dialWebsocket(ctx context.Context, address string) (*websocket.Conn, Outcome) {
	switch u, err := url.Parse(address); {
	case err != nil || !strings.Contains(address, ":"):
		return nil, broken("ERROR: url is invalid")
	case u.Scheme != "ws" && u.Scheme != "wss":
		return nil, broken("ERROR: scheme %s is invalid", u.Scheme)
	case u.Hostname() == "":
		return nil, broken("ERROR: hostname is invalid")
	}
	header := http.Header{}
	if in.Has("username") {
		request := http.Request{Header: header}
		request.SetBasicAuth(in.Text("username"), in.password())
	}
	transport := &http.Transport{
		Proxy:             http.ProxyFromEnvironment,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // as upstream: the endpoint, not its certificate, is checked
		DisableKeepAlives: true,
	}
	c, response, err := websocket.Dial(ctx, address, &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport}, HTTPHeader: header,
	})
	switch {
	case err == nil:
		return c, Outcome{}
	case response != nil && response.StatusCode == http.StatusSwitchingProtocols:
		return nil, broken("ERROR: Invalid WebSocket Header: %v", err)
	case response != nil:
		return nil, broken("ERROR connection not possible while accessing %s", python.Repr(address))
	}
	return nil, broken("ERROR: %s", websocketFault(err))
}

// websocketFault is err in upstream's words, where it has some.
func websocketFault(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "Connection timed out"
	case errors.Is(err, io.EOF):
		return "Connection to remote host was lost."
	case errors.As(err, new(*net.DNSError)):
		return "[Errno -2] Name or service not known"
	}
	return errnoText(err)
}
