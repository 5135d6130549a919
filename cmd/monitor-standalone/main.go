// Command monitor-standalone deploys a software profile and runs what it made,
// on a machine that has no slapgrid; "cron" and "certificate-authority" are
// services of any partition.
//
// Exit codes: 0 all is well, or stopped as asked; 2 with --once, a promise is
// broken or a service is down; 1 anything else.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/deploy"
	"slapmonitor/pkg/program"
	"slapmonitor/pkg/standalone"
)

// errUnwell: the last line already says why.
const errUnwell = program.Exit(2)

func main() {
	syscall.Umask(0o027) // as under slapgrid
	os.Exit(program.Main(command()))
}

func command() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "monitor-standalone SOFTWARE_PROFILE",
		Short: "Deploy a software profile and watch what it runs, without slapgrid",
		Long: `Deploys a software profile on a machine that has no slapgrid, then runs what it
made: the programs of etc/run once, those of etc/service again whenever they
end. It says where the monitor is, then each minute what is well and what is
not. Ctrl-C stops every program.

Started again with the same directory it carries on: passwords, certificates
and histories stay, and only what the profile changes is installed again.`,
		Example: `  monitor-standalone tests/profiles/standalone/software.cfg
  monitor-standalone software.cfg --directory /srv/monitor --address 2001:db8::1
  monitor-standalone software.cfg --once   # a check: exit 0 if every promise is kept`,
		Args: profileArgument,
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args[0]) },
	}
	c.Flags().StringVar(&f.directory, "directory", "standalone", "where software/ and partition/ go")
	c.Flags().StringArrayVar(&f.parameters, "parameter", nil, "KEY=VALUE, a parameter of the instance; may be repeated")
	c.Flags().StringVar(&f.address, "address", "", "IP address to listen on (default ::1, or 127.0.0.1 without IPv6)")
	c.Flags().BoolVar(&f.once, "once", false, "stop after the first pass; exit 2 unless all is well")
	c.AddCommand(cronCommand(), authorityCommand())
	return c
}

func profileArgument(_ *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return errors.New("which software profile? Give one: monitor-standalone software.cfg")
}

type flags struct {
	directory  string
	parameters []string
	address    string
	once       bool
}

func (f *flags) run(c *cobra.Command, profile string) error {
	parameters, err := pairs(f.parameters)
	if err != nil {
		return err
	}
	ctx, hurry, stop := interruptible()
	defer stop()
	s := standalone.Standalone{
		Deployer: &deploy.Standalone{
			Software: profile, Directory: f.directory, Parameters: parameters, Address: f.address,
			Log: func(format string, a ...any) { deploymentLine(c, fmt.Sprintf(format, a...)) },
		},
		Directory: f.directory, Once: f.once, Out: c.OutOrStdout(),
	}
	well, err := s.Run(ctx, hurry)
	if err == nil && f.once && !well {
		return errUnwell
	}
	return err
}

// deploymentLine shows what a deployment does, except for parts that stay as
// they are.
func deploymentLine(c *cobra.Command, line string) {
	if !strings.HasPrefix(line, "Updating ") {
		fmt.Fprintln(c.OutOrStdout(), line)
	}
}

func pairs(parameters []string) ([][2]string, error) {
	var all [][2]string
	for _, p := range parameters {
		key, value, ok := strings.Cut(p, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("--parameter takes KEY=VALUE, not %q", p)
		}
		all = append(all, [2]string{key, value})
	}
	return all, nil
}

// interruptible gives a context that ends at the first signal to stop and one
// that ends at the second.
func interruptible() (ctx, hurry context.Context, stop func()) {
	ctx, first := context.WithCancel(context.Background())
	hurry, second := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		for _, cancel := range []func(){first, second} {
			select {
			case <-signals:
				cancel()
			case <-done:
				return
			}
		}
	}()
	return ctx, hurry, func() {
		signal.Stop(signals)
		close(done)
		first()
		second()
	}
}
