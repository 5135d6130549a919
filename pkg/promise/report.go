package promise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/renameio/v2"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/promise/process"
)

const (
	reportSuffix = ".report.json"
	// reportLimit is how many characters of its output a report holds: unlike a
	// promise's, the output is what it is for.
	reportLimit = 200_000
	// reportTimeout is how long a report may take at least; one of a longer
	// period may take its whole period.
	reportTimeout = 10 * time.Minute
)

// Reports runs the report scripts of a partition that are due.
type Reports struct {
	Config  *monitorconf.Config
	Force   bool      // run all, due or not
	Console io.Writer // results for people; nil: none
	Now     func() time.Time
	Reap    bool // as in Pass
}

// report is one script.
type report struct {
	title  string // its document is TITLE.report.json
	script *Promise
	period time.Duration
}

// reportState is what is remembered of a report: StateFolder/report/TITLE.json.
type reportState struct {
	Slot   int64   `json:"slot"` // the period it last ran in
	Status string  `json:"status"`
	Change float64 `json:"change"`
}

// Run runs every report that is due and not running yet, side by side, and
// waits for them. It returns how many failed. Each report has a lock of its
// own, so a long one holds up nothing but itself.
func (r *Reports) Run(ctx context.Context) (failed int, err error) {
	reports, err := r.list()
	if err != nil {
		return 0, err
	}
	for _, dir := range []string{r.stateFolder(), r.Config.PrivateFolder, r.Config.DocumentFolder} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return 0, fmt.Errorf("reports: %w", err)
		}
	}
	programs, err := process.NewRunner(ctx)
	if err != nil {
		return 0, err
	}
	defer programs.Close()
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, one := range reports {
		wg.Go(func() {
			bad, e := r.one(programs, one)
			mu.Lock()
			defer mu.Unlock()
			if err = errors.Join(err, e); bad {
				failed++
			}
		})
	}
	wg.Wait()
	if r.Reap {
		process.Reap()
	}
	return failed, errors.Join(err, r.forget(reports), ctx.Err())
}

func (r *Reports) stateFolder() string { return filepath.Join(r.Config.StateFolder, "report") }

// list is the report scripts. Of two with one title the first keeps it, the
// second goes by its whole name.
func (r *Reports) list() ([]*report, error) {
	scripts, err := executables(r.Config.ReportFolder)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	var reports []*report
	for _, s := range scripts {
		title, period := periodOf(s.Name)
		if taken[title] {
			slog.Warn("two reports have the same title", "title", title, "second", s.Path)
			title = s.Name
		}
		taken[title] = true
		reports = append(reports, &report{title: title, script: s, period: period})
	}
	return reports, nil
}

// one runs a report if it is due and not running.
func (r *Reports) one(programs *process.Runner, one *report) (failed bool, err error) {
	l, err := acquire(filepath.Join(r.stateFolder(), one.title+".lock"))
	if errors.Is(err, ErrBusy) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, l.release()) }()
	base := passVariable + "=" + one.script.Path + ":"
	if l.left != "" {
		process.KillMarked(base)
	}
	st := r.load(one)
	now := r.Now()
	if !r.Force && st.Slot == slot(now, one.period) {
		return false, nil
	}
	mark := base + strconv.Itoa(os.Getpid())
	if err := l.mark(mark); err != nil {
		return false, err
	}
	res := r.execute(programs, one, mark)
	if res.interrupted {
		return false, nil
	}
	if st.Status != res.Status || st.Change == 0 {
		st.Status, st.Change = res.Status, document.Epoch(res.Start)
	}
	st.Slot = slot(now, one.period)
	p := &Pass{Console: r.Console}
	p.print([]Result{res})
	return res.Failed(), r.store(one, st, res)
}

// execute runs the script.
func (r *Reports) execute(programs *process.Runner, one *report, mark string) Result {
	res := Result{Promise: one.script, Status: document.Error, Message: one.script.Fault, Start: r.Now()}
	if one.script.Fault != "" {
		return res
	}
	timeout := max(reportTimeout, one.period)
	run := programs.Run(process.Command{
		Path: one.script.Path, Dir: r.Config.Partition, Env: environment(mark), Timeout: timeout, Keep: reportLimit * 4,
	})
	res.Status, res.Message = judge(run, timeout, reportLimit)
	res.Duration, res.interrupted = run.Duration, run.Canceled
	return res
}

