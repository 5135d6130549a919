package supervise

import (
	"fmt"
	"time"
)

// What happened to a program.
type What int

// The things that happen.
const (
	Finished      What = iota // a Once program ended with status 0
	Failed                    // a Once program ended otherwise
	Ended                     // a Service ended by itself; it is started again after Pause
	NotStarted                // it could not be started; a Service is tried again after Pause
	NotExecutable             // no x bit, or a link to nothing; looked at again when it changes
	Back                      // a Service that had ended stays up again
	Stuck                     // it could not be stopped
)

// An Event is something that happened to a program.
type Event struct {
	Program string // base name
	Path    string
	Kind    Kind
	What    What
	Exit    string        // how it ended: "exit status 1"
	After   time.Duration // how long it had run
	Output  string        // the last line that it printed
	Pause   time.Duration // until it is started again
	Err     error
}

// String is a sentence for whoever looks at the terminal.
func (e Event) String() string {
	switch e.What {
	case Finished:
		return fmt.Sprintf("%s finished after %s", e.Program, seconds(e.After))
	case Failed:
		return fmt.Sprintf("%s failed (%s after %s)%s", e.Program, e.Exit, seconds(e.After), e.output())
	case Ended:
		return fmt.Sprintf("service %s ended (%s after %s)%s; it is started again in %s",
			e.Program, e.Exit, seconds(e.After), e.output(), seconds(e.Pause))
	case NotStarted:
		if e.Kind == Once {
			return e.Err.Error()
		}
		return fmt.Sprintf("service %s: %v; tried again in %s", e.Program, e.Err, seconds(e.Pause))
	case NotExecutable:
		return fmt.Sprintf("%s is not executable and is left out; chmod +x, or move it elsewhere", e.Path)
	case Back:
		return fmt.Sprintf("service %s is up again", e.Program)
	}
	return fmt.Sprintf("%s: %v", e.Program, e.Err)
}

func (e Event) output() string {
	if e.Output == "" {
		return ""
	}
	return ": " + e.Output
}

// seconds shows a time without digits that nobody needs.
func seconds(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
