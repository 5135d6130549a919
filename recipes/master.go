package recipes

import (
	"fmt"
	"strings"

	"slapmonitor/pkg/slapos"
)

// connectionSection is where slapgrid says which master a partition has.
const connectionSection = "slap-connection"

// masterOptions document what the recipes that talk to a master read.
var masterOptions = []Option{
	{Name: "server-url", Meaning: "the master; empty where there is none", Default: "of [slap-connection]"},
	{Name: "computer-id", Meaning: "the computer", Default: "of [slap-connection]"},
	{Name: "partition-id", Meaning: "the partition that asks", Default: "of [slap-connection]"},
	{Name: "cert-file", Meaning: "the partition's certificate", Default: "of [slap-connection]"},
	{Name: "key-file", Meaning: "its key", Default: "of [slap-connection]"},
	{Name: "master-ca-file", Meaning: "who signed the master's certificate", Default: "of [slap-connection], else the system's authorities"},
	{Name: "master-verify", Meaning: "false: accept any certificate of the master", Default: "of [slap-connection], else true"},
}

// connection are the options that say how to reach the master: the part's own
// when it inherits them, else those of [slap-connection].
func (p *Part) connection() (Pairs, error) {
	if _, ok := p.options.Lookup("server-url"); ok {
		return p.options, nil
	}
	return p.Section(connectionSection)
}

// master is a client of the master, or nil where there is none.
func (p *Part) master(connection Pairs) (*slapos.Client, error) {
	url := value(connection, "server-url")
	if url == "" {
		return nil, nil
	}
	c, err := slapos.New(slapos.Config{
		URL: url, Computer: value(connection, "computer-id"), Partition: value(connection, "partition-id"),
		CertFile: value(connection, "cert-file"), KeyFile: value(connection, "key-file"),
		CAFile: value(connection, "master-ca-file"), Insecure: strings.EqualFold(value(connection, "master-verify"), "false"),
	})
	if err != nil {
		return nil, fmt.Errorf("section [%s]: %w", p.Name, err)
	}
	return c, nil
}
