package main

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/httpd"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/program"
)

func certificateCommand() *cobra.Command {
	var file, reload string
	c := &cobra.Command{
		Use:   "certificate -c etc/monitor.conf",
		Short: "Make the self-signed certificate where it is missing or about to expire, and end",
		Long:  "What monitor-httpd does at its start, for a monitor that Apache serves.\nWith --reload, that program is run if the certificate is another one than the\nserver was started with, which the last call without --reload tells.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			config, err := monitorconf.Load(file)
			if err != nil {
				return err
			}
			if reload == "" {
				return httpd.MakeCertificate(config)
			}
			changed, err := httpd.CertificateChanged(config)
			if err != nil || !changed {
				return err
			}
			return reloadWith(reload)
		},
	}
	program.ConfigFlag(c, &file)
	c.Flags().StringVar(&reload, "reload", "", "the program that has the server read a new certificate")
	return c
}

// reloadWith runs the program that has a server read its files again.
func reloadWith(path string) error {
	c := exec.Command(path)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("have the server read its new certificate: %w", err)
	}
	return nil
}
