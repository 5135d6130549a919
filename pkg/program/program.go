// Package program is what every command of the stack does around its work:
// stop on a signal, say what went wrong in one line, end with an exit code. It
// knows nothing of what the commands do.
package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit ends a program with this code and without a message: what it printed
// says it all.
type Exit int

func (e Exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Main runs c, tells an error on standard error behind the program's name, and
// returns the exit code: 0, that of an Exit, else 1.
func Main(c *cobra.Command) int { return run(context.Background(), c) }

// Pass is Main for programs that end by themselves: their context is cancelled
// by an interrupt or TERM, so that they end with nothing half done.
func Pass(c *cobra.Command) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, c)
}

func run(ctx context.Context, c *cobra.Command) int {
	c.SilenceUsage, c.SilenceErrors = true, true
	c.CompletionOptions.HiddenDefaultCmd = true
	if c.Version == "" {
		c.Version = version()
	}
	err := c.ExecuteContext(ctx)
	var exit Exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return int(exit)
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s: %v\n", c.Name(), err)
	return 1
}

// version is that of the checkout that the program was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(unknown)"
}

// ConfigFlag adds -c, the configuration of a partition, to a command.
func ConfigFlag(c *cobra.Command, path *string) {
	c.Flags().StringVarP(path, "config", "c", "etc/monitor.conf", "the partition's monitor.conf")
}
