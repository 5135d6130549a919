package slapos

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// parseURL reads a master's URL. Old configurations write IPv6 addresses
// without brackets; a last group of digits is then the port if the rest is an
// address by itself, as slapos.core reads it.
func parseURL(s string) (*url.URL, error) {
	text := addBrackets(strings.TrimSpace(s))
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("the master's address %q is not an http or https URL: correct server-url of [slap-connection]", s)
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	u.RawQuery, u.Fragment = "", ""
	return u, nil
}

func addBrackets(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	host, path, _ := strings.Cut(rest, "/")
	if isIPv6(host) {
		return scheme + "://[" + host + "]/" + path
	}
	if colon := strings.LastIndexByte(host, ':'); colon > 0 && isIPv6(host[:colon]) {
		return scheme + "://" + net.JoinHostPort(host[:colon], host[colon+1:]) + "/" + path
	}
	return s
}

func isIPv6(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6()
}
