package standalone

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"slapmonitor/pkg/process"
	"slapmonitor/pkg/supervise"
)

// A terminal is what the person sees, line by line.
type terminal struct {
	out io.Writer

	mu   sync.Mutex
	said map[string]string // the last event of each program
}

// print prints a line. A terminal that is gone must not stop the monitor.
func (t *terminal) print(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = fmt.Fprintf(t.out, format+"\n", args...)
}

// news is true for an event that says something else than the program's last.
func (t *terminal) news(e supervise.Event) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.said == nil {
		t.said = map[string]string{}
	}
	text := fmt.Sprint(e.What, e.Exit, e.Output, e.Err)
	if t.said[e.Path] == text {
		return false
	}
	t.said[e.Path] = text
	return true
}

// report shows what happens to the programs. That a script is over is no news,
// and what the first pass found is in the line about it.
func (s *Standalone) report(e supervise.Event) {
	if isServer(e.Program) && !s.up.Load() {
		select {
		case s.down <- e: // awaitServer makes an error of it
		default:
		}
		return
	}
	if e.What == supervise.Finished || e.What == supervise.Failed && e.Program == bootstrap {
		return
	}
	if s.terminal.news(e) {
		s.terminal.print("%s", e)
	}
}

// describe says where the monitor is to be found.
func (s *Standalone) describe() {
	p := s.partition
	if s.conf == nil {
		s.terminal.print("Running the programs of %s; their logs are in %s", p.Directory, s.logs())
		return
	}
	lines := []string{fmt.Sprintf("The monitor of %q:", p.Title)}
	for _, l := range [][2]string{
		{"base URL", p.BaseURL}, {"setup URL", p.SetupURL}, {"feed URL", p.FeedURL},
		{"user", p.User}, {"password", "in " + p.PasswordFile}, {"logs", "in " + s.logs()},
	} {
		if l[1] != "" {
			lines = append(lines, fmt.Sprintf("  %-10s %s", l[0], l[1]))
		}
	}
	s.terminal.print("%s", strings.Join(lines, "\n"))
	if _, err := os.Stat(filepath.Join(p.Directory, "etc", "cron.d", "logrotate")); err == nil && !installed("logrotate") {
		s.terminal.print("logrotate is not installed: logs will only grow; on Debian, apt-get install logrotate")
	}
}

// installed tells whether programs of the partition find a command.
func installed(command string) bool {
	for dir := range strings.SplitSeq(process.Path(), ":") {
		if st, err := os.Stat(filepath.Join(dir, command)); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return true
		}
	}
	return false
}
