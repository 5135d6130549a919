package check

import (
	"context"
	"errors"
	"io/fs"
	"regexp"
	"time"
)

// Difference from upstream: error-threshold and maximum-delay may be text, as
// profiles give them; there they make the check fail always.
var _ = register(&Check{
	Name:  "check_error_on_zope_longrequest_log",
	About: "Zope does not log too many long requests",
	Options: []Option{
		{Name: "log-file", Required: true, About: "the long request log"},
		{Name: "error-threshold", Default: "0", About: "how many long requests are too few to fail"},
		{Name: "maximum-delay", Default: "0", About: "seconds to look back; 0: as far as the end of the log goes"},
	},
	Minutes: 10,
	Anomaly: Quorum{3, 3},
	run:     zopeLog,
})

var zopeLine = regexp.MustCompile(`^([0-9]+-[0-9]+-[0-9]+ [0-9]+:[0-9]+:[0-9]+),[0-9]+ - [A-Za-z]+ `)

func zopeLog(_ context.Context, in *Input) Outcome {
	text, err := tailOf(in.Path("log-file"), 40<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return kept("log file does not exist: log check skipped")
	}
	if err != nil {
		return broken("%s", fileErrorText(err, in.Text("log-file")))
	}
	delay := time.Duration(in.Float("maximum-delay") * float64(time.Second))
	count := 0
	newestFirst(text, func(line []byte) bool {
		m := zopeLine.FindSubmatch(line)
		if m == nil {
			return true
		}
		at, err := time.ParseInLocation("2006-1-2 15:4:5", string(m[1]), time.Local)
		if err != nil {
			return true
		}
		if delay > 0 && in.Now().Sub(at) > delay {
			return false
		}
		count++
		return true
	})
	if float64(count) > in.Float("error-threshold") {
		return broken("ERROR: Site has %d long request", count)
	}
	return kept("INFO: Site has %d long request", count)
}
