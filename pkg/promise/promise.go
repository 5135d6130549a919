// Package promise runs the promises and reports of one partition and publishes
// what they say: which checks there are, how each is run and judged, what is
// remembered from pass to pass, and the status, history and report documents.
//
// It must not know HTTP, feeds or the global state: other programs make those
// of the documents that this package writes.
package promise

import (
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/promise/check"
	"slapmonitor/pkg/promise/plugin"
)

// Promise is one check of a partition.
type Promise struct {
	Name   string // of its documents; unique in the partition
	Path   string // the file that makes it a promise
	Folder string // the base name of the folder it was found in: promise, monitor-promise, plugin
	Fault  string // why it cannot be run, a sentence; it is broken then

	Plugin *plugin.Plugin // what its file in etc/plugin says; nil for a program
	Check  *check.Check   // the native check that does a plugin's work; nil: Python does

	ran *Result // what slapgrid says; it is not run here
}

// Result is what one run of a promise said.
type Result struct {
	Promise  *Promise
	Status   string // document.OK, Error or Warning
	Message  string // clean text, without the final newline
	Start    time.Time
	Duration time.Duration

	said    string        // result.message where Message has more than the promise said
	kind    string        // result.type; "": that of the pass
	period  time.Duration // between two runs; 0: each pass
	mayBang bool          // a failure may be told to the master
	quorum  check.Quorum  // when failures count; zero: each does
	// interrupted: the pass was stopped before the promise could say anything.
	// skipped: the promise says nothing in this mode. Neither is a result.
	interrupted, skipped bool
}

// The types of results (contract/promises.md 1.5).
const (
	testResult    = "Test Result"
	anomalyResult = "Anomaly Result"
)

// Failed tells whether the promise is broken.
func (r Result) Failed() bool { return r.Status == document.Error }
