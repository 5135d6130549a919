package check

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"slapmonitor/pkg/python"
)

// Differences from upstream: an error is one sentence without a traceback; no
// supervisord is ever stopped, even where two sockets are found.
var _ = register(&Check{
	Name:  "check_service_state",
	About: "a service of supervisord is in a state",
	Options: []Option{
		{Name: "service", About: "supervisord's name of it"},
		{Name: "expect", About: "running or stopped; anything else: every state will do"},
		{Name: "run-directory", Default: "srv/runner/var/run", About: "folder of supervisord's socket"},
	},
	Minutes: 2,
	Anomaly: Quorum{3, 3},
	run:     serviceState,
})

func serviceState(ctx context.Context, in *Input) Outcome {
	service, expect := in.Text("service"), in.Text("expect")
	if expect != "running" && expect != "stopped" {
		return kept("OK service %s is allowed to be in any state (expect = %s)", python.Repr(service), python.Repr(expect))
	}
	if service == "" {
		return broken("ERROR no service is specified")
	}
	state, err := supervisorState(ctx, supervisorSocket(in.Path("run-directory")), service)
	if err != nil {
		return broken("ERROR %v", err)
	}
	if state != expect {
		return broken("ERROR service %s is in state %s (expected %s)", python.Repr(service), python.Repr(state), python.Repr(expect))
	}
	return kept("OK service %s is in expected state %s", python.Repr(service), python.Repr(state))
}

// supervisorSocket is the newer name of the socket if it exists, else the older.
func supervisorSocket(folder string) string {
	path := filepath.Join(folder, "supervisord.socket")
	if _, err := os.Stat(path); err != nil {
		return filepath.Join(folder, "sv.sock")
	}
	return path
}

// rpcValue is a value of XML-RPC, as far as supervisord uses them.
type rpcValue struct {
	String  string `xml:"string"`
	Int     int    `xml:"int"`
	Text    string `xml:",chardata"`
	Members []struct {
		Name  string   `xml:"name"`
		Value rpcValue `xml:"value"`
	} `xml:"struct>member"`
}

func (v rpcValue) member(name string) rpcValue {
	for _, m := range v.Members {
		if m.Name == name {
			return m.Value
		}
	}
	return rpcValue{}
}

// supervisorState asks supervisord for the state of a service, in lower case.
func supervisorState(ctx context.Context, socket, service string) (string, error) {
	var call bytes.Buffer
	call.WriteString(xml.Header + "<methodCall><methodName>supervisor.getProcessInfo</methodName><params><param><value><string>")
	if err := xml.EscapeText(&call, []byte(service)); err != nil {
		return "", err
	}
	call.WriteString("</string></value></param></params></methodCall>")
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://supervisord/RPC2", &call)
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "text/xml")
	response, err := transport.RoundTrip(request)
	if err != nil {
		return "", fmt.Errorf("supervisord does not answer at %s: %w", socket, err)
	}
	defer response.Body.Close()
	var answer struct {
		Value rpcValue `xml:"params>param>value"`
		Fault rpcValue `xml:"fault>value"`
	}
	if err := xml.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer); err != nil {
		return "", fmt.Errorf("supervisord at %s answers %s, not XML-RPC: %w", socket, response.Status, err)
	}
	if answer.Fault.Members != nil {
		return "", fmt.Errorf("<Fault %d: %s>", answer.Fault.member("faultCode").Int, python.Repr(answer.Fault.member("faultString").String))
	}
	return strings.ToLower(answer.Value.member("statename").String), nil
}
