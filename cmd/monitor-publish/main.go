// Command monitor-publish makes one pass of publishing: it reads the promises'
// results of a partition and writes its global state, feed and OPML.
package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/program"
	"slapmonitor/pkg/publish"
)

func main() { os.Exit(program.Pass(command())) }

func command() *cobra.Command {
	var config string
	cmd := &cobra.Command{
		Use:   "monitor-publish -c etc/monitor.conf",
		Short: "Publish the promises' results of a partition, once",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := monitorconf.Load(config)
			if err != nil {
				return err
			}
			p := &publish.Publisher{
				Conf: conf,
				Now:  time.Now,
				Log:  slog.New(slog.NewTextHandler(os.Stderr, nil)),
			}
			return p.Run(cmd.Context())
		},
	}
	program.ConfigFlag(cmd, &config)
	return cmd
}
