package schedule

import (
	"bytes"
	"sync/atomic"
	"time"

	"slapmonitor/pkg/process"
)

// A job is an entry and what became of it.
type job struct {
	Entry
	name string // of its file

	at      time.Time     // when it was last due, zero if never
	fired   time.Duration // the clock's uptime then
	running atomic.Pointer[process.Child]
	noticed bool // it was said that it still runs
}

// due tells whether the job has to start for a minute after since, up to and
// with minute. A clock that is set back does not start it again before half of
// its period has really passed.
func (j *job) due(uptime time.Duration, since, minute time.Time) bool {
	if j.when == nil {
		return false
	}
	at := j.when.Next(since)
	if at.IsZero() || at.After(minute) {
		return false
	}
	if !j.at.IsZero() && (uptime-j.fired < j.when.Next(j.at).Sub(j.at)/2 || j.repeated(at)) {
		return false
	}
	j.at, j.fired = at, uptime
	return true
}

// repeated is true for a time in the hour that the end of summer time repeats,
// when the job was due at the same time in the first of the two and is not one
// that comes every hour.
func (j *job) repeated(at time.Time) bool {
	return at.Format(time.DateTime) == j.at.Format(time.DateTime) && j.when.Next(at).Sub(at) > time.Hour
}

// start runs the job's command, unless it still runs.
func (s *scheduler) start(j *job) {
	if child := j.running.Load(); child != nil {
		if !j.noticed {
			s.say(j.name, "process %d still runs; %q is not started again until it has ended", child.PID, j.Command)
		}
		j.noticed = true
		return
	}
	j.noticed = false
	out := &lines{say: func(line []byte) { s.say(j.name, "%s", line) }}
	child, err := s.family.Start(process.Command{
		Path: "/bin/sh", Args: []string{"-c", j.Command},
		Dir: s.config.Home, Env: process.Environ(s.config.Home), Output: out,
	})
	if err != nil {
		s.say(j.name, "%v", err)
		return
	}
	j.running.Store(child)
	s.running.Go(func() {
		exit := child.Wait()
		j.running.Store(nil)
		if !exit.OK() {
			s.say(j.name, "%s: %q", exit, j.Command)
		}
	})
}

// lineLimit is where a line without end is broken.
const lineLimit = 4096

// lines passes on what a command prints, line by line.
type lines struct {
	say  func(line []byte)
	rest []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		line, rest, complete := bytes.Cut(l.rest, []byte("\n"))
		if !complete && len(l.rest) < lineLimit {
			return len(p), nil
		}
		if !complete {
			line, rest = l.rest[:lineLimit], l.rest[lineLimit:]
		}
		l.say(bytes.TrimRight(line, "\r"))
		l.rest = append([]byte(nil), rest...)
	}
}

// Close passes on a last line without end.
func (l *lines) Close() error {
	if len(l.rest) > 0 {
		l.say(l.rest)
	}
	return nil
}
