package supervise

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestEventSentences(t *testing.T) {
	for _, c := range []struct {
		event Event
		want  string
	}{
		{Event{Program: "boot", What: Finished, After: 1234 * time.Millisecond}, "boot finished after 1.23s"},
		{Event{Program: "boot", What: Failed, Exit: "exit status 2", After: 75 * time.Second, Output: "no"}, "boot failed (exit status 2 after 1m15s): no"},
		{Event{Program: "s", Kind: Service, What: Ended, Exit: "killed by SIGKILL", After: time.Second, Pause: 2 * time.Second},
			"service s ended (killed by SIGKILL after 1s); it is started again in 2s"},
		{Event{Program: "s", Kind: Service, What: NotStarted, Err: errors.New("cannot run it"), Pause: time.Minute}, "service s: cannot run it; tried again in 1m0s"},
		{Event{Program: "r", What: NotStarted, Err: errors.New("cannot run it")}, "cannot run it"},
		{Event{Program: "x", Path: "/p/x", What: NotExecutable}, "/p/x is not executable and is left out; chmod +x, or move it elsewhere"},
		{Event{Program: "s", Kind: Service, What: Back}, "service s is up again"},
		{Event{Program: "s", What: Stuck, Err: errors.New("processes [7] did not end")}, "s: processes [7] did not end"},
	} {
		if got := c.event.String(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestLastLine(t *testing.T) {
	long := strings.Repeat("x", 3*lineLimit)
	for _, c := range []struct {
		name   string
		writes []string
		want   string
	}{
		{"nothing", nil, ""},
		{"blank lines after it", []string{"one\ntwo\n", "\n  \n"}, "two"},
		{"in pieces", []string{"o", "ne\nt", "wo"}, "two"},
		{"blank so far", []string{"one\n", "  "}, "one"},
		{"long", []string{long, long + "\n"}, long[:lineLimit]},
		{"hostile", []string{"\x1b[2J\x07bad\xff\ttext\r\n"}, "[2Jbad\uFFFD text"},
	} {
		o, err := openLog(filepath.Join(t.TempDir(), "log"))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range c.writes {
			if _, err := o.Write([]byte(w)); err != nil {
				t.Fatal(err)
			}
		}
		if got := o.last(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
