package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/buildout"
)

// queryCommand answers what a profile means, without installing anything.
func queryCommand() *cobra.Command {
	var dialect string
	var o buildout.Options
	var noDefaults bool
	c := &cobra.Command{
		Use:   "query PROFILE [section:option=value]...",
		Short: "Print what a profile means, as JSON: parts in order of installation and resolved sections",
		Long: `Print what a profile means, as JSON: the order in which its parts are
installed, the sections that they reach, and all sections resolved, in buildout's
own order. Nothing is installed and no recipe runs. A profile that buildout
would refuse gets its error in the same form, and exit code 1.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var err error
			if o.Dialect, err = buildout.ParseDialect(dialect); err != nil {
				return err
			}
			if o.Assignments = args[1:]; noDefaults {
				o.Home = ""
			} else if folder := os.Getenv("BUILDOUT_HOME"); folder != "" {
				o.UserDefaults = filepath.Join(folder, "default.cfg")
			}
			return query(args[0], o)
		},
	}
	home, _ := os.UserHomeDir()
	flags := c.Flags()
	flags.StringVar(&dialect, "dialect", "slapos", "profile language: slapos or upstream")
	flags.StringVar(&o.DefaultDirectory, "directory", "", "where the buildout is, unless the profile says it (default: the folder of PROFILE)")
	flags.StringVar(&o.Home, "home", home, "home directory, whose .buildout/default.cfg holds the user's defaults")
	flags.BoolVarP(&noDefaults, "no-user-defaults", "U", false, "read no user defaults, as slapgrid does")
	return c
}

func query(profile string, o buildout.Options) error {
	answer, p, err := buildout.Answer(profile, o)
	if p != nil {
		for _, warning := range p.Warnings() {
			fmt.Fprintln(os.Stderr, "Warning:", warning)
		}
	}
	if _, failed := os.Stdout.Write(answer); failed != nil {
		return fmt.Errorf("cannot print the answer: %w", failed)
	}
	return explain(err)
}
