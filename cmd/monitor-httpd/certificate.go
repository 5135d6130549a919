package main

import (
	"github.com/spf13/cobra"

	"slapmonitor/pkg/httpd"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/program"
)

func certificateCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "certificate -c etc/monitor.conf",
		Short: "Make the self-signed certificate where it is missing or about to expire, and end",
		Long:  "What monitor-httpd does at its start, for a monitor that Apache serves.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			config, err := monitorconf.Load(file)
			if err != nil {
				return err
			}
			return httpd.MakeCertificate(config)
		},
	}
	program.ConfigFlag(c, &file)
	return c
}
