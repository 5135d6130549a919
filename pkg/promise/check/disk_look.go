package check

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// diskLook is when and at which device to look in the collector database.
type diskLook struct {
	device   string // "" if the partition is on no device, as in containers
	from, to string // bounds of "date time"
	now      time.Time
	test     bool
}

// recent is how old a row of the collector may be. It writes each minute, but
// a loaded computer is late.
const recent = 5 * time.Minute

func (in *Input) diskLook() (look diskLook, err error) {
	if day := in.Text("test-check-date"); day != "" {
		look.device, look.test = in.Text("test-disk-partition"), true
		clock := in.Text("test-check-time")
		if strings.Count(clock, ":") == 1 {
			clock += ":30"
		}
		if look.now, err = time.Parse(time.DateTime, day+" "+clock); err != nil {
			return look, fmt.Errorf("test-check-date: %w", err)
		}
	} else {
		look.now = in.Now().UTC()
		look.device = mountedDevice(filepath.Join(in.Root, "/proc/self/mounts"), in.Partition)
	}
	look.from, look.to = look.now.Add(-recent).Format(time.DateTime), look.now.Format(time.DateTime)
	return look, nil
}

// mountedDevice is the device of the file system that path is on.
func mountedDevice(mounts, path string) (device string) {
	f, err := os.Open(mounts)
	if err != nil {
		return ""
	}
	defer f.Close()
	longest := -1
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		point := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\134`, `\`).Replace(fields[1])
		below := point == "/" || path == point || strings.HasPrefix(path, point+"/")
		if !below || len(point) < longest {
			continue
		}
		longest, device = len(point), ""
		if strings.HasPrefix(fields[0], "/dev/") {
			device = fields[0]
		}
	}
	return device
}

// biggest names the three users that take most space, as sentences.
func (in *Input) biggest(ctx context.Context, c *collector, look diskLook) (lines []string) {
	letters := strings.TrimFunc(in.PartitionID, unicode.IsDigit)
	if letters == "" {
		letters = "slappart"
	}
	_ = c.rows(ctx, `SELECT partition, disk_used * 1024, max(date || ' ' || time) FROM folder
		WHERE date || ' ' || time BETWEEN ? AND ? GROUP BY partition ORDER BY disk_used DESC LIMIT 3`,
		[]any{look.now.Add(-24 * time.Hour).Format(time.DateTime), look.to},
		func(r *sql.Rows) error {
			var user, at string
			var used float64
			if err := r.Scan(&user, &used, &at); err != nil {
				return err
			}
			digits := strings.TrimLeftFunc(user, func(r rune) bool { return !unicode.IsDigit(r) })
			lines = append(lines, fmt.Sprintf("The partition %s%s uses %.2f G (date checked: %s).", letters, digits, used/gib, at))
			return nil
		})
	return lines
}

// predict tells how much will be free in some days, and whether that is too
// little; nothing without two weeks of samples.
func (in *Input) predict(ctx context.Context, c *collector, look diskLook, d disk, threshold float64) (lines []string, low bool) {
	if c == nil || !in.Bool("display-prediction") {
		return nil, false
	}
	var days, free []float64
	err := c.rows(ctx, `SELECT julianday(date), avg(CAST(free AS REAL)) FROM disk
		WHERE partition = ? AND date || ' ' || time <= ? GROUP BY date ORDER BY date`,
		[]any{look.device, look.to}, func(r *sql.Rows) error {
			var day, mean float64
			err := r.Scan(&day, &mean)
			days, free = append(days, day), append(free, mean)
			return err
		})
	if err != nil || len(days) < 14 {
		return []string{"No or not enough results from collector database in table disk: no prediction"}, false
	}
	ahead := in.Int("nb-days-predicted")
	left := line(days, free, days[len(days)-1]+float64(ahead))
	end := look.now.AddDate(0, 0, ahead).Format(time.DateOnly)
	lines = []string{fmt.Sprintf("Prediction: there will be %.2f G left on %s (%d days).", max(0, left)/gib, end, ahead)}
	if left <= threshold {
		lines = append(lines, fmt.Sprintf("The free disk space will be too low. (disk size: %.2f G, threshold: %s G)", d.size/gib, pyFloat(threshold/gib)))
	}
	return lines, left <= threshold
}

// line is the value at x of the straight line nearest to the points.
func line(xs, ys []float64, x float64) float64 {
	n, sx, sy, sxx, sxy := float64(len(xs)), 0.0, 0.0, 0.0, 0.0
	for i := range xs {
		dx := xs[i] - xs[0]
		sx, sy, sxx, sxy = sx+dx, sy+ys[i], sxx+dx*dx, sxy+dx*ys[i]
	}
	slope := (n*sxy - sx*sy) / (n*sxx - sx*sx)
	return (sy-slope*sx)/n + slope*(x-xs[0])
}
