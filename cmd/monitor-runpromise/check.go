package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/promise"
	"slapmonitor/pkg/promise/check"
	"slapmonitor/pkg/promise/process"
)

// margin is how much earlier than its runner a check gives up, so that it can
// still say why.
const margin = time.Second

type checkFlags struct {
	conf, name, file string
	config           []string
	timeout          int
}

func checkCommand() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check CHECK [--config NAME=VALUE]...",
		Short: "Make one native check: exit 0 if it is kept, 1 if not",
		Long: `Make one native check: exit 0 if it is kept, 1 if not.

This is what a wrapper in etc/promise calls. Without -c the working folder is
taken for the partition, and its etc/monitor.conf is read if there is one.
Passwords belong into a --config-file, which should be readable by its owner
only.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args[0]) },
	}
	c.Flags().StringVarP(&f.conf, "monitor-conf", "c", "", "monitor.conf of the partition")
	c.Flags().StringArrayVar(&f.config, "config", nil, "an option of the check, NAME=VALUE; may be repeated")
	c.Flags().StringVar(&f.file, "config-file", "", "JSON object of options")
	c.Flags().StringVar(&f.name, "name", "", "name of the promise: tells checks of one kind apart that remember something")
	c.Flags().IntVar(&f.timeout, "promise-timeout", int(promise.DefaultTimeout/time.Second), "seconds that the promise may take")
	return c
}

func (f *checkFlags) run(c *cobra.Command, kind string) error {
	one := check.Lookup(kind)
	if one == nil {
		return fmt.Errorf("there is no native check %q; monitor-runpromise checks lists them", kind)
	}
	config, err := f.options()
	if err != nil {
		return err
	}
	conf, err := f.partition()
	if err != nil {
		return err
	}
	programs, err := process.NewRunner(c.Context())
	if err != nil {
		return err
	}
	defer programs.Close()
	timeout := max(time.Duration(f.timeout)*time.Second-margin, margin)
	if f.name == "" {
		f.name = one.Name
	}
	out := one.Run(c.Context(), f.name, promise.PlaceOf(conf, programs, timeout, time.Now), config)
	fmt.Fprintln(c.OutOrStdout(), promise.Clean([]byte(out.Message)))
	if out.Failed {
		return errBroken
	}
	return nil
}

// options merges the file and the command line; the latter wins.
func (f *checkFlags) options() (map[string]any, error) {
	config := map[string]any{}
	if f.file != "" {
		var err error
		if config, err = check.ReadConfig(f.file); err != nil {
			return nil, err
		}
	}
	given, err := check.ParseConfig(f.config)
	maps.Copy(config, given)
	return config, err
}

// partition is what monitor.conf says, or the working folder.
func (f *checkFlags) partition() (*monitorconf.Config, error) {
	if f.conf != "" {
		return monitorconf.Load(f.conf)
	}
	dir, err := os.Getwd()
	if conf := filepath.Join(dir, "etc", "monitor.conf"); err == nil {
		if _, err := os.Stat(conf); err == nil {
			return monitorconf.Load(conf)
		}
	}
	return &monitorconf.Config{Partition: dir, StateFolder: dir + "/srv/monitor/state"}, err
}

func checksCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "checks",
		Short: "List the native checks with their options and defaults",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(c.OutOrStdout(), 2, 8, 2, ' ', 0)
			for _, one := range check.All() {
				fmt.Fprintf(w, "%s: %s\n", one.Name, one.About)
				for _, o := range one.Options {
					about := o.About
					if o.Default != "" {
						about += " (" + o.Default + ")"
					}
					if o.Required {
						about += " (required)"
					}
					fmt.Fprintf(w, "\t%s\t%s\n", o.Name, about)
				}
				fmt.Fprintf(w, "\tfrequency\tminutes between two runs (%g)\n", one.Minutes)
				fmt.Fprintf(w, "\tresult-count, failure-amount\thow many of the last results must have failed in production (%d of %d)\n",
					one.Anomaly.Failures, one.Anomaly.Results)
			}
			fmt.Fprintln(w, "every check:")
			for _, o := range check.Common {
				fmt.Fprintf(w, "\t%s\t%s\n", o.Name, o.About)
			}
			return w.Flush()
		},
	}
}
