package check

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Differences from upstream: instead of the first lines of top the message has
// the limit; a threshold that is no number fails at once, not after half an hour.
var _ = register(&Check{
	Name:    "check_server_cpu_load",
	About:   "the load of the last 15 minutes is not too high",
	Options: []Option{{Name: "cpu-load-threshold", Default: "2.2", About: "highest load for each processor"}},
	Minutes: 3,
	Test:    Quorum{10, 10},
	Anomaly: Quorum{10, 10},
	Quiet:   true,
	run:     cpuLoad,
})

func cpuLoad(_ context.Context, in *Input) Outcome {
	threshold := in.Float("cpu-load-threshold")
	if threshold <= 0 {
		threshold = 2.2
	}
	var load1, load5, load15 float64
	raw, err := os.ReadFile(filepath.Join(in.Root, "/proc/loadavg"))
	if err == nil {
		_, err = fmt.Sscan(string(raw), &load1, &load5, &load15)
	}
	if err != nil {
		return broken("the load cannot be read: %v", err)
	}
	cores, err := processors(filepath.Join(in.Root, "/proc/stat"))
	if err != nil {
		return broken("the processors cannot be counted: %v", err)
	}
	if limit := float64(cores) * threshold; load15 > limit {
		return broken("CPU load is high: %s %s %s\n\n%d processors, at most %s each: %s",
			pyFloat(load1), pyFloat(load5), pyFloat(load15), cores, pyFloat(threshold), pyFloat(limit))
	}
	return kept("CPU load is OK")
}

// processors counts the lines cpu0, cpu1 … of /proc/stat.
func processors(stat string) (n int, err error) {
	f, err := os.Open(stat)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "cpu"); ok && rest != "" && rest[0] != ' ' {
			n++
		}
	}
	return max(n, 1), lines.Err()
}
