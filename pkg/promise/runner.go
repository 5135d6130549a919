package promise

import (
	"context"
	"runtime"
	"sync"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/promise/process"
)

const (
	// slow is after how long a program that still runs gives its place to the
	// next one: it is waiting for something, not computing.
	slow = time.Second
	// maxRunning bounds the programs that run at a time, waiting ones included.
	maxRunning = 128
	// maxChecks bounds the native checks that are made at a time.
	maxChecks = 64
)

// places is how many programs that compute run at a time.
func places() int { return 2 * runtime.NumCPU() }

// runner runs promises side by side.
type runner struct {
	ctx      context.Context
	config   *monitorconf.Config
	programs *process.Runner
	dir      string // working folder of programs: the partition
	env      []string
	timeout  time.Duration
	anomaly  bool
	now      func() time.Time
}

// all runs every promise and returns the results in the same order. A promise
// that hangs delays only itself.
func (r *runner) all(promises []*Promise) []Result {
	results := make([]Result, len(promises))
	var programs, checks, python []int
	for i, p := range promises {
		switch {
		case p.Fault != "":
			results[i] = Result{Promise: p, Status: document.Error, Message: p.Fault, Start: r.now()}
		case p.ran != nil:
			results[i] = *p.ran
		case p.Check != nil && !p.Check.StartsProgram:
			checks = append(checks, i)
		case p.Plugin != nil && p.Check == nil:
			python = append(python, i)
		default:
			programs = append(programs, i)
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() { r.python(promises, python, results) })
	wg.Go(func() { r.checks(promises, checks, results) })
	r.executables(promises, programs, results)
	wg.Wait()
	return results
}

// executables runs the programs at the given places of promises: a few that
// compute at a time, and many that wait.
func (r *runner) executables(promises []*Promise, at []int, results []Result) {
	busy := make(chan struct{}, places())
	running := make(chan struct{}, maxRunning)
	var wg sync.WaitGroup
	for _, i := range at {
		running <- struct{}{}
		busy <- struct{}{}
		wg.Go(func() {
			lend := time.AfterFunc(slow, func() { <-busy })
			if p := promises[i]; p.Check != nil {
				results[i] = r.native(r.ctx, p)
			} else {
				results[i] = r.program(p)
			}
			if lend.Stop() {
				<-busy
			}
			<-running
		})
	}
	wg.Wait()
}

// checks makes the native checks at the given places of promises.
func (r *runner) checks(promises []*Promise, at []int, results []Result) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(maxChecks, len(at)) {
		wg.Go(func() {
			for i := range next {
				results[i] = r.native(r.ctx, promises[i])
			}
		})
	}
	for _, i := range at {
		next <- i
	}
	close(next)
	wg.Wait()
}

// program runs an executable promise.
func (r *runner) program(p *Promise) Result {
	start := r.now()
	res := r.programs.Run(process.Command{
		Path: p.Path, Dir: r.dir, Env: r.env, Timeout: r.timeout,
		Keep: MessageLimit * 4, // bytes of the longest characters
	})
	status, message := judge(res, r.timeout, MessageLimit)
	return Result{Promise: p, Status: status, Message: message, Start: start, Duration: res.Duration, interrupted: res.Canceled}
}
