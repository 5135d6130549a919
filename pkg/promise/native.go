package promise

import (
	"context"
	"fmt"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/promise/check"
	"slapmonitor/pkg/promise/process"
)

// PlaceOf is where the native checks of a partition run.
func PlaceOf(c *monitorconf.Config, programs *process.Runner, timeout time.Duration, now func() time.Time) check.Place {
	return check.Place{
		Partition: c.Partition, PartitionID: c.PartitionID, ComputerID: c.ComputerID, CollectorDB: c.CollectorDB,
		MonitorURL: c.BaseURL, StateFolder: c.StateFolder, Timeout: timeout, Now: now, Programs: programs,
	}
}

// native makes a native check for a plugin file.
func (r *runner) native(ctx context.Context, p *Promise) Result {
	res := Result{Promise: p, Status: document.OK, Start: r.now(), kind: testResult}
	settings, err := p.Check.Settings(p.Plugin.Config, r.anomaly)
	if err != nil {
		res.Status, res.Message = document.Error, fmt.Sprintf("Error: %v", err)
		return res
	}
	if res.skipped = p.Check.TestLess && !r.anomaly; res.skipped {
		return res
	}
	begin := time.Now()
	out := p.Check.Run(ctx, p.Name, PlaceOf(r.config, r.programs, r.timeout, r.now), p.Plugin.Config)
	res.Duration = time.Since(begin)
	res.Message = limitText(Clean([]byte(out.Message)))
	res.period, res.quorum = settings.Period, settings.Quorum
	if out.Sure {
		res.quorum = check.Quorum{}
	}
	if r.anomaly && !p.Check.Quiet {
		res.kind, res.mayBang = anomalyResult, settings.Bang
	}
	switch {
	case out.Failed:
		res.Status = document.Error
	case out.Warning:
		res.Status = document.Warning
	}
	res.interrupted = r.ctx.Err() != nil
	return res
}
