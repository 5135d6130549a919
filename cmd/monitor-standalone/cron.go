package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/process"
	"slapmonitor/pkg/rotate"
	"slapmonitor/pkg/schedule"
)

// cronLogLimit bounds the log of a partition's cron entries, and its predecessor.
const cronLogLimit = 1 << 20

type cronFlags struct {
	directory, home, log string
	phase                int
}

func cronCommand() *cobra.Command {
	f := cronFlags{}
	c := &cobra.Command{
		Use:   "cron --directory etc/cron.d",
		Short: "Run the cron entries of a folder on schedule",
		Long: `Runs the entries of all files of a folder until it is stopped. A line is five
fields (minute hour day month weekday) or one of @hourly @daily @weekly @monthly
@yearly @reboot, then a command for the shell. Files are read again when they
change; names that begin with a dot or end with ~ do not count.

An entry that still runs is not started again. What entries print goes to the
log, with the date and the file's name. Within the minute all partitions of a
machine start at different seconds.`,
		Example: `  monitor-standalone cron --directory etc/cron.d --log var/log/crond.log`,
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	c.Flags().StringVar(&f.directory, "directory", "", "folder of the entries (required)")
	c.Flags().StringVar(&f.home, "home", "", "working directory and HOME of commands (default: the partition of etc/cron.d)")
	c.Flags().StringVar(&f.log, "log", "", "log file, kept below 1 MiB (default: standard output)")
	c.Flags().IntVar(&f.phase, "phase", -1, "second of the minute to start at, 0 to 59 (default: depends on the folder)")
	return c
}

func (f *cronFlags) run(c *cobra.Command) error {
	config, err := f.config()
	if err != nil {
		return err
	}
	config.Log = c.OutOrStdout()
	if f.log != "" {
		log, err := rotate.Open(f.log, cronLogLimit)
		if err != nil {
			return err
		}
		defer log.Close()
		config.Log = log
	}
	ctx, _, stop := interruptible()
	defer stop()
	err = schedule.Run(ctx, config)
	var held *process.HeldError
	if errors.As(err, &held) {
		return fmt.Errorf("%w: its entries are run by one cron only", err)
	}
	return err
}

// config checks the flags. The partition of a folder called etc/cron.d is two
// folders up.
func (f *cronFlags) config() (schedule.Config, error) {
	if f.directory == "" {
		return schedule.Config{}, errors.New("which folder? Give it: --directory etc/cron.d")
	}
	if f.phase < -1 || f.phase > 59 {
		return schedule.Config{}, fmt.Errorf("--phase is a second of the minute, 0 to 59, not %d", f.phase)
	}
	directory, err := filepath.Abs(f.directory)
	if err != nil {
		return schedule.Config{}, fmt.Errorf("find %s: %w", f.directory, err)
	}
	home := f.home
	if home == "" {
		home = filepath.Dir(directory)
		if filepath.Base(home) == "etc" {
			home = filepath.Dir(home)
		}
	}
	if home, err = filepath.Abs(home); err != nil {
		return schedule.Config{}, fmt.Errorf("find %s: %w", f.home, err)
	}
	if st, err := os.Stat(home); err != nil || !st.IsDir() {
		return schedule.Config{}, fmt.Errorf("the working directory %s of the commands is no folder; give one with --home", home)
	}
	phase := schedule.Phase(directory)
	if f.phase >= 0 {
		phase = time.Duration(f.phase) * time.Second
	}
	return schedule.Config{Directory: directory, Home: home, Phase: phase, Log: io.Discard}, nil
}
