// Package check holds the checks that run without a Python interpreter: the
// promise plugins of SlapOS by their own names, options, defaults and messages
// (contract/promises.md 3), one file each.
//
// A check looks once and says what it saw. It must not know when it runs, how
// often it has to fail before that counts, or where its result is published.
package check

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"slapmonitor/pkg/promise/process"
)

// Check is one kind of check.
type Check struct {
	Name    string // of the upstream module
	About   string // what it checks, a phrase
	Options []Option
	Minutes float64 // between two runs, unless option frequency says else
	Test    Quorum  // while deploying
	Anomaly Quorum  // in production
	// Quiet checks never bang: their anomaly is a Test Result.
	Quiet bool
	// CountInTest checks obey result-count and failure-amount while deploying too.
	CountInTest bool
	// StartsProgram marks the checks whose purpose is to run a program.
	StartsProgram bool
	// TestLess checks are not made while deploying.
	TestLess bool

	run func(ctx context.Context, in *Input) Outcome
}

// Quorum says when failures count: the newest result failed, and so did at
// least Failures of the last Results, itself included.
type Quorum struct{ Results, Failures int }

// once is the quorum of checks whose every failure counts.
var once = Quorum{1, 1}

// Option is a setting of a check. A hyphen and an underscore in its name are
// the same: upstream has both spellings.
type Option struct {
	Name     string
	Default  string
	About    string
	Required bool
}

// Common are the options that every check has.
var Common = []Option{
	{Name: "frequency", About: "minutes between two runs"},
	{Name: "periodicity", About: "the same, where frequency is not given"},
	{Name: "result-count", About: "how many of the last results are looked at"},
	{Name: "failure-amount", About: "how many of them must have failed"},
	{Name: "bang-on-failure", About: "whether a failure in production is told to the master: true or false"},
}

// Outcome is what a check saw.
type Outcome struct {
	Failed  bool
	Warning bool // neither kept nor broken; only where a promise asks for it
	Sure    bool // a failure that counts at once: the configuration cannot be used
	Message string
}

func kept(format string, args ...any) Outcome {
	return Outcome{Message: fmt.Sprintf(format, args...)}
}

func broken(format string, args ...any) Outcome {
	return Outcome{Failed: true, Message: fmt.Sprintf(format, args...)}
}

// Place is where a check runs and for whom.
type Place struct {
	Partition   string // folder; relative paths in options start there
	PartitionID string
	ComputerID  string
	CollectorDB string // database of slapos node collect, "" if unknown
	MonitorURL  string
	StateFolder string // where checks that compare with earlier looks remember them
	Timeout     time.Duration
	Now         func() time.Time
	Programs    *process.Runner // for the two checks whose purpose is to run a program
	Root        string          // what stands before /proc, /sys and /etc: "" but in tests
}

var registry = map[string]*Check{}

// register makes c known; each file of this package does so for its check.
func register(c *Check) *Check {
	for _, zero := range []*Quorum{&c.Test, &c.Anomaly} {
		if *zero == (Quorum{}) {
			*zero = once
		}
	}
	registry[c.Name] = c
	return c
}

// Lookup finds a check by the name of its module, nil if there is none.
func Lookup(name string) *Check {
	return registry[strings.TrimPrefix(name, "slapos.promise.plugin.")]
}

// All lists the checks by name.
func All() []*Check {
	return slices.SortedFunc(maps.Values(registry), func(a, b *Check) int { return strings.Compare(a.Name, b.Name) })
}

// Run makes the check once. name tells checks of one kind apart where they
// remember something. A configuration that cannot be used, and a check that
// panics or passes its deadline, is a failure with a message, not an error.
func (c *Check) Run(ctx context.Context, name string, place Place, config map[string]any) (out Outcome) {
	in := &Input{Place: place, name: name, check: c, values: normal(config)}
	defer func() {
		if r := recover(); r != nil {
			bad, isConfig := r.(configError)
			if !isConfig {
				panic(r)
			}
			out = broken("ERROR %s", string(bad))
			out.Sure = true
		}
	}()
	for _, o := range c.Options {
		if o.Required && in.Text(o.Name) == "" {
			in.fail("no %s is given", o.Name)
		}
	}
	if place.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, place.Timeout)
		defer cancel()
	}
	return c.run(ctx, in)
}
