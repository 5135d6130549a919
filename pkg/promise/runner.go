package promise

import (
	"runtime"
	"sync"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/promise/process"
)

const (
	// slow is after how long a program that still runs gives its place to the
	// next one: it is waiting for something, not computing.
	slow = time.Second
	// maxRunning bounds the programs that run at a time, waiting ones included.
	maxRunning = 128
)

// places is how many programs that compute run at a time.
func places() int { return 2 * runtime.NumCPU() }

// runner runs promises side by side.
type runner struct {
	programs *process.Runner
	dir      string // working folder of programs: the partition
	env      []string
	timeout  time.Duration
	now      func() time.Time
}

// all runs every promise and returns the results in the same order. A promise
// that hangs delays only itself.
func (r *runner) all(promises []*Promise) []Result {
	results := make([]Result, len(promises))
	busy := make(chan struct{}, places())
	running := make(chan struct{}, maxRunning)
	var wg sync.WaitGroup
	for i, p := range promises {
		if p.Fault != "" {
			results[i] = Result{Promise: p, Status: document.Error, Message: p.Fault, Start: r.now()}
			continue
		}
		running <- struct{}{}
		busy <- struct{}{}
		wg.Go(func() {
			lend := time.AfterFunc(slow, func() { <-busy })
			results[i] = r.program(p)
			if lend.Stop() {
				<-busy
			}
			<-running
		})
	}
	wg.Wait()
	return results
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
