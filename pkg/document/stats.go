package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// Stats is NAME.stats.json: how often a promise was kept and broken, an item a
// day, oldest first (contract/promises.md 2.4).
type Stats struct {
	Date float64    `json:"date"`
	Data []StatsDay `json:"data"`
}

// StatsDay is one day of Stats.
type StatsDay struct {
	Status     string         `json:"status"` // of the day's last result
	ChangeTime float64        `json:"change-time"`
	StartDate  string         `json:"start-date"`
	Day        string         `json:"day"`     // YYYY-MM-DD, UTC
	Message    map[string]int `json:"message"` // results by status
}

// maxDays is how many days statistics go back.
const maxDays = 400

// DayOf summarises the entries of one promise and day.
func DayOf(day string, entries []HistoryEntry) StatsDay {
	last := entries[len(entries)-1]
	s := StatsDay{
		Status: last.Status, ChangeTime: last.ChangeTime, StartDate: last.StartDate, Day: day,
		Message: map[string]int{OK: 0, Error: 0},
	}
	for _, e := range entries {
		s.Message[e.Status] += e.Count
	}
	return s
}

// AddDay puts a day into the statistics at path, in the place of the same day
// if it is there. Damaged statistics are kept beside and begun anew.
func AddDay(path string, date float64, day StatsDay) error {
	raw, err := read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read statistics: %w", err)
	}
	var s Stats
	if len(raw) > 0 && json.Unmarshal(raw, &s) != nil {
		s = Stats{}
		if err := SetAside(path, raw, 0); err != nil {
			return err
		}
	}
	if s.Date == 0 {
		s.Date = date
	}
	if n := len(s.Data); n > 0 && s.Data[n-1].Day == day.Day {
		s.Data = s.Data[:n-1]
	}
	s.Data = append(s.Data, day)
	s.Data = s.Data[max(0, len(s.Data)-maxDays):]
	_, err = WriteJSON(path, s, PublicMode)
	return err
}