// load reads what is remembered of a report; nothing is a report never run.
func (r *Reports) load(one *report) (st reportState) {
	raw, err := os.ReadFile(r.statePath(one))
	if err == nil && json.Unmarshal(raw, &st) != nil {
		slog.Warn("the state of a report was damaged", "report", one.title)
		st = reportState{}
	}
	return st
}

func (r *Reports) statePath(one *report) string {
	return filepath.Join(r.stateFolder(), one.title+".json")
}

// store writes the report's document, after keeping the previous one, and then
// remembers that it ran: a run killed before is done again.
func (r *Reports) store(one *report, st reportState, res Result) error {
	path := filepath.Join(r.Config.PrivateFolder, one.title+reportSuffix)
	r.sweep(one.title)
	if old, err := os.ReadFile(path); err == nil && json.Valid(old) {
		kept := filepath.Join(r.Config.DocumentFolder, one.title+".report"+historySuffix)
		if _, err := document.Write(kept, old, document.PublicMode); err != nil {
			return err
		}
	}
	_, err := document.WriteJSON(path, document.PromiseStatus{
		Status: res.Status, Type: "report", Title: one.title, Name: one.script.Name, Path: one.script.Path,
		StartDate: document.StartDate(res.Start), ChangeTime: st.Change, ExecutionTime: round(res.Duration),
		Message: res.Message, Instance: r.Config.Title, Hosting: r.Config.RootTitle, Links: links(r.Config),
	}, document.PublicMode)
	if err != nil {
		return err
	}
	if target, _ := os.Readlink(r.aliasPath(one)); one.title != one.script.Name && target != filepath.Base(path) {
		if err := renameio.Symlink(filepath.Base(path), r.aliasPath(one)); err != nil {
			return fmt.Errorf("report %s: %w", one.title, err)
		}
	}
	_, err = document.WriteJSON(r.statePath(one), st, document.PublicMode)
	return err
}

// sweep removes what a killed run left half written of a report.
func (r *Reports) sweep(title string) {
	document.RemoveLeftovers(r.Config.PrivateFolder, title+reportSuffix)
	document.RemoveLeftovers(r.Config.DocumentFolder, title+".report"+historySuffix)
	document.RemoveLeftovers(r.stateFolder(), title+".json")
}

// aliasPath is the link that has the script's whole name.
func (r *Reports) aliasPath(one *report) string {
	return filepath.Join(r.Config.PrivateFolder, one.script.Name+reportSuffix)
}

// forget removes the documents of reports whose script is gone, those that the
// state folder knows of, and links by the names of scripts that are gone.
func (r *Reports) forget(live []*report) error {
	titles, names := map[string]bool{}, map[string]bool{}
	for _, one := range live {
		titles[one.title], names[one.script.Name+reportSuffix] = true, true
	}
	var gone []string
	states, err := os.ReadDir(r.stateFolder())
	for _, e := range states {
		title, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || titles[title] || strings.HasPrefix(title, ".") {
			continue
		}
		slog.Info("report removed", "title", title)
		r.sweep(title)
		gone = append(gone, filepath.Join(r.Config.PrivateFolder, title+reportSuffix),
			filepath.Join(r.Config.DocumentFolder, title+".report"+historySuffix),
			filepath.Join(r.stateFolder(), title+".lock"), filepath.Join(r.stateFolder(), e.Name()))
	}
	links, err2 := os.ReadDir(r.Config.PrivateFolder)
	for _, e := range links {
		path := filepath.Join(r.Config.PrivateFolder, e.Name())
		target, err := os.Readlink(path)
		if err == nil && isReportName(e.Name()) && isReportName(target) && !names[e.Name()] {
			gone = append(gone, path)
		}
	}
	errs := []error{err, err2}
	for _, path := range gone {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, fmt.Errorf("remove report: %w", err))
		}
	}
	return errors.Join(errs...)
}

// isReportName tells links that this package made from those of others.
func isReportName(name string) bool {
	return strings.HasSuffix(name, reportSuffix) && !strings.Contains(name, "/")
}
