package check

import (
	"fmt"
	"time"
)

// maxResults is how many results a quorum can look back on.
const maxResults = 64

// Settings are the options that say how a check's results are used.
type Settings struct {
	Period time.Duration // between two runs
	Quorum Quorum
	Bang   bool // a failure in production may be told to the master
}

// Settings reads the common options. An error is a configuration that cannot
// be meant.
func (c *Check) Settings(config map[string]any, anomaly bool) (s Settings, err error) {
	in := &Input{check: c, values: normal(config)}
	defer func() {
		if bad, ok := recover().(configError); ok {
			err = fmt.Errorf("%s", string(bad))
		}
	}()
	minutes := c.Minutes
	for _, option := range []string{"periodicity", "frequency"} {
		if in.Has(option) {
			minutes = in.Float(option)
		}
		if minutes <= 0 || minutes > 1e6 {
			in.fail("%s is not a positive number of minutes: %g", option, minutes)
		}
	}
	s = Settings{Period: time.Duration(minutes * float64(time.Minute)), Quorum: c.Test, Bang: true}
	if anomaly {
		s.Quorum = c.Anomaly
	}
	if anomaly || c.CountInTest {
		if in.Has("failure-amount") {
			s.Quorum.Failures = in.Int("failure-amount")
			s.Quorum.Results = max(s.Quorum.Results, s.Quorum.Failures)
		}
		if in.Has("result-count") {
			s.Quorum.Results = in.Int("result-count")
		}
		if !in.Has("failure-amount") {
			s.Quorum.Failures = min(s.Quorum.Failures, s.Quorum.Results)
		}
	}
	if q := s.Quorum; q.Failures < 1 || q.Results < q.Failures || q.Results > maxResults {
		in.fail("failure-amount %d of result-count %d cannot be: 1 <= failure-amount <= result-count <= %d", q.Failures, q.Results, maxResults)
	}
	for _, option := range []string{"bang-on-failure", "report-anomaly"} {
		if in.Has(option) {
			s.Bang = s.Bang && in.Bool(option)
		}
	}
	return s, nil
}
