package document

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const dayFileSuffix = ".csv.gz"

// ArchiveDays keeps the days that will leave the series: each whole UTC day
// before today that it holds rows of goes to folder/YYYY-MM-DD.csv.gz, header
// line first, unless that file is there already. Files of days more than keep
// ago are removed. Rows begin with their date, as all series' rows do.
//
// It reads the whole series, so it is for the first pass of a day. The series
// must hold more than a day for that to be in time.
func (s Series) ArchiveDays(folder string, today time.Time, keep time.Duration) error {
	raw, err := read(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read series: %w", err)
	}
	t, ok := s.scan(raw)
	if !ok {
		return nil // Append salvages it first
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fmt.Errorf("archive series: %w", err)
	}
	oldest := dayOf(today.Add(-keep))
	for day, rows := range t.days() {
		path := filepath.Join(folder, day+dayFileSuffix)
		if _, err := os.Lstat(path); err == nil || day >= dayOf(today) || day < oldest {
			continue
		}
		data, err := compress(s.Header + "\n" + rows.String())
		if err != nil {
			return fmt.Errorf("archive %s of series %s: %w", day, s.Path, err)
		}
		if _, err := Write(path, data, PublicMode); err != nil {
			return err
		}
	}
	return pruneDays(folder, oldest)
}

// days are the rows by their date, a line each.
func (t table) days() map[string]*strings.Builder {
	days := map[string]*strings.Builder{}
	for i := 0; ; {
		row, end, ok := nextRow(t.body, i)
		if !ok {
			return days
		}
		i = end
		if !startsWithDate(string(row)) {
			continue
		}
		day := string(row[:len(time.DateOnly)])
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			continue
		}
		if days[day] == nil {
			days[day] = &strings.Builder{}
		}
		days[day].Write(row)
		days[day].WriteByte('\n')
	}
}

func compress(text string) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func pruneDays(folder, oldest string) error {
	files, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("list archived days: %w", err)
	}
	for _, f := range files {
		day, ok := strings.CutSuffix(f.Name(), dayFileSuffix)
		if _, err := time.Parse(time.DateOnly, day); ok && err == nil && day < oldest {
			if err := os.Remove(filepath.Join(folder, f.Name())); err != nil {
				return fmt.Errorf("remove an archived day: %w", err)
			}
		}
	}
	return nil
}
