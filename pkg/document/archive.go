package document

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Archived is a history entry that left its document.
type Archived struct {
	Name string `json:"name"`
	HistoryEntry
}

// Archive keeps the entries that left their histories, one file per UTC day:
// YYYY-MM-DD.jsonl.gz, a gzip member per Append, a JSON line per entry.
type Archive struct {
	Folder string
}

const archiveSuffix = ".jsonl.gz"

// Append stores entries, each in the file of the day it began, synced. A file
// that could not take all of its entries is as long as before.
func (a *Archive) Append(entries []Archived) error {
	days := map[string]*bytes.Buffer{}
	for _, e := range entries {
		day := dayOf(epochTime(e.ChangeTime))
		if t, err := ParseDate(e.Date); err == nil {
			day = dayOf(t)
		}
		if days[day] == nil {
			days[day] = new(bytes.Buffer)
		}
		line, err := EncodeJSON(e)
		if err != nil {
			return fmt.Errorf("archive history of %s: %w", e.Name, err)
		}
		days[day].Write(append(line, '\n'))
	}
	for day, lines := range days {
		if err := a.append(day, lines.Bytes()); err != nil {
			return fmt.Errorf("archive histories of %s: %w", day, err)
		}
	}
	return nil
}

func (a *Archive) append(day string, lines []byte) error {
	var member bytes.Buffer
	z := gzip.NewWriter(&member)
	if _, err := z.Write(lines); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := os.MkdirAll(a.Folder, 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(a.Folder, day+archiveSuffix), os.O_WRONLY|os.O_CREATE|os.O_APPEND, PublicMode)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	_, err = f.Write(member.Bytes())
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Truncate(st.Size()))
	}
	return nil
}

// Days lists the days that have a file, oldest first.
func (a *Archive) Days() ([]string, error) {
	files, err := os.ReadDir(a.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var days []string
	for _, f := range files {
		day, ok := strings.CutSuffix(f.Name(), archiveSuffix)
		if _, bad := time.Parse(time.DateOnly, day); ok && bad == nil {
			days = append(days, day)
		}
	}
	return days, err
}

// Read is everything that was archived for day. A member that a crash or a bad
// disk damaged is left out; an entry that a killed pass archived twice is
// returned once.
func (a *Archive) Read(day string) ([]Archived, error) {
	raw, err := read(filepath.Join(a.Folder, day+archiveSuffix))
	if err != nil {
		return nil, fmt.Errorf("read archived histories: %w", err)
	}
	var all []Archived
	at := map[string]int{}
	for _, line := range members(raw) {
		var e Archived
		if json.Unmarshal(line, &e) != nil {
			continue
		}
		key := e.Name + "\x00" + e.Date + "\x00" + e.Status + "\x00" + e.Message
		if i, twice := at[key]; twice {
			if e.Count > all[i].Count {
				all[i] = e
			}
			continue
		}
		at[key] = len(all)
		all = append(all, e)
	}
	return all, nil
}

// members is the lines of all sound gzip members of raw. Behind a damaged one
// it looks for the next that begins.
func members(raw []byte) (lines [][]byte) {
	magic := []byte{0x1f, 0x8b, 8}
	for {
		i := bytes.Index(raw, magic)
		if i < 0 {
			return lines
		}
		raw = raw[i:]
		r := bytes.NewReader(raw)
		z, err := gzip.NewReader(r)
		if err != nil {
			raw = raw[1:]
			continue
		}
		z.Multistream(false)
		var b bytes.Buffer
		if _, err := b.ReadFrom(z); err != nil {
			raw = raw[1:]
			continue
		}
		lines = append(lines, bytes.Split(bytes.TrimSpace(b.Bytes()), []byte("\n"))...)
		raw = raw[len(raw)-r.Len():]
	}
}

// Prune removes the files of the days before the given one, and returns the
// days that it removed.
func (a *Archive) Prune(before time.Time) ([]string, error) {
	days, err := a.Days()
	if err != nil {
		return nil, err
	}
	i, _ := slices.BinarySearch(days, dayOf(before))
	for _, day := range days[:i] {
		if err := os.Remove(filepath.Join(a.Folder, day+archiveSuffix)); err != nil {
			return nil, fmt.Errorf("prune archived histories: %w", err)
		}
	}
	return days[:i], nil
}
