// Package schedule owns the running of cron entries: what etc/cron.d says, in
// the syntax of dcron that recipes write (contract/stack.md 1.5), and when.
//
// It must not know what the commands do, nor who wrote the files.
package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// An Entry is one line of a cron file.
type Entry struct {
	Spec    string // "*/5 * * * *", "@daily"
	Command string // for sh -c

	when cron.Schedule // nil for @reboot
}

// A BadLine says why a line is left out.
type BadLine struct {
	Line int
	Err  error
}

func (b BadLine) Error() string { return fmt.Sprintf("line %d: %v", b.Line, b.Err) }

var fields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// named are the words that may stand for the five fields.
var named = map[string]string{
	"@yearly":   "0 0 1 1 *",
	"@annually": "0 0 1 1 *",
	"@monthly":  "0 0 1 * *",
	"@weekly":   "0 0 * * 0",
	"@daily":    "0 0 * * *",
	"@midnight": "0 0 * * *",
	"@hourly":   "0 * * * *",
}

const reboot = "@reboot"

// Parse reads a cron file. Lines that it cannot read do not keep the others
// from being read.
func Parse(text string) ([]Entry, []BadLine) {
	var entries []Entry
	var bad []BadLine
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		e, err := parseLine(line)
		if err != nil {
			bad = append(bad, BadLine{number, err})
			continue
		}
		entries = append(entries, e)
	}
	return entries, bad
}

func parseLine(line string) (Entry, error) {
	if strings.ContainsRune(line, 0) {
		return Entry{}, errors.New("it contains a NUL byte")
	}
	if name, _, assigned := strings.Cut(strings.Fields(line)[0], "="); assigned {
		return Entry{}, fmt.Errorf("%s= cannot be set for all lines; set it in the command, before the program", name)
	}
	count := 5
	if line[0] == '@' {
		count = 1
	}
	spec, command := cut(line, count)
	if command == "" {
		return Entry{}, fmt.Errorf("%q is not a schedule (minute hour day month weekday, or @daily and the like) and a command", line)
	}
	if tag := dcronTag(command); tag != "" {
		return Entry{}, fmt.Errorf("dcron's %s is not supported; say when in the first five fields", tag)
	}
	when, err := parseSpec(spec)
	if err != nil {
		return Entry{}, fmt.Errorf("schedule %q: %w", spec, err)
	}
	return Entry{Spec: spec, Command: command, when: when}, nil
}

// cut splits off the first count words, with single blanks between them.
func cut(line string, count int) (words, rest string) {
	var head []string
	for range count {
		line = strings.TrimLeft(line, " \t")
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			return strings.Join(append(head, line), " "), ""
		}
		head, line = append(head, line[:end]), line[end:]
	}
	return strings.Join(head, " "), strings.TrimLeft(line, " \t")
}

// dcronTag finds a word that dcron obeys and the shell would silently take for
// a variable. ID=name needs no care: it only names the line.
func dcronTag(command string) string {
	for word := range strings.FieldsSeq(command) {
		name, _, assigned := strings.Cut(word, "=")
		if !assigned {
			break
		}
		if name == "FREQ" || name == "AFTER" || name == "WAIT" {
			return name + "="
		}
	}
	return ""
}

func parseSpec(spec string) (cron.Schedule, error) {
	if spec == reboot {
		return nil, nil
	}
	if spec[0] == '@' {
		five, ok := named[strings.ToLower(spec)]
		if !ok {
			return nil, errors.New("no such word; known are @reboot @hourly @daily @weekly @monthly @yearly")
		}
		spec = five
	}
	five, err := plainFields(strings.Split(spec, " "))
	if err != nil {
		return nil, err
	}
	when, err := fields.Parse(strings.Join(five, " "))
	if err != nil {
		return nil, err
	}
	if when.Next(time.Now()).IsZero() {
		return nil, errors.New("there is no such day")
	}
	return when, nil
}
