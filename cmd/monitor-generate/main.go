// Command monitor-generate makes the files of a monitored partition from
// buildout sections. zc.buildout calls it through the egg slapos.recipe.monitor;
// "install" needs no Python at all.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"slapmonitor/templates"
)

// errReported ends a command that has said already what is wrong.
var errReported = errors.New("reported")

func main() {
	root := &cobra.Command{
		Use:           "monitor-generate",
		Short:         "Turn buildout sections into the files of a monitored partition",
		Version:       templates.Version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(installCommand(), recipeCommand(), recipesCommand(), queryCommand())
	if err := root.Execute(); err != nil {
		if !errors.Is(err, errReported) {
			fmt.Fprintln(os.Stderr, "monitor-generate:", err)
		}
		os.Exit(1)
	}
}
