package promise

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/promise/process"
)

// passVariable marks the environment of every process that a pass starts, so
// that the next pass finds what a killed one left behind.
const passVariable = "MONITOR_PROMISE_PASS"

// Pass runs the promises of a partition once.
type Pass struct {
	Config  *monitorconf.Config
	Timeout time.Duration // per promise; 0: what the partition says
	Only    []string      // names or file names of those to run; empty: all
	Force   bool          // run also those that are not due
	Anomaly bool          // judge as in production, not as while deploying
	Console io.Writer     // results for people; nil: none
	Now     func() time.Time
	// Reap kills what promises left behind. It takes every child of the calling
	// process for one, so only a program that has no others may set it.
	Reap bool
}

// Run runs the pass and returns how many promises are broken. A pass over all
// promises gives up with ErrBusy when another one is running; one over a
// selection, which somebody waits for, waits for its turn.
func (p *Pass) Run(ctx context.Context) (broken int, err error) {
	all, selected, err := p.promises()
	if err != nil {
		return 0, err
	}
	timeout := p.timeout()
	if err := os.MkdirAll(p.Config.StateFolder, 0o750); err != nil {
		return 0, fmt.Errorf("state folder: %w", err)
	}
	l, err := p.acquire(ctx, timeout)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	pub, err := newPublisher(p.Config, p.kind())
	if err != nil {
		return 0, err
	}
	waiting := 0 // promises that are broken and not due
	if !p.Force || p.Config.PromiseSource == fromSlapgrid {
		selected, waiting = pub.due(selected, p.Now())
	}
	if len(p.Only) == 0 {
		pub.sweep(all)
		err = pub.forget(all)
	}
	results, failure := p.run(ctx, l, timeout, selected, pub)
	_, pruned := pub.histories.Archive.Prune(p.Now().AddDate(0, 0, -p.Config.ArchiveDays))
	err = errors.Join(err, failure, pruned, ctx.Err())
	p.print(results)
	if p.Anomaly {
		err = errors.Join(err, pub.bang(ctx, results, p.Now()))
	}
	return waiting + countFailed(results), err
}

// Plan lists what Run would run, for people, and changes nothing.
func (p *Pass) Plan(w io.Writer) error {
	_, selected, err := p.promises()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d promises, each for %s at most:\n", len(selected), seconds(p.timeout()))
	for _, one := range selected {
		what := one.Path
		switch {
		case one.Fault != "":
			what = one.Fault
		case one.ran != nil:
			what += " (run by slapgrid)"
		case one.Check != nil:
			what += " (" + one.Check.Name + ")"
		case one.Plugin != nil:
			what += " (in Python)"
		}
		fmt.Fprintf(w, "%s\t%s\n", one.Name, what)
	}
	return nil
}

func (p *Pass) kind() string {
	if p.Anomaly {
		return anomalyResult
	}
	return testResult
}

// timeout is the deadline of each promise; a bad setting is reported.
func (p *Pass) timeout() time.Duration {
	if p.Timeout > 0 {
		return p.Timeout
	}
	timeout, err := timeoutOf(p.Config.PromiseTimeoutFile)
	if err != nil {
		slog.Warn(err.Error())
	}
	return timeout
}

// promises is every promise of the partition, and those to run.
func (p *Pass) promises() (all, selected []*Promise, err error) {
	all, clashes, err := Discover(p.Config)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range clashes {
		slog.Warn(c)
	}
	if len(p.Only) == 0 {
		return all, all, nil
	}
	for _, name := range p.Only {
		i := slices.IndexFunc(all, func(one *Promise) bool {
			return one.Name == name || filepath.Base(one.Path) == name
		})
		if i < 0 {
			return nil, nil, fmt.Errorf("no promise is named %q in %s", name, p.Config.Partition)
		}
		if !slices.Contains(selected, all[i]) {
			selected = append(selected, all[i])
		}
	}
	return all, selected, nil
}

// acquire takes the partition's lock and ends what a killed pass left running.
func (p *Pass) acquire(ctx context.Context, timeout time.Duration) (*lock, error) {
	path := filepath.Join(p.Config.StateFolder, "promise.lock")
	l, err := acquire(path)
	for end := time.Now().Add(2*timeout + 10*time.Second); err == ErrBusy && len(p.Only) > 0 && time.Now().Before(end); l, err = acquire(path) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	if err != nil {
		return nil, err
	}
	if l.left != "" {
		n := process.KillMarked(p.mark())
		slog.Warn("the previous pass was killed", "processes left by it", n)
	}
	return l, nil
}

// lull is how long no result may come before what has come is published: a
// promise that hangs does not keep the others' results back.
const lull = 500 * time.Millisecond

// run runs the selected promises, publishes what they say and leaves no process
// behind. Promises that the end of ctx interrupted have no result.
func (p *Pass) run(ctx context.Context, l *lock, timeout time.Duration, selected []*Promise, pub *publisher) ([]Result, error) {
	programs, err := process.NewRunner(ctx)
	if err != nil {
		return nil, err
	}
	defer programs.Close()
	mark := p.mark() + strconv.Itoa(os.Getpid())
	if err := l.mark(mark); err != nil {
		return nil, err
	}
	r := &runner{
		ctx: ctx, config: p.Config, programs: programs, dir: p.Config.Partition, env: environment(mark),
		timeout: timeout, anomaly: p.Anomaly, now: p.Now,
	}
	results, err := p.collect(r.all(selected), pub)
	if p.Reap {
		if n := process.Reap(); n > 0 {
			slog.Warn("promises left processes behind; they were killed", "processes", n)
		}
	}
	slices.SortFunc(results, func(a, b Result) int { return strings.Compare(a.Promise.Name, b.Promise.Name) })
	return results, err
}

// collect publishes results as they come, as many at a time as come together,
// and the state in any case.
func (p *Pass) collect(coming <-chan Result, pub *publisher) (results []Result, err error) {
	published := 0
	publish := func() {
		err = errors.Join(err, pub.publish(results[published:], p.Now()))
		published = len(results)
	}
	quiet := time.NewTimer(lull)
	defer quiet.Stop()
	for {
		select {
		case r, more := <-coming:
			if !more {
				publish()
				return results, err
			}
			if !r.interrupted && !r.skipped {
				results = append(results, r)
			}
			quiet.Reset(lull)
		case <-quiet.C:
			if published < len(results) {
				publish()
			}
			quiet.Reset(lull)
		}
	}
}

// mark is what the environment of every process of this partition's passes has.
func (p *Pass) mark() string { return passVariable + "=" + p.Config.Partition + ":" }

// environment is that of the promises: the runner's own, and the mark.
func environment(mark string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, passVariable+"=") })
	return append(env, mark)
}

func countFailed(results []Result) (n int) {
	for _, r := range results {
		if r.Failed() {
			n++
		}
	}
	return n
}

// print shows results to people, in order.
func (p *Pass) print(results []Result) {
	if p.Console == nil {
		return
	}
	for _, r := range results {
		message := strings.ReplaceAll(r.Message, "\n", "\n        ")
		fmt.Fprintf(p.Console, "%-7s %s (%.2f s)", r.Status, r.Promise.Name, r.Duration.Seconds())
		if message != "" {
			fmt.Fprintf(p.Console, ": %s", message)
		}
		fmt.Fprintln(p.Console)
	}
	fmt.Fprintf(p.Console, "%d promises, %d broken\n", len(results), countFailed(results))
}
