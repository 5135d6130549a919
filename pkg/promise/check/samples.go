package check

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"slapmonitor/pkg/document"
)

// sample is what a check saw at one time.
type sample struct {
	At    int64   `json:"at"` // epoch seconds
	Value float64 `json:"value"`
}

// remember adds a value to what this promise saw during the last period, and
// returns all of it, oldest first. A file that is damaged, or from a clock that
// was ahead, is begun anew: samples are worth nothing after a few minutes.
func (in *Input) remember(value float64, period time.Duration) ([]sample, error) {
	if in.StateFolder == "" {
		return []sample{{in.Now().Unix(), value}}, nil
	}
	path := filepath.Join(in.StateFolder, "check", in.name+".json")
	var all []sample
	if raw, err := os.ReadFile(path); err == nil && json.Unmarshal(raw, &all) != nil {
		all = nil
	}
	now, recent := in.Now().Unix(), []sample{}
	for _, s := range all {
		if age := now - s.At; age >= 0 && age <= int64(period/time.Second) {
			recent = append(recent, s)
		}
	}
	recent = append(recent, sample{now, value})
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("remember samples: %w", err)
	}
	if _, err := document.WriteJSON(path, recent, document.PublicMode); err != nil {
		return nil, fmt.Errorf("remember samples: %w", err)
	}
	return recent, nil
}

func average(samples []sample) float64 {
	sum := 0.0
	for _, s := range samples {
		sum += s.Value
	}
	return sum / float64(len(samples))
}

// seconds is an option that holds a number of seconds.
func (in *Input) seconds(option string) time.Duration {
	n := in.Float(option)
	if n <= 0 {
		in.fail("%s is not a positive number of seconds: %g", option, n)
	}
	return time.Duration(n * float64(time.Second))
}
