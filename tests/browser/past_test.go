package browser_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"slapmonitor/pkg/document"
)

// givePast writes what a partition would have collected in its last hours, so
// that charts and timelines have something to show. The programs go on from it.
func (p *partition) givePast() error {
	documents := p.path("srv/monitor/private/documents")
	public := p.path("srv/monitor/public")
	for _, dir := range []string{documents, public} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return err
		}
	}
	now := time.Now()
	for _, s := range []struct {
		name, header string
		row          func(minute int) string
	}{
		{"monitor_state", "Date, Success, Error, Warning", func(m int) string {
			failed := map[bool]int{true: 2, false: 1}[m%150 < 20]
			return fmt.Sprintf("%d,%d,0", 10-failed, failed)
		}},
		{"monitor_resource_process", "date, total process, CPU percent, CPU time, CPU threads", func(m int) string {
			return fmt.Sprintf("%d,%.1f,%.2f,%d", 12+m%3, 20+15*math.Sin(float64(m)/40)+float64(m%7), float64(m)/9, 40+m%11)
		}},
		{"monitor_resource_memory", "date, memory used percent, memory used", func(m int) string {
			return fmt.Sprintf("%.1f,%.0f", 6+float64(m)/200, 300+float64(m)/3)
		}},
		{"monitor_resource_io", "date, io rw counter, io cycles counter, disk used", func(m int) string {
			return fmt.Sprintf("%d,%d,%.1f", m*900_000+m%13*40_000, m*300, 512+float64(m)/50)
		}},
	} {
		rows := []string{s.header}
		for m := range 600 {
			rows = append(rows, document.Date(now.Add(time.Duration(m-601)*time.Minute))+","+s.row(m))
		}
		series := map[string]any{"date": document.Epoch(now), "data": rows}
		if _, err := document.WriteJSON(filepath.Join(documents, s.name+".data.json"), series, document.PublicMode); err != nil {
			return err
		}
	}
	history := document.History{Date: document.Epoch(now)}
	day := now.UTC().Truncate(24 * time.Hour)
	for i, n := 0, int(now.Sub(day)/(20*time.Minute)); i < n; i++ {
		at, status, message := day.Add(time.Duration(i)*20*time.Minute), document.OK, "backup: the last one is of tonight"
		if i%5 == 3 {
			status, message = document.Error, "backup: the last one is 3 days old"
		}
		history.Data = append(history.Data, document.HistoryEntry{
			Status: status, Date: document.Date(at), StartDate: at.Format("2006-01-02 15:04:05"), ChangeTime: document.Epoch(at), ChangeDate: document.Date(at),
			Message: message, Failed: status == document.Error, Count: 19, LastDate: document.Date(at.Add(19 * time.Minute)),
		})
	}
	_, err := document.WriteJSON(filepath.Join(public, "backup-is-recent.history.json"), history, document.PublicMode)
	return err
}
