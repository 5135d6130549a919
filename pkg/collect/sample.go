package collect

import (
	"cmp"
	"slices"
	"time"
)

// sample is what one process used when it was looked at.
type sample struct {
	user    string    // of the database; "" from /proc
	at      time.Time // when all processes of the pass were looked at, to the second
	pid     int
	started float64 // epoch seconds, 0 if unknown: tells a process from another with its pid

	cpuPercent    float64
	cpuTime       float64 // seconds
	threads       float64
	memoryPercent float64
	memoryRSS     float64 // bytes
	ioBytes       float64 // read and written
	ioCount       float64 // reads and writes
}

// minute is what was seen in one minute, usually in one pass of the source.
type minute struct {
	at      time.Time
	samples []sample
	disk    float64 // MiB
	source  string
}

// minutes groups samples, in order of time.
func minutes(samples []sample, source string) []minute {
	var list []minute
	slices.SortStableFunc(samples, func(a, b sample) int { return a.at.Compare(b.at) })
	for _, s := range samples {
		at := s.at.Truncate(time.Minute)
		if n := len(list); n == 0 || !list[n-1].at.Equal(at) {
			list = append(list, minute{at: at, source: source})
		}
		m := &list[len(list)-1]
		m.samples = append(m.samples, s)
	}
	return list
}

// usage is what several samples amount to, in the documents' units.
type usage struct {
	processes     int
	cpuPercent    float64
	cpuTime       float64 // minutes
	threads       float64
	memoryPercent float64
	memoryRSS     float64 // MiB
	ioBytes       float64
	ioCount       float64
}

// total is the use of all processes, at an average pass of the minute.
func (m minute) total() usage {
	passes := map[time.Time]bool{}
	for _, s := range m.samples {
		passes[s.at] = true
	}
	u := add(m.samples).over(float64(len(passes)))
	u.processes = len(m.samples) / max(1, len(passes))
	return u
}

// byProcess is the use of each process, at an average pass, the ones that use
// the processor most first.
func (m minute) byProcess() []processUsage {
	type key struct {
		pid     int
		started float64
	}
	groups := map[key][]sample{}
	for _, s := range m.samples {
		k := key{s.pid, s.started}
		groups[k] = append(groups[k], s)
	}
	list := make([]processUsage, 0, len(groups))
	for k, g := range groups {
		list = append(list, processUsage{k.pid, k.started, add(g).over(float64(len(g)))})
	}
	slices.SortFunc(list, func(a, b processUsage) int {
		return cmp.Or(cmp.Compare(b.cpuPercent, a.cpuPercent), cmp.Compare(a.pid, b.pid))
	})
	return list
}

type processUsage struct {
	pid     int
	started float64
	usage
}

func add(samples []sample) (u usage) {
	for _, s := range samples {
		u.cpuPercent += s.cpuPercent
		u.cpuTime += s.cpuTime / 60
		u.threads += s.threads
		u.memoryPercent += s.memoryPercent
		u.memoryRSS += s.memoryRSS / (1 << 20)
		u.ioBytes += s.ioBytes
		u.ioCount += s.ioCount
	}
	return u
}

func (u usage) over(n float64) usage {
	if n > 1 {
		u.cpuPercent /= n
		u.cpuTime /= n
		u.threads /= n
		u.memoryPercent /= n
		u.memoryRSS /= n
		u.ioBytes /= n
		u.ioCount /= n
	}
	return u
}
