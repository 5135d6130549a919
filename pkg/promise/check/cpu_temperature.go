package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Differences from upstream: processors of AMD are read too; samples are kept
// for each promise and the average is judged at each look.
var _ = register(&Check{
	Name:  "check_cpu_temperature",
	About: "the processor is not too hot, now and on average",
	Options: []Option{
		{Name: "max-spot-temp", Default: "90", About: "highest temperature, °C"},
		{Name: "max-avg-temp", Default: "80", About: "highest average, °C"},
		{Name: "avg-temp-duration", Default: "600", About: "seconds of the average"},
		{Name: "testing", Default: "0", About: "True: skip"},
	},
	Minutes: 2,
	Anomaly: Quorum{3, 2},
	run:     cpuTemperature,
})

func cpuTemperature(_ context.Context, in *Input) Outcome {
	if in.Bool("testing") {
		return kept("skipping promise")
	}
	highest, highestAverage, period := in.Float("max-spot-temp"), in.Float("max-avg-temp"), in.seconds("avg-temp-duration")
	degrees, err := coreTemperature(filepath.Join(in.Root, "/sys/class/hwmon"))
	if errors.Is(err, fs.ErrNotExist) {
		return kept("Could not read core temperature on VM")
	}
	if err != nil {
		return broken("Couldn't read the temperature: %v", err)
	}
	samples, err := in.remember(degrees, period)
	if err != nil {
		return broken("%v", err)
	}
	var bad []string
	if degrees > highest {
		bad = append(bad, fmt.Sprintf("Temperature reached critical threshold: %s °C (threshold is %s °C)", pyFloat(degrees), pyFloat(highest)))
	}
	if mean := average(samples); mean > highestAverage {
		bad = append(bad, fmt.Sprintf("Average temperature over the last %gs reached threshold: %s °C (threshold is %s °C)",
			period.Seconds(), pyFloat(mean), pyFloat(highestAverage)))
	}
	if bad != nil {
		return Outcome{Failed: true, Message: strings.Join(bad, "\n")}
	}
	return kept("Temperature OK (%s °C)", pyFloat(degrees))
}

// coreTemperature is the first temperature, in °C, of the processor's sensor;
// fs.ErrNotExist if there is none.
func coreTemperature(hwmon string) (float64, error) {
	names, err := filepath.Glob(filepath.Join(hwmon, "hwmon*", "name"))
	if err != nil {
		return 0, err
	}
	slices.Sort(names)
	for _, file := range names {
		name, err := os.ReadFile(file)
		if err != nil || !slices.Contains([]string{"coretemp", "k10temp", "zenpower"}, strings.TrimSpace(string(name))) {
			continue
		}
		inputs, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "temp*_input"))
		slices.Sort(inputs)
		for _, input := range inputs {
			raw, err := os.ReadFile(input)
			if err != nil {
				return 0, err
			}
			millidegrees, err := strconv.ParseFloat(strings.TrimSpace(string(raw)), 64)
			return millidegrees / 1000, err
		}
	}
	return 0, fs.ErrNotExist
}
