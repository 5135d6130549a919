// Command monitor-publish makes one pass of publishing: it reads the promises'
// results of a partition and writes its global state, feed and OPML.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/publish"
)

func main() {
	var config string
	cmd := &cobra.Command{
		Use:           "monitor-publish -c etc/monitor.conf",
		Short:         "Publish the promises' results of a partition, once",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
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
	cmd.Flags().StringVarP(&config, "config", "c", "etc/monitor.conf", "the partition's monitor.conf")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := cmd.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "monitor-publish:", err)
		os.Exit(1)
	}
}
