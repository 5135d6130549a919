package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/buildout"
	"slapmonitor/pkg/deploy"
	"slapmonitor/recipes"
)

func installCommand() *cobra.Command {
	var directory, dialect, requests string
	var dryRun, quiet bool
	c := &cobra.Command{
		Use:   "install PROFILE [section:option=value]...",
		Short: "Install the parts of a profile, as buildout would",
		Long: `Install evaluates PROFILE and makes the parts that it lists, and those that
they refer to, with the recipes of this program. A second run changes nothing;
a part whose options changed is installed again; the files of a part that is
gone are removed. Folders and the data in them are never removed.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := buildout.ParseDialect(dialect)
			if err != nil {
				return err
			}
			b := deploy.Buildout{Profile: args[0], Directory: directory, Dialect: d, Assignments: args[1:], DryRun: dryRun}
			if !quiet {
				b.Log = func(format string, a ...any) { fmt.Fprintf(c.OutOrStdout(), format+"\n", a...) }
			}
			if requests != "" {
				trace, done, err := traceTo(requests)
				if err != nil {
					return err
				}
				defer done()
				b.Trace = trace
			}
			ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return explain(b.Install(ctx))
		},
	}
	f := c.Flags()
	f.StringVar(&directory, "directory", "", "buildout:directory (default: the profile's folder)")
	f.StringVar(&dialect, "dialect", "slapos", "profile language: slapos or upstream")
	f.BoolVarP(&dryRun, "dry-run", "n", false, "say what would be done and touch nothing")
	f.StringVar(&requests, "requests", "", "write the request to each recipe into this file, one a line")
	f.BoolVarP(&quiet, "quiet", "q", false, "print errors only")
	return c
}

// traceTo writes requests as the egg would send them.
func traceTo(path string) (trace func(recipes.Request) error, done func() error, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // passwords are among the options
	if err != nil {
		return nil, nil, fmt.Errorf("write the requests: %w", err)
	}
	e := json.NewEncoder(f)
	e.SetEscapeHTML(false)
	return func(r recipes.Request) error { return e.Encode(r) }, f.Close, nil
}

// explain prints what was being done when a profile failed, as buildout does.
func explain(err error) error {
	var e *buildout.Error
	if errors.As(err, &e) && len(e.While) > 0 {
		fmt.Fprintln(os.Stderr, "While:")
		for _, w := range e.While {
			fmt.Fprintln(os.Stderr, "  "+w)
		}
	}
	return err
}
