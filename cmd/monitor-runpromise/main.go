// Servers whose certificates have a negative serial number are checked all the same.

//go:debug x509negativeserial=1

// Command monitor-runpromise runs the promises of a partition once, publishes
// what they say, and runs its report scripts and single native checks.
//
// Exit codes: 0 every promise is kept, or another pass is running; 1 a promise
// is broken or something went wrong.
package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/program"
	"slapmonitor/pkg/promise"
	"slapmonitor/pkg/promise/process"
)

// errBroken: the results say it all.
const errBroken = program.Exit(1)

func main() {
	// A pass is over before collecting garbage is worth it.
	debug.SetGCPercent(400)
	// It waits for other programs, and forks one at a time in any case. With more
	// than one processor its threads wake each other twice as often as there is work.
	runtime.GOMAXPROCS(1)
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	os.Exit(program.Pass(command()))
}

func command() *cobra.Command {
	var f passFlags
	c := &cobra.Command{
		Use:   "monitor-runpromise -c etc/monitor.conf",
		Short: "Run the promises of a partition once and publish their results",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	program.ConfigFlag(c, &f.config)
	c.Flags().StringArrayVar(&f.only, "run-only", nil, "run only the promises of these names, separated by spaces; may be repeated")
	c.Flags().BoolVarP(&f.force, "force", "f", false, "run promises that are not due yet too")
	c.Flags().BoolVarP(&f.anomaly, "check-anomaly", "a", false, "judge as in production: some checks must fail several times")
	c.Flags().BoolVar(&f.console, "console", false, "show results even where stdout is no terminal")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "show what would be run; run and write nothing")
	c.Flags().IntVar(&f.timeout, "promise-timeout", 0, "seconds that a promise may take (default: the partition's setting, or 20)")
	c.Flags().IntVar(&f.spread, "spread", 0, "wait up to so many seconds first, always the same for one partition")
	c.AddCommand(reportsCommand(), checkCommand(), checksCommand())
	return c
}

type passFlags struct {
	config                          string
	only                            []string
	force, anomaly, console, dryRun bool
	timeout, spread                 int
}

func (f *passFlags) run(c *cobra.Command) error {
	conf, err := monitorconf.Load(f.config)
	if err != nil {
		return err
	}
	p := &promise.Pass{
		Config: conf, Timeout: time.Duration(f.timeout) * time.Second, Only: strings.Fields(strings.Join(f.only, " ")),
		Force: f.force, Anomaly: f.anomaly, Console: console(c, f.console), Now: time.Now, Reap: adopt(),
	}
	if f.timeout < 0 || f.spread < 0 {
		return errors.New("--promise-timeout and --spread are numbers of seconds")
	}
	if f.dryRun {
		return p.Plan(c.OutOrStdout())
	}
	promise.Spread(c.Context(), conf, time.Duration(f.spread)*time.Second)
	broken, err := p.Run(c.Context())
	switch {
	case errors.Is(err, promise.ErrBusy): // it does this one's work
		fmt.Fprintln(c.ErrOrStderr(), "monitor-runpromise:", err)
		return nil
	case err == nil && broken > 0:
		return errBroken
	}
	return err
}

func reportsCommand() *cobra.Command {
	var config string
	var force, show bool
	c := &cobra.Command{
		Use:   "reports -c etc/monitor.conf",
		Short: "Run the report scripts that are due and publish what they print",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			conf, err := monitorconf.Load(config)
			if err != nil {
				return err
			}
			r := &promise.Reports{Config: conf, Force: force, Console: console(c, show), Now: time.Now, Reap: adopt()}
			failed, err := r.Run(c.Context())
			if err == nil && failed > 0 {
				return errBroken
			}
			return err
		},
	}
	program.ConfigFlag(c, &config)
	c.Flags().BoolVarP(&force, "force", "f", false, "run all reports, due or not")
	c.Flags().BoolVar(&show, "console", false, "show results even where stdout is no terminal")
	return c
}

// console is where results for people go, nil if nobody looks.
func console(c *cobra.Command, wanted bool) io.Writer {
	if wanted || isatty.IsTerminal(os.Stdout.Fd()) {
		return c.OutOrStdout()
	}
	return nil
}

// adopt makes this process the parent of what promises leave behind. A kernel
// that cannot do so costs the clean-up, not the pass.
func adopt() bool {
	if err := process.Adopt(); err != nil {
		slog.Warn(err.Error())
		return false
	}
	return true
}
