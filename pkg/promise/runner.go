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

// all runs every promise and hands over each result as it comes; the channel is
// closed behind the last one. A promise that hangs delays only itself.
func (r *runner) all(promises []*Promise) <-chan Result {
	results := make(chan Result, len(promises))
	var programs, checks, python []*Promise
	for _, p := range promises {
		switch {
		case p.Fault != "":
			results <- Result{Promise: p, Status: document.Error, Message: p.Fault, Start: r.now(), kind: testResult}
		case p.ran != nil:
			results <- *p.ran
		case p.Check != nil && !p.Check.StartsProgram:
			checks = append(checks, p)
		case p.Plugin != nil && p.Check == nil:
			python = append(python, p)
		default:
			programs = append(programs, p)
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() { r.python(python, results) })
	wg.Go(func() { r.checks(checks, results) })
	wg.Go(func() { r.executables(programs, results) })
	go func() {
		wg.Wait()
		close(results)
	}()
	return results
}

// executables runs programs: a few that compute at a time, and many that wait.
func (r *runner) executables(promises []*Promise, results chan<- Result) {
	busy := make(chan struct{}, places())
	running := make(chan struct{}, maxRunning)
	var wg sync.WaitGroup
	for _, p := range promises {
		running <- struct{}{}
		busy <- struct{}{}
		wg.Go(func() {
			lend := time.AfterFunc(slow, func() { <-busy })
			if p.Check != nil {
				results <- r.native(r.ctx, p)
			} else {
				results <- r.program(p)
			}
			if lend.Stop() {
				<-busy
			}
			<-running
		})
	}
	wg.Wait()
}

// checks makes native checks.
func (r *runner) checks(promises []*Promise, results chan<- Result) {
	next := make(chan *Promise)
	var wg sync.WaitGroup
	for range min(maxChecks, len(promises)) {
		wg.Go(func() {
			for p := range next {
				results <- r.native(r.ctx, p)
			}
		})
	}
	for _, p := range promises {
		next <- p
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
	return Result{
		Promise: p, Status: status, Message: message, Start: start, Duration: res.Duration,
		kind:        testResult, // in production too: a program never bangs (contract/promises.md 1.5)
		interrupted: res.Canceled,
	}
}
