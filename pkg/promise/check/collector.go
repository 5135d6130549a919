package check

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

// collector is the database of slapos node collect (contract/promises.md 4),
// opened for reading only: root writes it, each minute.
type collector struct{ db *sql.DB }

// openCollector opens the database that an option names, a file or its folder;
// without the option, the partition's. A database that is not there is an error.
func (in *Input) openCollector(option string) (*collector, error) {
	path := in.Path(option)
	if path == "" {
		path = in.CollectorDB
	}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		path = filepath.Join(path, "collector.db")
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("collector database: %w", err)
	}
	// A writer holds its lock for a moment at a time.
	dsn := (&url.URL{Scheme: "file", Path: path, RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}).String()
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("collector database: %w", err)
	}
	return &collector{db}, nil
}

func (c *collector) close() { _ = c.db.Close() }

// rows calls scan for each row of a query.
func (c *collector) rows(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := c.db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("collector database: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("collector database: %w", err)
		}
	}
	return rows.Err()
}
