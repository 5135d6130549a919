package collect

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
)

// ticks is how many units of processor time /proc has in a second.
const ticks = 100

// procReading is what /proc says of one process, before it is compared with
// what it said in the pass before.
type procReading struct {
	pid     int
	start   uint64 // ticks after boot: tells a process from a later one with its pid
	cpu     uint64 // ticks used
	threads int
	rss     int // bytes
	ioBytes uint64
	ioCount uint64
}

// procView is one look at /proc.
type procView struct {
	fs     procfs.FS
	at     time.Time
	uptime float64 // seconds; unlike at it never jumps
	memory float64 // bytes of the machine
	byUser map[int][]procReading
}

// viewProc looks at the processes of users, or of none but reads what is of
// the machine. A process that ends meanwhile is left out.
func viewProc(root string, users map[int]bool, now time.Time) (*procView, error) {
	fs, err := procfs.NewFS(root)
	if err != nil {
		return nil, fmt.Errorf("read the processes: %w", err)
	}
	v := &procView{fs: fs, at: now, byUser: map[int][]procReading{}}
	if v.uptime, err = readUptime(root); err != nil {
		return nil, err
	}
	mem, err := fs.Meminfo()
	if err != nil || mem.MemTotal == nil {
		return nil, fmt.Errorf("read the size of the memory: %w", err)
	}
	v.memory = float64(*mem.MemTotal) * 1024
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("list the processes: %w", err)
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		// The folder's owner is the process's user. Reading that off every
		// process's status would cost ten times as much.
		var st syscall.Stat_t
		if syscall.Lstat(filepath.Join(root, e.Name()), &st) != nil || !users[int(st.Uid)] {
			continue
		}
		if r, ok := readProcess(fs, pid); ok {
			v.byUser[int(st.Uid)] = append(v.byUser[int(st.Uid)], r)
		}
	}
	return v, nil
}

func readUptime(root string) (float64, error) {
	data, err := os.ReadFile(filepath.Join(root, "uptime"))
	if err != nil {
		return 0, fmt.Errorf("read the uptime: %w", err)
	}
	first, _, _ := strings.Cut(string(data), " ")
	up, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0, fmt.Errorf("read the uptime: %w", err)
	}
	return up, nil
}

func readProcess(fs procfs.FS, pid int) (r procReading, ok bool) {
	p, err := fs.Proc(pid)
	if err != nil {
		return r, false
	}
	st, err := p.Stat()
	if err != nil || st.VSize == 0 { // gone, a zombie, or the kernel's own
		return r, false
	}
	r = procReading{
		pid: pid, start: st.Starttime, cpu: uint64(st.UTime + st.STime),
		threads: st.NumThreads, rss: st.ResidentMemory(),
	}
	if io, err := p.IO(); err == nil { // of other users root only may read it
		r.ioBytes, r.ioCount = io.ReadBytes+io.WriteBytes, io.SyscR+io.SyscW
	}
	return r, true
}

// before is what the last pass saw of a process.
type before struct {
	Start uint64 `json:"start"`
	CPU   uint64 `json:"cpu"`
}

// minute is the use of uid's processes now. Processor use is that since the
// last pass, or for a process that it did not see, since the process began, but
// over a minute at least: what cron starts in the second of the pass has used
// all of its short life.
func (v *procView) minute(uid int, mem *memory) minute {
	m := minute{at: v.at.UTC().Truncate(time.Minute), source: sourceProc}
	seen := map[int]before{}
	since := v.uptime - mem.Uptime
	for _, r := range v.byUser[uid] {
		seen[r.pid] = before{r.start, r.cpu}
		used, over := r.cpu, max(v.uptime-float64(r.start)/ticks, time.Minute.Seconds())
		if b, ok := mem.Processes[r.pid]; ok && b.Start == r.start && r.cpu >= b.CPU && since >= 1 {
			used, over = r.cpu-b.CPU, since
		}
		m.samples = append(m.samples, sample{
			at: m.at, pid: r.pid, started: v.created(r.start),
			cpuPercent:    percent(float64(used)/ticks, over),
			cpuTime:       float64(r.cpu) / ticks,
			threads:       float64(r.threads),
			memoryPercent: percent(float64(r.rss), v.memory),
			memoryRSS:     float64(r.rss),
			ioBytes:       float64(r.ioBytes),
			ioCount:       float64(r.ioCount),
		})
	}
	mem.Processes, mem.Uptime = seen, v.uptime
	return m
}

// created is the time of a start in ticks after boot, epoch seconds.
func (v *procView) created(start uint64) float64 {
	return float64(v.at.UnixMilli())/1000 - v.uptime + float64(start)/ticks
}

func percent(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return 100 * part / whole
}
