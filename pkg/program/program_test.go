package program

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/spf13/cobra"
)

// command is a program "sample" that does what run does.
func command(run func(*cobra.Command) error, arguments ...string) (c *cobra.Command, out, errs *bytes.Buffer) {
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	c = &cobra.Command{Use: "sample -c FILE", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return run(c) }}
	c.AddCommand(&cobra.Command{Use: "part", RunE: func(c *cobra.Command, _ []string) error { return run(c) }})
	c.SetArgs(append([]string{}, arguments...))
	c.SetOut(out)
	c.SetErr(errs)
	return c, out, errs
}

func TestExitCodes(t *testing.T) {
	for _, tt := range []struct {
		name      string
		err       error
		arguments []string
		code      int
		says      string
	}{
		{"all is well", nil, nil, 0, ""},
		{"an error is one line behind the program's name", errors.New("etc/monitor.conf: no such file"), nil, 1, "sample: etc/monitor.conf: no such file\n"},
		{"that of a subcommand too", errors.New("no"), []string{"part"}, 1, "sample: no\n"},
		{"an exit code of its own has no message", fmt.Errorf("broken: %w", Exit(2)), nil, 2, ""},
		{"wrong use is told without the manual", nil, []string{"--no-such"}, 1, "sample: unknown flag: --no-such\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, out, errs := command(func(*cobra.Command) error { return tt.err }, tt.arguments...)
			if code := Main(c); code != tt.code || errs.String() != tt.says || out.Len() > 0 {
				t.Errorf("exit %d, output %q, errors %q", code, out, errs)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	c, out, _ := command(nil, "--version")
	if code := Main(c); code != 0 || out.String() != "sample version "+version()+"\n" {
		t.Errorf("exit %d, %q", code, out)
	}
	c, out, _ = command(nil, "--version")
	c.Version = "its own"
	if Main(c); out.String() != "sample version its own\n" {
		t.Errorf("%q", out)
	}
}

func TestSignalEndsAPass(t *testing.T) {
	c, _, errs := command(func(c *cobra.Command) error {
		if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
			return err
		}
		<-c.Context().Done()
		return c.Context().Err()
	})
	if code := Pass(c); code != 1 || errs.String() != "sample: context canceled\n" {
		t.Errorf("exit %d, %q", code, errs)
	}
}
