// Command monitor-configwrite makes one pass over the parameters of a
// partition: it applies a list that a client edited, if one waits, and shows
// the current values in config.json.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/parameter"
)

func main() {
	var config string
	cmd := &cobra.Command{
		Use:           "monitor-configwrite -c etc/monitor.conf",
		Short:         "Apply edited parameters of a partition and show the current ones, once",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := monitorconf.Load(config)
			if err != nil {
				return err
			}
			return parameter.Sync(cmd.Context(), conf)
		},
	}
	cmd.Flags().StringVarP(&config, "config", "c", "etc/monitor.conf", "the partition's monitor.conf")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := cmd.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "monitor-configwrite:", err)
		os.Exit(1)
	}
}
