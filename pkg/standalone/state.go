package standalone

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/supervise"
)

// A State is how a partition is, as its published documents say.
type State struct {
	Total      int      // promises
	Broken     []string // "NAME: first line of the message", in order of names
	Complaints []string // sentences about what is wrong besides
}

// late is how old the newest result may be before the passes themselves are in
// doubt: they come each minute, and slow ones take some.
const late = 3 * time.Minute

// ReadState reads the status documents of a partition's promises.
func ReadState(c *monitorconf.Config, now time.Time) State {
	var s State
	var newest time.Time
	// the folder's name is ours: Glob fails on bad patterns only
	files, _ := filepath.Glob(filepath.Join(c.PublicFolder, "promise", "*.status.json"))
	for _, file := range files {
		p, err := readStatus(file)
		if err != nil {
			s.Complaints = append(s.Complaints, err.Error())
			continue
		}
		s.Total++
		if p.Status != document.OK {
			s.Broken = append(s.Broken, supervise.Printable(p.Title)+": "+firstLine(p.Message))
		}
		if p.Result == nil {
			continue
		}
		if at, err := document.ParseDate(p.Result.Date); err == nil && at.After(newest) {
			newest = at
		}
	}
	switch {
	case s.Total == 0:
		s.Complaints = append(s.Complaints, "no promise has been run yet")
	case now.Sub(newest) > late:
		s.Complaints = append(s.Complaints, fmt.Sprintf("no promise has been run since %s: does the crond service run?", newest.Local().Format("15:04")))
	}
	return s
}

func readStatus(file string) (document.PromiseStatus, error) {
	var p document.PromiseStatus
	text, err := os.ReadFile(file)
	if err != nil {
		return p, fmt.Errorf("cannot read a promise's status: %w", err)
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("%s is damaged: %w", file, err)
	}
	return p, nil
}

// messageLimit keeps a line readable, in bytes.
const messageLimit = 200

func firstLine(message string) string {
	for line := range strings.Lines(message) {
		if line = supervise.Printable(line); line != "" {
			if len(line) > messageLimit {
				line = strings.ToValidUTF8(line[:messageLimit], "") + " …"
			}
			return line
		}
	}
	return "no message"
}

// Well is true when there is nothing to worry about.
func (s State) Well() bool { return len(s.Broken)+len(s.Complaints) == 0 }

func (s State) String() string {
	complaints := strings.Join(s.Complaints, "; ")
	switch {
	case s.Well():
		return fmt.Sprintf("%s %d kept", document.OK, s.Total)
	case s.Total == 0:
		return fmt.Sprintf("%s %s", document.Error, complaints)
	case len(s.Broken) == 0:
		return fmt.Sprintf("%s %d kept, but %s", document.Error, s.Total, complaints)
	}
	broken := strings.Join(append(slices.Clone(s.Broken), s.Complaints...), "; ")
	return fmt.Sprintf("%s %d of %d: %s", document.Error, len(s.Broken), s.Total, broken)
}
