package check

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"regexp"
	"time"
)

// Differences from upstream: levels of Apache 2.4, [core:error], count too;
// a date that cannot be read is passed over, however many there are.
var _ = register(&Check{
	Name:  "check_error_on_http_log",
	About: "the error log of Apache holds no errors",
	Options: []Option{
		{Name: "log-file", Required: true, About: "the error log"},
		{Name: "maximum-delay", Default: "0", About: "seconds to look back; 0: as far as the end of the log goes"},
	},
	Minutes:  720,
	Anomaly:  Quorum{2, 2},
	TestLess: true,
	run:      httpLog,
})

var apacheLine = regexp.MustCompile(`^\[([^\]]+)\] \[([^\]]+)\] (.*)$`)

func httpLog(_ context.Context, in *Input) Outcome {
	text, err := tailOf(in.Path("log-file"), 4<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return kept("OK")
	}
	if err != nil {
		return broken("%s", fileErrorText(err, in.Text("log-file")))
	}
	delay := time.Duration(in.Float("maximum-delay") * float64(time.Second))
	var all, noRoute, noNet, timeout int
	newestFirst(text, func(line []byte) bool {
		m := apacheLine.FindSubmatch(line)
		if m == nil {
			return true
		}
		at, err := apacheDate(string(m[1]))
		if err != nil {
			return true
		}
		if delay > 0 && in.Now().Sub(at) > delay {
			return false
		}
		if !bytes.Equal(m[2], []byte("error")) && !bytes.HasSuffix(m[2], []byte(":error")) {
			return true
		}
		all++
		switch {
		case bytes.Contains(m[3], []byte("(113)No route to host")):
			noRoute++
		case bytes.Contains(m[3], []byte("(101)Network is unreachable")):
			noNet++
		case bytes.Contains(m[3], []byte("(110)Connection timed out")):
			timeout++
		}
		return true
	})
	if all == 0 {
		return kept("OK")
	}
	return broken("ERROR=%d (NOROUTE=%d, UNREACHABLENET=%d, TIMEOUT=%d)", all, noRoute, noNet, timeout)
}

// apacheDate reads the local time of a log line, with or without a fraction.
func apacheDate(text string) (time.Time, error) {
	return time.ParseInLocation("Mon Jan _2 15:04:05 2006", fraction.ReplaceAllString(text, "$1"), time.Local)
}

var fraction = regexp.MustCompile(`(:\d\d)\.\d+`)
