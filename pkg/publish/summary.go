package publish

import (
	"fmt"
	"time"

	"slapmonitor/pkg/document"
)

// staleRun and staleSlapgrid are the ages of the newest result at which the
// runner counts as dead. Ours runs each minute; slapgrid runs a promise when
// its periodicity says so.
const (
	staleRun      = 10 * time.Minute
	staleSlapgrid = time.Hour
)

// summary is what one pass publishes of all promises together.
type summary struct {
	promises []result
	status   string    // ERROR if a promise is broken, else WARNING if one is doubtful, else OK
	date     time.Time // of the newest result, what the documents are dated
	success  int
	failed   int
	warning  int
}

// summarize counts the promises. A promise's own result says nothing once
// nobody runs promises any more, so when even the newest result is old each
// kept promise turns WARNING with a message that says so; a broken one stays
// broken. Without any dated result the documents are dated created.
func (p *Publisher) summarize(promises []result, created, now time.Time) *summary {
	s := &summary{promises: promises, date: newest(promises, now)}
	if s.date.IsZero() {
		s.date = created
	}
	p.markStale(s, now)
	for i := range promises {
		promises[i].message = clean(promises[i].message, maxMessage)
		switch promises[i].status {
		case document.OK:
			s.success++
		case document.Error:
			s.failed++
		default:
			s.warning++
		}
	}
	switch {
	case s.failed > 0:
		s.status = document.Error
	case s.warning > 0 || promises == nil: // nil: nothing has ever run here
		s.status = document.Warning
	default:
		s.status = document.OK
	}
	return s
}

// maxAhead is how far in the future a result's date may be; one beyond was made
// while the clock was wrong.
const maxAhead = time.Hour

// newest is the date of the newest result that can be true, or now when the
// clock was wrong at all of them; zero when none has a date.
func newest(promises []result, now time.Time) (date time.Time) {
	ahead := false
	for _, r := range promises {
		if r.date.Sub(now) > maxAhead {
			ahead = true
		} else if r.date.After(date) {
			date = r.date
		}
	}
	if ahead && date.IsZero() {
		return now
	}
	return date
}

func (p *Publisher) markStale(s *summary, now time.Time) {
	limit, runner := staleRun, "monitor-runpromise"
	if p.Conf.PromiseSource == "slapgrid" {
		limit, runner = staleSlapgrid, "slapgrid"
	}
	if len(s.promises) == 0 || now.Sub(s.date) <= limit {
		return
	}
	p.Log.Warn("no promise has been run for long; is the scheduler alive?",
		"newest", document.Date(s.date), "runner", runner)
	for i := range s.promises {
		r := &s.promises[i]
		if r.status != document.OK {
			continue
		}
		r.status = document.Warning
		r.since = s.date.Add(limit)
		r.message = fmt.Sprintf("No promise of this instance has been run since %s: %s is not at work. The last result was:\n%s",
			document.Date(s.date), runner, r.message)
	}
}
