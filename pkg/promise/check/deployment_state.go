package check

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// As upstream, the check keeps a link to buildout's error log among the logs
// that the monitor publishes. Difference: a partition without var/log has no
// link, and the message all the same.
var _ = register(&Check{
	Name:    "check_partition_deployment_state",
	About:   "buildout processed the partition",
	Options: []Option{{Name: "monitor-url", About: "where operators can read the log"}, {Name: "partition-id", About: "the partition's name"}},
	Minutes: 1,
	Anomaly: Quorum{2, 2},
	run:     deploymentState,
})

func deploymentState(_ context.Context, in *Input) Outcome {
	id := in.Text("partition-id")
	if id == "" {
		id = in.PartitionID
	}
	name := "slapgrid-" + id + "-error.log"
	source := filepath.Join(in.Partition, "."+name)
	link := filepath.Join(in.Partition, "var", "log", name)
	if st, err := os.Stat(source); err != nil || st.Size() == 0 {
		if _, err := os.Readlink(link); err == nil {
			_ = os.Remove(link) // nothing depends on it
		}
		return kept("buildout is OK")
	}
	_ = os.Symlink(source, link)
	message := fmt.Sprintf("Buildout failed to process %s.", id)
	if url := in.Text("monitor-url"); url != "" {
		message += fmt.Sprintf("\nSee %s/log/%s for more information.", url, name)
	}
	return Outcome{Failed: true, Message: message}
}
