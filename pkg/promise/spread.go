package promise

import (
	"context"
	"hash/fnv"
	"time"

	"slapmonitor/pkg/monitorconf"
)

// Spread waits for a part of within that is always the same for one partition,
// so that the partitions of a computer do not all start at second 0.
func Spread(ctx context.Context, c *monitorconf.Config, within time.Duration) {
	if within <= 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(phase(c.ComputerID+"\x00"+c.PartitionID+"\x00"+c.Partition, within)):
	}
}

// phase is a stable part of within.
func phase(key string, within time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(key))
	return time.Duration(h.Sum64() % uint64(within))
}
