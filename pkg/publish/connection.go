package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slapmonitor/pkg/connection"
	"slapmonitor/pkg/document"
	"slapmonitor/pkg/slapos"
)

// refreshConnection puts an edited password into the published connection
// parameters: whoever follows the setup URL must get in. The record changes
// after the master, so that a master that is away is told by a later pass.
func (p *Publisher) refreshConnection(ctx context.Context) error {
	record, err := connection.Read(p.Conf.Partition)
	if err != nil || record == nil {
		return err
	}
	password, err := p.password()
	if err != nil || password == "" {
		return err
	}
	now, changed := record.WithPassword(password)
	if !changed {
		return nil
	}
	if err := CheckCredential("edited password", password); err != nil {
		return err
	}
	if p.Conf.MasterURL != "" {
		if err := p.tellMaster(ctx, now); err != nil {
			return fmt.Errorf("publish the edited password: %w", err)
		}
	}
	data, err := now.Encode()
	if err != nil {
		return err
	}
	_, err = document.Write(filepath.Join(p.Conf.Partition, connection.File), data, document.SecretMode)
	return err
}

func (p *Publisher) tellMaster(ctx context.Context, record *connection.Record) error {
	parameters, err := record.Wire()
	if err != nil {
		return err
	}
	client, err := slapos.New(slapos.Config{
		URL: p.Conf.MasterURL, Computer: p.Conf.ComputerID, Partition: p.Conf.PartitionID,
		CertFile: p.Conf.MasterCert, KeyFile: p.Conf.MasterKey,
		CAFile: p.Conf.MasterCA, Insecure: p.Conf.MasterInsecure,
	})
	if err != nil {
		return err
	}
	return client.Publish(ctx, parameters)
}

// password is the monitor's password as text, from the file that the parameter
// monitor-password names; "" where there is none.
func (p *Publisher) password() (string, error) {
	for _, line := range p.Conf.Parameters {
		f := strings.Fields(line)
		if len(f) != 5 || f[0] != "htpasswd" || f[1] != "monitor-password" {
			continue
		}
		data, err := os.ReadFile(f[2])
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("read the monitor's password: %w", err)
		}
		return strings.TrimSpace(string(data)), nil
	}
	return "", nil
}
