package check

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// Difference from upstream: the minimum counts only once half a period was
// looked at, so a monitor that just started does not complain.
var _ = register(&Check{
	Name:  "check_network_transit",
	About: "the network carries neither too little nor too much",
	Options: []Option{
		{Name: "max-data-amount", Default: "10000", About: "MiB that are too much for a period"},
		{Name: "min-data-amount", Default: "0.1", About: "MiB that are too little for a period"},
		{Name: "transit-period", Default: "600", About: "seconds of the period"},
	},
	Minutes: 1,
	Anomaly: Quorum{3, 2},
	run:     networkTransit,
})

var _ = register(&Check{
	Name:  "check_network_errors_packets",
	About: "the network loses few packets and has few errors",
	Options: []Option{
		{Name: "max-lost-packets-per-MB", Default: "100", About: "dropped packets for each MB since the start of the computer"},
		{Name: "max-error-messages-per-MB", Default: "100", About: "errors for each MB"},
	},
	Minutes: 5,
	Anomaly: Quorum{3, 2},
	run:     networkErrors,
})

// traffic is the sum of /proc/net/dev over all interfaces.
type traffic struct{ bytes, dropped, errors float64 }

func (in *Input) traffic() (t traffic, err error) {
	f, err := os.Open(filepath.Join(in.Root, "/proc/net/dev"))
	if err != nil {
		return t, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		_, counters, ok := strings.Cut(lines.Text(), ":")
		var n [16]float64
		fields := strings.Fields(counters)
		if !ok || len(fields) < len(n) {
			continue
		}
		for i := range n {
			if _, err := fmt.Sscan(fields[i], &n[i]); err != nil {
				return t, fmt.Errorf("/proc/net/dev: %w", err)
			}
		}
		t.bytes += n[0] + n[8]
		t.errors += n[2] + n[10]
		t.dropped += n[3] + n[11]
	}
	return t, lines.Err()
}

func networkTransit(_ context.Context, in *Input) Outcome {
	most, least, period := in.Float("max-data-amount")*mib, in.Float("min-data-amount")*mib, in.seconds("transit-period")
	t, err := in.traffic()
	if err != nil {
		return broken("Couldn't read network data: %v", err)
	}
	samples, err := in.remember(t.bytes, period)
	if err != nil {
		return broken("%v", err)
	}
	oldest, newest := samples[0], samples[len(samples)-1]
	amount := newest.Value - oldest.Value
	covered := float64(newest.At-oldest.At) >= period.Seconds()/2
	const text = "Network congested, data amount over the last %g seconds reached %s threshold: %7s (threshold is %7s)"
	switch {
	case amount < 0: // the counters began anew
	case covered && amount <= least:
		return broken(text, period.Seconds(), "minimum", human(amount), human(least))
	case amount >= most:
		return broken(text, period.Seconds(), "maximum", human(amount), human(most))
	}
	return kept("Network transit OK")
}

func networkErrors(_ context.Context, in *Input) Outcome {
	maxLost, maxErrors := in.Float("max-lost-packets-per-MB"), in.Float("max-error-messages-per-MB")
	t, err := in.traffic()
	if err != nil {
		return broken("Couldn't read network data: %v", err)
	}
	megabytes := max(1, t.bytes/1e6)
	var bad []string
	if lost := t.dropped / megabytes; lost >= maxLost {
		bad = append(bad, fmt.Sprintf("Network packets lost reached critical threshold: %g  (threshold is %g per MB)", math.Ceil(lost), maxLost))
	}
	if errors := t.errors / megabytes; errors >= maxErrors {
		bad = append(bad, fmt.Sprintf("Network errors reached critical threshold: %g  (threshold is %g per MB)", math.Ceil(errors), maxErrors))
	}
	if bad != nil {
		return Outcome{Failed: true, Message: strings.Join(bad, "\n")}
	}
	return kept("Network statistics OK")
}
