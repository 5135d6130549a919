package check

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Differences from upstream: samples are kept for each promise, not in a file
// that the temperature check shares; the average is judged at each look, not
// each quarter of the period.
var _ = register(&Check{
	Name:  "check_ram_usage",
	About: "enough memory is available, now and on average",
	Options: []Option{
		{Name: "min-threshold-ram", Default: "500", About: "MiB that must be available"},
		{Name: "min-avg-ram", Default: "1000", About: "MiB that must be available on average"},
		{Name: "avg-ram-period", Default: "600", About: "seconds of the average"},
	},
	Minutes: 2,
	Anomaly: Quorum{3, 2},
	run:     ramUsage,
})

func ramUsage(_ context.Context, in *Input) Outcome {
	least, leastAverage := in.Float("min-threshold-ram")*mib, in.Float("min-avg-ram")*mib
	period := in.seconds("avg-ram-period")
	available, err := memAvailable(filepath.Join(in.Root, "/proc/meminfo"))
	if err != nil {
		return broken("Couldn't read available RAM: %v", err)
	}
	samples, err := in.remember(available, period)
	if err != nil {
		return broken("%v", err)
	}
	var bad []string
	if available <= least {
		bad = append(bad, fmt.Sprintf("RAM usage reached critical threshold: %7s  (threshold is %7s)", human(available), human(least)))
	}
	if mean := average(samples); mean < leastAverage {
		bad = append(bad, fmt.Sprintf("Average RAM usage over the last %g seconds reached threshold: %7s (threshold is %7s)",
			period.Seconds(), human(mean), human(leastAverage)))
	}
	if bad != nil {
		return Outcome{Failed: true, Message: strings.Join(bad, "\n")}
	}
	return kept("RAM usage OK")
}

// memAvailable is the memory, in bytes, that programs can still get.
func memAvailable(meminfo string) (float64, error) {
	f, err := os.Open(meminfo)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var kib float64
		if _, err := fmt.Sscanf(lines.Text(), "MemAvailable: %f kB", &kib); err == nil {
			return kib * 1024, nil
		}
	}
	return 0, fmt.Errorf("no MemAvailable in %s", meminfo)
}
