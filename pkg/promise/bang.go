package promise

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/slapos"
)

const (
	// bangAgain is after how long a promise that stays broken is told to the
	// master again. Each bang makes the node process the whole instance tree,
	// and upstream sends one every two minutes.
	bangAgain = time.Hour
	// bangTimeout is how long the master may take to answer.
	bangTimeout = 10 * time.Second
)

// bang tells the master of the first result, by name, that was allowed to bang,
// counts as a failure and was not told yet; one bang makes it look at
// everything, so there is at most one each pass. Results that may not bang, such
// as of promises that timed out, are in nobody's way.
func (p *publisher) bang(ctx context.Context, results []Result, now time.Time) error {
	c := p.config
	if c.MasterURL == "" || c.ComputerID == "" || c.PartitionID == "" {
		return nil
	}
	for _, r := range results {
		rec := p.state.of(r.Promise.Name)
		if !r.mayBang || !r.Failed() || !rec.bangDue(now) {
			continue
		}
		if err := bangMaster(ctx, c, "Promise "+r.Promise.Name+" is failing"); err != nil {
			return fmt.Errorf("tell the master that %s is failing: %w", r.Promise.Name, err)
		}
		slog.Info("told the master", "failing", r.Promise.Name)
		rec.Banged = now.Unix()
		return p.state.save()
	}
	return nil
}

// bangDue tells whether the failure began, or was last told, long enough ago.
func (r *record) bangDue(now time.Time) bool {
	since := now.Unix() - r.Banged
	return float64(r.Banged) < r.Change-1 || since < 0 || since >= int64(bangAgain/time.Second)
}

func bangMaster(ctx context.Context, c *monitorconf.Config, message string) error {
	client, err := slapos.New(slapos.Config{
		URL: c.MasterURL, Computer: c.ComputerID, Partition: c.PartitionID,
		CertFile: c.MasterCert, KeyFile: c.MasterKey, Timeout: bangTimeout,
		// As slapgrid does it: masters of private clouds sign for themselves, and
		// nothing that is sent is secret.
		Insecure: true,
	})
	if err != nil {
		return err
	}
	return client.Bang(ctx, message)
}
