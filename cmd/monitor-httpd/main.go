// Command monitor-httpd serves a monitored partition over HTTPS.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/httpd"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/program"
)

func main() { os.Exit(program.Main(command())) }

func command() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "monitor-httpd -c etc/monitor.conf",
		Short: "Serve the documents of a monitored partition over HTTPS",
		Long:  "Serves a partition's public and private documents, WebDAV and metrics.\nTERM stops it gracefully, USR1 and HUP make it reopen its logs.",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return run(file) },
	}
	program.ConfigFlag(c, &file)
	c.AddCommand(certificateCommand())
	return c
}

// unlessRunning says it when the partition's server runs already. That is no
// error: supervisors start it again and again.
func unlessRunning(err error) error {
	if errors.Is(err, httpd.ErrRunning) {
		fmt.Println("monitor-httpd:", err)
		return nil
	}
	return err
}

// run serves until a signal.
func run(file string) error {
	config, err := monitorconf.Load(file)
	if err != nil {
		return err
	}
	server, err := httpd.Start(config)
	if err != nil {
		return unlessRunning(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	reopen := make(chan os.Signal, 1)
	signal.Notify(reopen, syscall.SIGUSR1, syscall.SIGHUP)
	go func() {
		for range reopen {
			if err := server.Reopen(); err != nil {
				fmt.Fprintln(os.Stderr, "monitor-httpd: reopen logs:", err)
			}
		}
	}()
	return server.Serve(ctx)
}
