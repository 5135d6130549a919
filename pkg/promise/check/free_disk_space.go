package check

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Differences from upstream: where the collector has no row of the last five
// minutes, or is not there at all, the file system is asked, and the message
// says so, instead of passing; the threshold file that operators edit works
// again, in MiB as in 2017; a size that is unknown does not crash; the
// prediction is a straight line through one sample a day.
var _ = register(&Check{
	Name:  "check_free_disk_space",
	About: "enough disk space and inodes are free",
	Options: []Option{
		{Name: "collectordb", About: "database of slapos node collect, or its folder (the partition's)"},
		{Name: "threshold-file", About: "file with the MiB that must be free: 0 disables the check, less than 200 is ignored"},
		{Name: "threshold", About: "GiB that must be free"},
		{Name: "threshold-ratio", Default: "0.05", About: "part of the disk that must be free, if nothing else is said"},
		{Name: "display-partition", About: "1: name the three partitions that use most"},
		{Name: "display-prediction", Default: "0", About: "1: fail also if space will be low soon"},
		{Name: "nb-days-predicted", Default: "10", About: "how soon"},
		{Name: "test-check-date", About: "look at this day instead of now, for tests"},
		{Name: "test-check-time", Default: "09:17", About: "and at this time"},
		{Name: "test-disk-partition", Default: "/dev/sda1", About: "and at this device"},
	},
	Minutes: 60,
	Anomaly: Quorum{3, 3},
	Quiet:   true,
	run:     freeDiskSpace,
})

// inodeLimit is how many percent of the inodes may be in use.
const inodeLimit = 98

// smallestThreshold is the least number of MiB that is taken for meant.
const smallestThreshold = 200

// errDisabled tells that operators switched the check off.
var errDisabled = errors.New("disabled")

// errNoRow tells that the collector says nothing about the day to look at.
var errNoRow = errors.New("No result from collector database")

// disk is what is known of the disk that the partition is on.
type disk struct {
	free, size float64 // bytes
	source     string  // for the message: where that is from, if not the collector
}

func freeDiskSpace(ctx context.Context, in *Input) Outcome {
	look, err := in.diskLook()
	if err != nil {
		return broken("%v", err)
	}
	c, err := in.openCollector("collectordb")
	if err == nil {
		defer c.close()
	}
	d, err := in.measure(ctx, c, look)
	if err == errNoRow {
		return kept("%v: disk check skipped", err)
	}
	if err != nil {
		return broken("Free disk space cannot be measured: %v", err)
	}
	var lines []string
	failed := false
	if c != nil && in.Has("display-partition") {
		lines = append(lines, in.biggest(ctx, c, look)...)
	}
	for _, path := range in.inodePaths() {
		if text := inodeUsage(path); text != "" {
			failed, lines = true, append(lines, text)
			break
		}
	}
	threshold, err := in.threshold(d.size)
	switch {
	case err == errDisabled:
		lines = append(lines, fmt.Sprintf("The check of free disk space is disabled by %s", in.Text("threshold-file")))
	case d.free <= threshold:
		failed = true
		lines = append(lines, fmt.Sprintf("Free disk space low: remaining %.2f G (disk size: %.0f G, threshold: %.0f G)%s.",
			d.free/gib, d.size/gib, math.RoundToEven(threshold/gib*100)/100, d.source))
	default:
		lines = append(lines, "Current disk usage: OK"+d.source)
		text, low := in.predict(ctx, c, look, d, threshold)
		failed, lines = failed || low, append(lines, text...)
	}
	return Outcome{Failed: failed, Message: strings.Join(lines, "\n")}
}

// threshold is how many bytes must be free.
func (in *Input) threshold(size float64) (float64, error) {
	if in.Has("threshold-file") {
		raw, err := os.ReadFile(in.Path("threshold-file"))
		n, bad := strconv.ParseFloat(strings.TrimSpace(string(raw)), 64)
		switch {
		case errors.Is(err, fs.ErrNotExist), bad != nil, err != nil:
		case n == 0:
			return 0, errDisabled
		case n >= smallestThreshold:
			return n * mib, nil
		}
	}
	if in.Has("threshold") {
		return in.Float("threshold") * gib, nil
	}
	ratio := in.Float("threshold-ratio")
	if ratio < 0 || ratio > 1 {
		in.fail("threshold-ratio must be a ratio between 0 and 1, got %s", pyFloat(ratio))
	}
	if size <= 0 {
		return 100 * gib, nil
	}
	return math.Round(size/gib*ratio*100) / 100 * gib, nil
}

// measure asks the collector, or else the file system.
func (in *Input) measure(ctx context.Context, c *collector, look diskLook) (disk, error) {
	var d disk
	if c != nil && look.device != "" {
		// The columns hold text.
		err := c.rows(ctx, `SELECT CAST(free AS REAL), CAST(free AS REAL) + CAST(used AS REAL) FROM disk
			WHERE partition = ? AND date || ' ' || time BETWEEN ? AND ? ORDER BY date DESC, time DESC LIMIT 1`,
			[]any{look.device, look.from, look.to}, func(r *sql.Rows) error { return r.Scan(&d.free, &d.size) })
		if err == nil && d.size > 0 {
			return d, nil
		}
	}
	if look.test {
		return d, errNoRow
	}
	var st unix.Statfs_t
	if err := unix.Statfs(in.Partition, &st); err != nil {
		return d, err
	}
	block := float64(st.Bsize)
	return disk{free: float64(st.Bavail) * block, size: float64(st.Blocks) * block, source: " (measured on the file system)"}, nil
}

// inodePaths are the file systems whose inodes count.
func (in *Input) inodePaths() []string {
	paths := []string{in.Partition}
	var tmp, root unix.Stat_t
	if unix.Stat("/tmp", &tmp) == nil && unix.Stat("/", &root) == nil && tmp.Dev != root.Dev {
		paths = append(paths, "/tmp")
	}
	return paths
}

// inodeUsage is a message if too many inodes are in use. Some file systems do
// not count them.
func inodeUsage(path string) string {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil || st.Files == 0 {
		return ""
	}
	if used := 100 * float64(st.Files-st.Ffree) / float64(st.Files); used >= inodeLimit {
		return fmt.Sprintf("Disk Inodes usage is really high: %.4f%%", used)
	}
	return ""
}
