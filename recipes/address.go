package recipes

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"slapmonitor/pkg/publish"
)

func init() {
	register(&Recipe{
		Name:    "address",
		Summary: "checks an address to listen on; sets url",
		Options: []Option{
			{Name: "ip", Meaning: "an IPv6 or IPv4 address", Required: true},
			{Name: "port", Meaning: "1 to 65535", Required: true},
		},
		Plan: planAddress,
	})
	register(&Recipe{
		Name:    "setup-url",
		Summary: "the link that sets up the monitor interface in one click; sets url",
		Options: []Option{
			{Name: "interface-url", Meaning: "the interface's URL", Required: true},
			{Name: "base-url", Meaning: "the monitor's base URL", Required: true},
			{Name: "user", Meaning: "the user's name", Required: true},
			{Name: "password", Meaning: "the password", Required: true},
		},
		Plan:    planSetupURL,
		Secrets: func(*Part) []string { return []string{"password", "url"} },
	})
}

func planAddress(p *Part) ([]Artifact, error) {
	address, err := p.Get("ip")
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(strings.Trim(address, "[]"))
	if ip == nil {
		return nil, fmt.Errorf("section [%s]: %q is not an IP address to listen on: set monitor-httpd-ipv6 in [monitor-instance-parameter]", p.Name, address)
	}
	port, err := p.Get("port")
	if err != nil {
		return nil, err
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return nil, fmt.Errorf("section [%s]: %q is not a port: set monitor-httpd-port in [monitor-instance-parameter] to a number from 1 to 65535", p.Name, port)
	}
	p.Set("url", "https://"+net.JoinHostPort(ip.String(), port))
	return nil, nil
}

func planSetupURL(p *Part) ([]Artifact, error) {
	value := map[string]string{}
	for _, option := range []string{"interface-url", "base-url", "user", "password"} {
		v, err := p.Get(option)
		if err != nil {
			return nil, err
		}
		value[option] = v
	}
	u, err := publish.SetupURL(value["interface-url"], value["base-url"], value["user"], value["password"])
	if err != nil {
		return nil, fmt.Errorf("section [%s]: %w", p.Name, err)
	}
	p.Set("url", u)
	return nil, nil
}
