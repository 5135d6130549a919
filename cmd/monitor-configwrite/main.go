// Command monitor-configwrite makes one pass over the parameters of a
// partition: it applies a list that a client edited, if one waits, and shows
// the current values in config.json.
package main

import (
	"os"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/parameter"
	"slapmonitor/pkg/program"
)

func main() { os.Exit(program.Pass(command())) }

func command() *cobra.Command {
	var config string
	cmd := &cobra.Command{
		Use:   "monitor-configwrite -c etc/monitor.conf",
		Short: "Apply edited parameters of a partition and show the current ones, once",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := monitorconf.Load(config)
			if err != nil {
				return err
			}
			return parameter.Sync(cmd.Context(), conf)
		},
	}
	program.ConfigFlag(cmd, &config)
	return cmd
}
