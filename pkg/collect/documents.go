package collect

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"slapmonitor/pkg/document"
)

// liveRows bounds the growing documents: three days of one row a minute. Older
// days are archived.
const liveRows = 3 * 24 * 60

// listedProcesses is how many processes are listed; clients show as many.
const listedProcesses = 200

const (
	statusName  = "monitor_resource.status.json"
	processName = "monitor_process_resource.status.json"
)

// table is one of the growing documents. Clients find columns by their header.
type table struct {
	name, header string
	row          func(u usage, disk float64) (values []float64, ok bool)
}

var tables = []table{
	{"monitor_resource_process", "date, total process, CPU percent, CPU time, CPU threads", func(u usage, _ float64) ([]float64, bool) {
		return []float64{float64(u.processes), u.cpuPercent, u.cpuTime, u.threads}, u.processes > 0
	}},
	{"monitor_resource_memory", "date, memory used percent, memory used", func(u usage, _ float64) ([]float64, bool) {
		return []float64{u.memoryPercent, u.memoryRSS}, u.memoryRSS > 0
	}},
	{"monitor_resource_io", "date, io rw counter, io cycles counter, disk used", func(u usage, disk float64) ([]float64, bool) {
		return []float64{u.ioBytes, u.ioCount, disk}, u.ioBytes > 0
	}},
}

var documentNames = []string{statusName, processName,
	"monitor_resource_process.data.json", "monitor_resource_memory.data.json", "monitor_resource_io.data.json"}

// status is monitor_resource.status.json. Source is ours: "collector" for the
// node's database, "proc" for the processes that this program saw itself.
type status struct {
	TotalProcess  int     `json:"total_process"`
	CPUPercent    float64 `json:"cpu_percent"`
	CPUTime       float64 `json:"cpu_time"`
	Threads       float64 `json:"cpu_num_threads"`
	MemoryPercent float64 `json:"memory_percent"`
	MemoryRSS     float64 `json:"memory_rss"`
	IOBytes       float64 `json:"io_rw_counter"`
	IOCount       float64 `json:"io_cycles_counter"`
	DiskUsed      float64 `json:"disk_used"`
	Date          string  `json:"date"`
	Source        string  `json:"source"`
}

// processStatus is an entry of monitor_process_resource.status.json.
type processStatus struct {
	PID           int     `json:"pid"`
	CPUPercent    float64 `json:"cpu_percent"`
	CPUTime       float64 `json:"cpu_time"`
	Threads       float64 `json:"cpu_num_threads"`
	MemoryPercent float64 `json:"memory_percent"`
	MemoryRSS     float64 `json:"memory_rss"`
	IOBytes       float64 `json:"io_rw_counter"`
	IOCount       float64 `json:"io_cycles_counter"`
	detail
}

// finish writes t's documents from what was gathered.
func (c *Collector) finish(t *target, g *gathered) error {
	reason := g.without(t)
	if g.waits(t) {
		return nil
	}
	c.tell(t, reason)
	var list []minute
	switch {
	case reason == nil:
		from := t.from(g.newest)
		for _, m := range g.byUser[t.user] {
			if !m.at.Before(from) {
				m.disk = g.disks[t.user]
				list = append(list, m)
			}
		}
	case g.noProc != nil:
		return errors.Join(t.writePlaceholders(g.now), g.noProc)
	default:
		t.mem.Disk.step(t.conf.Partition, t.owner, g.now)
		m := g.proc.minute(t.uid, t.mem)
		m.disk = float64(t.mem.Disk.Used) / (1 << 20)
		list = append(list, m)
	}
	err := errors.Join(t.archive(g.now), t.writeTables(list, g.now), t.writeStatus(list, g))
	if n := len(list); n > 0 {
		t.mem.Last, t.mem.Source = list[n-1].at, list[n-1].source
	}
	return errors.Join(err, t.mem.remember(t.conf.StateFolder))
}

