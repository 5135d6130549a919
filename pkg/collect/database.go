package collect

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite" // the database driver, pure Go
)

// Database is a collector database, open for reading.
type Database struct {
	db      *sql.DB
	columns string // the sample's columns, in select order
	folders bool   // has the table folder
}

// sampleColumns are the figures of the table user. Schemas of old collectors
// lack some.
var sampleColumns = []string{"cpu_percent", "cpu_time", "cpu_num_threads", "memory_percent", "memory_rss", "io_rw_counter", "io_cycles_counter"}

// Open opens the database at path without ever writing to it, or beside it.
func Open(ctx context.Context, path string) (*Database, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	d, err := open(ctx, path, "mode=ro")
	if c := code(err); c == cantOpen || c == readOnly {
		// In WAL mode with nobody writing, a reader would have to create
		// files beside it. Then its content cannot change under us either.
		d, err = open(ctx, path, "mode=ro&immutable=1")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return d, nil
}

func open(ctx context.Context, path, mode string) (*Database, error) {
	dsn := (&url.URL{Scheme: "file", Path: path}).String() + "?" + mode +
		"&_pragma=busy_timeout(3000)&_pragma=query_only(1)&_pragma=cache_size(-1024)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	d := &Database{db: db}
	if err := d.readSchema(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return d, nil
}

// Close gives the database back.
func (d *Database) Close() error { return d.db.Close() }

func (d *Database) readSchema(ctx context.Context) error {
	have := map[string]bool{}
	rows, err := d.db.QueryContext(ctx, `SELECT 'user.'||name FROM pragma_table_info('user') UNION ALL SELECT 'folder.'||name FROM pragma_table_info('folder')`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		have[name] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, c := range []string{"partition", "pid", "date", "time"} {
		if !have["user."+c] {
			return errors.New("it is no collector database: table user has no column " + c)
		}
	}
	d.folders = have["folder.disk_used"] && have["folder.partition"]
	list := []string{"partition", "date", "time", "pid"}
	if have["user.process"] {
		list = append(list, "coalesce(process, '')")
	} else {
		list = append(list, "''")
	}
	for _, c := range sampleColumns {
		if have["user."+c] {
			list = append(list, "coalesce(0.0+"+c+", 0.0)")
		} else {
			list = append(list, "0.0")
		}
	}
	d.columns = strings.Join(list, ", ")
	return nil
}

// Result codes of sqlite.
const noSuchTable, busy, readOnly, interrupted, cantOpen = 1, 5, 8, 9, 14

// code is the primary result code of a database error, 0 for none.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// isBusy tells whether err means that there was no time to read: a writer held
// the database, or it is slow.
func isBusy(err error) bool {
	c := code(err)
	return c == busy || c == interrupted || errors.Is(err, context.DeadlineExceeded)
}

func parseTime(date, clock string) (time.Time, error) {
	return time.ParseInLocation(time.DateTime, date+" "+clock, time.UTC)
}

// startOf is the creation time in the collector's name for a process,
// "PID-SECONDS", 0 if it says none.
func startOf(process string) float64 {
	_, created, _ := strings.Cut(process, "-")
	t, err := strconv.ParseFloat(created, 64)
	if err != nil {
		return 0
	}
	return t
}
