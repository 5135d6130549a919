package promise

import (
	"fmt"
	"math/bits"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/promise/check"
)

// count remembers whether the newest result failed.
func (r *record) count(failed bool) {
	r.Recent <<= 1
	if failed {
		r.Recent |= 1
	}
}

// reached tells whether the newest result failed and so did enough of the last
// ones. They need not follow each other (contract/promises.md 1.5).
func (r *record) reached(q check.Quorum) bool {
	window := ^uint64(0)
	if q.Results < 64 {
		window = 1<<q.Results - 1
	}
	return r.Recent&1 == 1 && bits.OnesCount64(r.Recent&window) >= q.Failures
}

// settle counts a result and decides what it means: a failure that does not
// count yet is OK with the failure's message, as upstream has it.
func (r *record) settle(res *Result) {
	r.count(res.Failed())
	r.Ran, r.Period = res.Start.Unix(), int64(res.period/time.Second)
	q := res.quorum
	if q.Results > 1 && res.Failed() && !r.reached(q) {
		res.Status, res.said = document.OK, res.Message
		res.Message += fmt.Sprintf("\n(not counted yet: %d of the last %d results must have failed)", q.Failures, q.Results)
	}
}

// due tells whether a promise's period is over. Half a minute early will do,
// because passes do not begin at the same second of each minute.
func (r *record) due(now time.Time, changed bool) bool {
	since := now.Unix() - r.Ran
	return changed || r.Period == 0 || r.Count == 0 || since < 0 || since >= r.Period-30
}