// tell logs why the database is not used, when that changed.
func (c *Collector) tell(t *target, reason error) {
	text := ""
	if reason != nil {
		text = reason.Error()
	}
	if text == t.mem.Reason {
		return
	}
	if reason != nil {
		c.Log.Warn("resource use is measured here, without the node's collector", "partition", t.conf.Partition, "reason", reason)
	} else {
		c.Log.Info("resource use comes from the node's collector", "partition", t.conf.Partition)
	}
	t.mem.Reason = text
}

func (t *target) series(b table) document.Series {
	return document.Series{
		Path:    filepath.Join(t.conf.DocumentFolder, b.name+".data.json"),
		Header:  b.header,
		MaxRows: liveRows,
	}
}

// archive keeps the days before today, in the first pass of a day.
func (t *target) archive(now time.Time) error {
	day := now.Format(time.DateOnly)
	if day == t.mem.Archived {
		return nil
	}
	var errs []error
	for _, b := range tables {
		errs = append(errs, t.series(b).ArchiveDays(filepath.Join(t.conf.StateFolder, "series", b.name), now,
			time.Duration(t.conf.ArchiveDays)*24*time.Hour))
	}
	t.mem.Archived = day
	return errors.Join(errs...)
}

// writeTables adds a row for each minute that is not there yet.
func (t *target) writeTables(list []minute, now time.Time) error {
	var errs []error
	for _, b := range tables {
		var rows []string
		for _, m := range list {
			values, ok := b.row(m.total(), m.disk)
			if ok && !m.at.Equal(t.mem.Last) {
				rows = append(rows, rowOf(m.at, values))
			}
		}
		if len(rows) > 0 {
			errs = append(errs, t.series(b).Append(now, rows...))
		}
	}
	return errors.Join(append(errs, t.writePlaceholders(now))...)
}

// rowOf is a row as the collector of slapos writes it.
func rowOf(at time.Time, values []float64) string {
	row := at.Format(time.DateTime)
	for _, v := range values {
		row += ", " + strconv.FormatFloat(round(v), 'f', -1, 64)
	}
	return row
}

// writePlaceholders makes the documents that are not there yet, without any
// figure: a missing one is an error to clients.
func (t *target) writePlaceholders(now time.Time) error {
	var errs []error
	for _, b := range tables {
		s := t.series(b)
		if _, err := os.Lstat(s.Path); errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, s.Append(now))
		}
	}
	for name, empty := range map[string]string{statusName: "{}", processName: "[]"} {
		path := filepath.Join(t.conf.DocumentFolder, name)
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			_, err := document.Write(path, []byte(empty), document.PublicMode)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// writeStatus shows the newest minute.
func (t *target) writeStatus(list []minute, g *gathered) error {
	if len(list) == 0 || len(list[len(list)-1].samples) == 0 {
		return nil
	}
	m := list[len(list)-1]
	u := m.total()
	_, err := document.WriteJSON(filepath.Join(t.conf.DocumentFolder, statusName), status{
		u.processes, round(u.cpuPercent), round(u.cpuTime), round(u.threads), round(u.memoryPercent), round(u.memoryRSS),
		round(u.ioBytes), round(u.ioCount), round(m.disk), m.at.Format(time.DateTime), m.source,
	}, document.PublicMode)
	if err != nil {
		return err
	}
	processes := m.byProcess()
	if len(processes) > listedProcesses {
		processes = processes[:listedProcesses]
	}
	entries := make([]processStatus, 0, len(processes))
	for _, p := range processes {
		e := processStatus{
			PID: p.pid, CPUPercent: round(p.cpuPercent), CPUTime: round(p.cpuTime), Threads: round(p.threads),
			MemoryPercent: round(p.memoryPercent), MemoryRSS: round(p.memoryRSS),
			IOBytes: round(p.ioBytes), IOCount: round(p.ioCount),
		}
		if g.proc != nil {
			e.detail = g.proc.detailOf(p.pid, p.started, t.name())
		}
		entries = append(entries, e)
	}
	_, err = document.WriteJSON(filepath.Join(t.conf.DocumentFolder, processName), entries, document.PublicMode)
	return err
}

// name is the owner's, in figures if need be.
func (t *target) name() string {
	if t.user == "" {
		return fmt.Sprint(t.uid)
	}
	return t.user
}

func round(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return math.Round(v*100) / 100
}
