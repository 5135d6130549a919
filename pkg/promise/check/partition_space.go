package check

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os/user"
	"slices"
	"time"
)

// Differences from upstream: no pandas is needed; the size of the disk is that
// of the partition's device also where upstream finds none.
var _ = register(&Check{
	Name:  "monitor_partition_space",
	About: "the partition's size does not change suddenly",
	Options: []Option{
		{Name: "collectordb", About: "database of slapos node collect, or its folder (the partition's)"},
		{Name: "threshold-ratio", Default: "0.08", About: "part of the disk by which the size may differ from its median of a day"},
		{Name: "test-check-date", About: "look at this day instead of now, for tests"},
		{Name: "test-check-time", Default: "09:30:30", About: "and at this time"},
		{Name: "test-partition", Default: "slapuser0", About: "and at this user"},
		{Name: "test-disk-partition", About: "and at this device"},
	},
	Minutes: 60,
	Anomaly: Quorum{3, 3},
	Quiet:   true,
	run:     partitionSpace,
})

const (
	step     = 5 * time.Minute // of the series that is looked at
	dayLong  = 24 * time.Hour
	oneDay   = int(dayLong / step)
	leastAge = 13 * dayLong
)

// usage is one sample of a partition's size.
type usage struct {
	at   time.Time
	used float64 // bytes
}

func partitionSpace(ctx context.Context, in *Input) Outcome {
	look, err := in.diskLook()
	if err != nil {
		return broken("%v", err)
	}
	name, err := in.userName(look)
	if err != nil {
		return broken("%v", err)
	}
	c, err := in.openCollector("collectordb")
	if err != nil {
		return kept("No result from collector database for the user %s: skipped (%v)", name, err)
	}
	defer c.close()
	samples, size, err := c.usages(ctx, name, look)
	if err != nil {
		return broken("%v", err)
	}
	switch {
	case len(samples) == 0 || size == 0:
		return kept("No result from collector database for the user %s: skipped", name)
	case look.now.Sub(samples[len(samples)-1].at) > dayLong:
		return kept("Not enough recent data to detect anomalies: skipped")
	case look.now.Sub(samples[0].at) < leastAge:
		return kept("Not enough data to detect anomalies: skipped")
	}
	ratio := in.Float("threshold-ratio")
	series := resample(samples)
	strange, last := anomalies(series, ratio*size)
	message := fmt.Sprintf("There were %d anomalies in the last 15 days (1 data every %g minutes, threshold: %s %% of the disk size)\n",
		strange, step.Minutes(), pyFloat(ratio*100))
	at := samples[0].at.Truncate(step).Add(time.Duration(len(series)-1) * step).Format(time.DateTime)
	if last {
		return broken("%sAnomaly detected on %s. Space used by %s: %.2f G.", message, at, name, samples[len(samples)-1].used/gib)
	}
	return kept("%sNo anomaly detected (last date checked: %s)", message, at)
}

// userName is the UNIX user that the collector knows the partition by.
func (in *Input) userName(look diskLook) (string, error) {
	if look.test {
		return in.Text("test-partition"), nil
	}
	u, err := user.Current()
	if err != nil {
		return "", errors.New("the user's name cannot be found: " + err.Error())
	}
	return u.Username, nil
}

// usages is what the collector saw of a user, oldest first, and the size of the
// disk.
func (c *collector) usages(ctx context.Context, name string, look diskLook) (list []usage, size float64, err error) {
	err = c.rows(ctx, `SELECT CAST(free AS REAL) + CAST(used AS REAL) FROM disk WHERE partition = ? OR ? = ''
		ORDER BY date DESC, time DESC LIMIT 1`,
		[]any{look.device, look.device}, func(r *sql.Rows) error { return r.Scan(&size) })
	if err != nil {
		return nil, 0, err
	}
	err = c.rows(ctx, `SELECT date || ' ' || time, disk_used * 1024 FROM folder WHERE partition = ? ORDER BY date, time`,
		[]any{name}, func(r *sql.Rows) error {
			var at string
			var u usage
			if err := r.Scan(&at, &u.used); err != nil {
				return err
			}
			var bad error
			if u.at, bad = time.Parse(time.DateTime, at); bad == nil {
				list = append(list, u)
			}
			return nil
		})
	return list, size, err
}

// resample is one value each five minutes: the mean of the samples in it, or a
// straight line between the ones before and after.
func resample(samples []usage) []float64 {
	begin := samples[0].at.Truncate(step)
	n := int(samples[len(samples)-1].at.Sub(begin)/step) + 1
	sums, counts := make([]float64, n), make([]float64, n)
	for _, s := range samples {
		if i := int(s.at.Sub(begin) / step); i >= 0 && i < n {
			sums[i] += s.used
			counts[i]++
		}
	}
	before := 0
	for i := range sums {
		if counts[i] == 0 {
			continue
		}
		sums[i] /= counts[i]
		for k := before + 1; k < i; k++ {
			sums[k] = sums[before] + (sums[i]-sums[before])*float64(k-before)/float64(i-before)
		}
		before = i
	}
	return sums
}

// anomalies counts the values that differ from the median of the day before
// them, plus the median of its deviations, by more than limit; last tells
// whether the newest value does. Free space falls as used space grows, so the
// deviations are taken off here.
func anomalies(series []float64, limit float64) (count int, last bool) {
	window := make([]float64, oneDay)
	for i := oneDay - 1; i < len(series); i++ {
		copy(window, series[i-oneDay+1:i+1])
		middle := median(window)
		for k := range window {
			window[k] = math.Abs(window[k] - middle)
		}
		middle -= median(window)
		if last = math.Abs(series[i]-middle) > limit; last {
			count++
		}
	}
	return count, last
}

// median sorts its argument.
func median(list []float64) float64 {
	slices.Sort(list)
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}
