// Command monitor-generate makes the files of a monitored partition from
// buildout sections. zc.buildout calls it through the egg slapos.recipe.monitor;
// "install" needs no Python at all.
package main

import (
	"os"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/program"
	"slapmonitor/templates"
)

// errReported ends a command that has said already what is wrong.
const errReported = program.Exit(1)

func main() {
	root := &cobra.Command{
		Use:     "monitor-generate",
		Short:   "Turn buildout sections into the files of a monitored partition",
		Version: templates.Version(),
	}
	root.AddCommand(installCommand(), recipeCommand(), recipesCommand(), queryCommand())
	os.Exit(program.Main(root))
}
