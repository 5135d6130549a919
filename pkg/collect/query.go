package collect

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Newest is when the collector last looked at processes, zero if it never did.
// A node may have no process of a partition, so its look at the whole system
// counts too.
func (d *Database) Newest(ctx context.Context) (time.Time, error) {
	var newest time.Time
	for _, table := range []string{"user", "system"} {
		var date, clock string
		err := d.db.QueryRowContext(ctx, "SELECT date, time FROM "+table+" ORDER BY rowid DESC LIMIT 1").Scan(&date, &clock)
		if errors.Is(err, sql.ErrNoRows) || code(err) == noSuchTable {
			continue
		}
		if err != nil {
			return newest, fmt.Errorf("find the newest row: %w", err)
		}
		if t, err := parseTime(date, clock); err == nil && t.After(newest) {
			newest = t
		}
	}
	return newest, nil
}

// samples are user's samples from the minute from to the minute to.
func (d *Database) samples(ctx context.Context, user string, from, to time.Time) ([]sample, error) {
	var list []sample
	for day := from.Truncate(24 * time.Hour); !day.After(to); day = day.Add(24 * time.Hour) {
		first, last := "00:00:00", "23:59:59"
		if day.Equal(from.Truncate(24 * time.Hour)) {
			first = from.Format("15:04") + ":00"
		}
		if day.Equal(to.Truncate(24 * time.Hour)) {
			last = to.Format("15:04") + ":59"
		}
		err := d.read(ctx, &list, "SELECT "+d.columns+" FROM user WHERE partition = ? AND date = ? AND time BETWEEN ? AND ? ORDER BY time",
			user, day.Format(time.DateOnly), first, last)
		if err != nil {
			return nil, fmt.Errorf("read the samples of %s: %w", user, err)
		}
	}
	return list, nil
}

// chunk is how many rows are looked at in a step backwards.
const chunk = 4096

// allSamples are everybody's samples from the minute from to the minute to. No
// index serves that; but rows stand in the order of time, so it looks at the
// last ones, backwards, until they are too old.
func (d *Database) allSamples(ctx context.Context, from, to time.Time) ([]sample, error) {
	var high sql.NullInt64
	if err := d.db.QueryRowContext(ctx, "SELECT max(rowid) FROM user").Scan(&high); err != nil {
		return nil, fmt.Errorf("find the newest row: %w", err)
	}
	var all []sample
	for ; high.Int64 > 0; high.Int64 -= chunk {
		var list []sample
		err := d.read(ctx, &list, "SELECT "+d.columns+" FROM user WHERE rowid > ? AND rowid <= ? ORDER BY rowid",
			high.Int64-chunk, high.Int64)
		if err != nil {
			return nil, fmt.Errorf("read samples: %w", err)
		}
		for _, s := range list {
			if at := s.at.Truncate(time.Minute); !at.Before(from) && !at.After(to) {
				all = append(all, s)
			}
		}
		if len(list) > 0 && list[0].at.Before(from) {
			break
		}
	}
	return all, nil
}

// read appends the rows of a query for d.columns to list. A row without a
// date is left out.
func (d *Database) read(ctx context.Context, list *[]sample, query string, args ...any) error {
	rows, err := d.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s sample
		var date, clock, process string
		var pid float64
		err := rows.Scan(&s.user, &date, &clock, &pid, &process,
			&s.cpuPercent, &s.cpuTime, &s.threads, &s.memoryPercent, &s.memoryRSS, &s.ioBytes, &s.ioCount)
		if err != nil {
			return err
		}
		if s.at, err = parseTime(date, clock); err != nil {
			continue
		}
		s.pid, s.started = int(pid), startOf(process)
		*list = append(*list, s)
	}
	return rows.Err()
}

// disks are the MiB that each user's folders took when they were last
// measured, in the two days before at: the collector measures once a day.
func (d *Database) disks(ctx context.Context, at time.Time) (map[string]float64, error) {
	used := map[string]float64{}
	if !d.folders {
		return used, nil
	}
	rows, err := d.db.QueryContext(ctx, `SELECT partition, sum(disk_used) FROM folder WHERE date >= ? AND date <= ?
		GROUP BY partition, date, time ORDER BY date, time`,
		at.AddDate(0, 0, -2).Format(time.DateOnly), at.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("read disk use: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var user string
		var kib sql.NullFloat64
		if err := rows.Scan(&user, &kib); err != nil {
			return nil, fmt.Errorf("read disk use: %w", err)
		}
		used[user] = kib.Float64 / 1024 // the last one stays
	}
	return used, rows.Err()
}

// Averages are a user's figures of one day, per pass of the collector.
type Averages struct {
	Day        string  `json:"date"`
	CPUPercent float64 `json:"cpu_percent"` // of all processes together
	MemoryRSS  float64 `json:"memory_rss"`  // MiB
	DiskUsed   float64 `json:"disk_used"`   // MiB
}

// Averages computes the averages of user's rows of day, 2006-01-02. Without
// any row the figures are zero.
func (d *Database) Averages(ctx context.Context, user, day string) (Averages, error) {
	a := Averages{Day: day}
	queries := []struct {
		expression, table string
		to                *float64
	}{
		{"sum(cpu_percent)", "user", &a.CPUPercent},
		{"sum(memory_rss)/1048576.0", "user", &a.MemoryRSS},
		{"sum(disk_used)/1024.0", "folder", &a.DiskUsed},
	}
	for _, q := range queries {
		if q.table == "folder" && !d.folders {
			continue
		}
		var v sql.NullFloat64
		err := d.db.QueryRowContext(ctx, "SELECT "+q.expression+"/count(DISTINCT time) FROM "+q.table+
			" WHERE partition = ? AND date = ?", user, day).Scan(&v)
		if err != nil {
			return a, fmt.Errorf("average of %s on %s: %w", user, day, err)
		}
		*q.to = v.Float64
	}
	return a, nil
}
