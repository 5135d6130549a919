package deploy

import (
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
)

// tail is what slapgrid appends to an instance profile, with a local
// [slap-connection] and no master, and the [slap-configuration] that would
// come from one.
func (s *Standalone) tail(software, partition string) (string, error) {
	address := s.Address
	if address == "" {
		var remark string
		if address, remark = loopback(); remark != "" {
			s.Log("%s", remark)
		}
	}
	if net.ParseIP(address) == nil {
		return "", fmt.Errorf("%q is not an IP address to listen on", address)
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	connection := [][2]string{
		{"computer-id", host}, {"partition-id", "slappart0"}, {"server-url", ""},
		{"software-release-url", s.Software}, {"key-file", ""}, {"cert-file", ""},
	}
	var b strings.Builder
	b.WriteString("[buildout]\nbin-directory = ${buildout:directory}/sbin\noffline = true\n\n")
	writeSection(&b, "slap-connection", append(connection, [][2]string{{"shared-part-list", ""}, {"build-time-part-list", ""}, {"requested-state", "started"}}...))
	old := make([][2]string, len(connection))
	for i, o := range connection {
		old[i] = [2]string{strings.ReplaceAll(o[0], "-", "_"), o[1]}
	}
	writeSection(&b, "slap_connection", old)
	writeSection(&b, "storage-configuration", [][2]string{{"storage-home", ""}})
	writeSection(&b, "network-information", [][2]string{{"global-ipv4-network", ""}})
	configuration, err := s.configuration(host, address)
	if err != nil {
		return "", err
	}
	writeSection(&b, "slap-configuration", configuration)
	return b.String(), nil
}

var parameterName = regexp.MustCompile(`^[-a-zA-Z0-9._]+$`)

// configuration is what a slapconfiguration recipe would set; an empty recipe
// takes the place of the profile's own.
func (s *Standalone) configuration(host, address string) ([][2]string, error) {
	title := strings.TrimSuffix(host, ".") + " monitor"
	out := [][2]string{
		{"recipe", ""}, {"instance-title", title}, {"root-instance-title", title},
		{"slap-software-type", "default"}, {"slap-computer-id", host}, {"slap-computer-partition-id", "slappart0"},
		{"ipv4-random", "127.0.0.1"}, {"ipv6-random", address}, {"ipv4", "127.0.0.1"}, {"ipv6", address},
	}
	for _, p := range s.Parameters {
		if !parameterName.MatchString(p[0]) {
			return nil, fmt.Errorf("a parameter's name has letters, digits, dots, dashes and underscores only, not %q", p[0])
		}
		out = append(out, [2]string{"configuration." + p[0], p[1]})
	}
	return out, nil
}

// writeSection writes options so that the profile language reads the very
// values back; references in them stay text.
func writeSection(b *strings.Builder, name string, options [][2]string) {
	fmt.Fprintf(b, "[%s]\n", name)
	for _, o := range options {
		value := strings.ReplaceAll(o[1], "${", "$${")
		if strings.Contains(value, "\n") {
			value = "\n  " + strings.ReplaceAll(value, "\n", "\n  ")
		}
		fmt.Fprintf(b, "%s = %s\n", o[0], value)
	}
	b.WriteByte('\n')
}
