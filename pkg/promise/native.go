package promise

import (
	"time"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/promise/check"
	"slapmonitor/pkg/promise/process"
)

// PlaceOf is where the native checks of a partition run.
func PlaceOf(c *monitorconf.Config, programs *process.Runner, timeout time.Duration, now func() time.Time) check.Place {
	return check.Place{
		Partition: c.Partition, PartitionID: c.PartitionID, ComputerID: c.ComputerID,
		MonitorURL: c.BaseURL, StateFolder: c.StateFolder, Timeout: timeout, Now: now, Programs: programs,
	}
}
