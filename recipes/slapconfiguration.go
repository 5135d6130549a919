package recipes

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"slapmonitor/pkg/slapos"
)

func init() {
	for _, serialised := range []bool{false, true} {
		r := &Recipe{
			Name:    "slapconfiguration",
			Summary: "asks the master for the instance's parameters and addresses; sets configuration.NAME, instance-title, ipv6-random and more",
			Options: []Option{
				{Name: "url", Meaning: "the master", Required: true},
				{Name: "computer", Meaning: "the computer", Required: true},
				{Name: "partition", Meaning: "the partition", Required: true},
				{Name: "cert", Meaning: "the partition's certificate"},
				{Name: "key", Meaning: "its key"},
				{Name: "master-ca-file", Meaning: "who signed the master's certificate", Default: "the system's authorities"},
				{Name: "master-verify", Meaning: "false: accept any certificate of the master", Default: "true"},
			},
			Plan:    func(p *Part) ([]Artifact, error) { return planConfiguration(p, serialised) },
			Secrets: configurationSecrets,
		}
		if serialised {
			r.Name, r.Summary = "slapconfiguration.serialised", r.Summary+"; parameters come as JSON"
		}
		r.Aliases = []string{"slapos.cookbook:" + r.Name}
		register(r)
	}
}

const parameterPrefix = "configuration."

// configurationSecrets hides the parameters: passwords are among them.
func configurationSecrets(p *Part) []string {
	out := []string{}
	for _, o := range p.options {
		if strings.HasPrefix(o.Option, parameterPrefix) {
			out = append(out, o.Option)
		}
	}
	return out
}

func planConfiguration(p *Part, serialised bool) ([]Artifact, error) {
	for _, option := range []string{"url", "computer", "partition"} {
		if _, err := p.Get(option); err != nil {
			return nil, err
		}
	}
	if p.Phase != Init {
		return nil, nil
	}
	client, err := p.master(Pairs{
		{"server-url", p.Default("url", "")}, {"computer-id", p.Default("computer", "")}, {"partition-id", p.Default("partition", "")},
		{"cert-file", p.Default("cert", "")}, {"key-file", p.Default("key", "")},
		{"master-ca-file", p.Default("master-ca-file", "")}, {"master-verify", p.Default("master-verify", "")},
	})
	if err != nil {
		return nil, err
	}
	known, err := client.Partition(context.Background())
	if err != nil {
		return nil, fmt.Errorf("section [%s]: %w", p.Name, err)
	}
	p.setConfiguration(known, serialised)
	return nil, nil
}

func (p *Part) setConfiguration(known *slapos.Partition, serialised bool) {
	about := Pairs{
		{"instance-title", known.Title}, {"root-instance-title", known.RootTitle},
		{"slap-software-type", known.SoftwareType}, {"slap-software-release-url", known.Release},
		{"slap-computer-id", p.Default("computer", "")}, {"slap-computer-partition-id", p.Default("partition", "")},
		{"timestamp", known.Timestamp},
	}
	for _, o := range about {
		if o.Value != "" { // a profile's own default stands
			p.Set(o.Option, o.Value)
		}
	}
	p.setAddresses(known.Addresses)
	parameters := known.Parameters
	if serialised {
		parameters = deserialise(parameters)
		delete(parameters, "_")
	}
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		p.Set(parameterPrefix+name, parameters[name])
	}
}

// setAddresses sets ipv4 and ipv6, all addresses in lines, and the smallest of
// each as -random. A partition without IPv6 listens on its IPv4 address.
func (p *Part) setAddresses(addresses [][2]string) {
	var four, six []string
	for _, a := range addresses {
		ip, err := netip.ParseAddr(strings.Trim(a[1], "[]"))
		switch {
		case err != nil:
			slog.Warn("the master gives an address that is none", "section", p.Name, "address", a[1])
		case ip.Is4():
			four = append(four, ip.String())
		default:
			six = append(six, ip.String())
		}
	}
	four, six = smallestFirst(four), smallestFirst(six)
	p.Set("ipv4", strings.Join(four, "\n"))
	p.Set("ipv6", strings.Join(six, "\n"))
	if len(four) > 0 {
		p.Set("ipv4-random", four[0])
	}
	if len(six) == 0 && len(four) > 0 {
		slog.Warn("the partition has no IPv6 address: its IPv4 address serves", "section", p.Name, "address", four[0])
		six = four
	}
	if len(six) > 0 {
		p.Set("ipv6-random", six[0])
	}
}

func smallestFirst(addresses []string) []string {
	slices.Sort(addresses)
	return slices.Compact(addresses)
}
