// Command monitor-collect makes one pass of measuring what partitions use, and
// tells the averages of a day.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"slapmonitor/pkg/collect"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/program"
)

func main() { os.Exit(program.Pass(command())) }

func command() *cobra.Command {
	var config, all, database string
	cmd := &cobra.Command{
		Use:   "monitor-collect -c etc/monitor.conf | --all INSTANCE_ROOT",
		Short: "Measure what a partition uses, or every partition of a node, once",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := &collect.Collector{Now: time.Now, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
			if all != "" {
				if database == "" {
					database = filepath.Join(all, "var", "data-log", "collector.db")
				}
				return c.All(cmd.Context(), all, database)
			}
			conf, err := load(config, database)
			if err != nil {
				return err
			}
			return c.Run(cmd.Context(), conf)
		},
	}
	cmd.PersistentFlags().StringVarP(&config, "config", "c", "etc/monitor.conf", "the partition's monitor.conf")
	cmd.PersistentFlags().StringVar(&database, "collector-db", "", "the collector's database, instead of the one that the configuration names")
	cmd.Flags().StringVar(&all, "all", "", "the folder with all partitions of this node")
	cmd.MarkFlagsMutuallyExclusive("all", "config")
	cmd.AddCommand(averageCommand(&config, &database))
	return cmd
}

func averageCommand(config, database *string) *cobra.Command {
	var date string
	cmd := &cobra.Command{
		Use:   "average --date YYYY-MM-DD",
		Short: "Tell a partition's average use in a day, from the collector's database",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := time.Parse(time.DateOnly, date); err != nil {
				return fmt.Errorf("--date %q is not a day; write YYYY-MM-DD", date)
			}
			conf, err := load(*config, *database)
			if err != nil {
				return err
			}
			a, err := collect.Average(cmd.Context(), conf, date)
			if err != nil {
				return err
			}
			return json.NewEncoder(cmd.OutOrStdout()).Encode(a)
		},
	}
	cmd.Flags().StringVar(&date, "date", time.Now().UTC().Format(time.DateOnly), "the day, UTC")
	return cmd
}

func load(config, database string) (*monitorconf.Config, error) {
	conf, err := monitorconf.Load(config)
	if err != nil {
		return nil, err
	}
	if database != "" {
		if conf.CollectorDB, err = filepath.Abs(database); err != nil {
			return nil, errors.Join(fmt.Errorf("find %s", database), err)
		}
	}
	return conf, nil
}
