package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"slapmonitor/pkg/python"
)

// Difference from upstream: the process is recognised by the word bootstrap in
// its command line, whatever program does the bootstrap.
var _ = register(&Check{
	Name:  "monitor_bootstrap_status",
	About: "the monitor was set up",
	Options: []Option{
		{Name: "process-pid-file", Required: true, About: "pid file of the bootstrap"},
		{Name: "process-name", About: "name that the log is found by"},
		{Name: "status-file", Required: true, About: "file that is empty when all went well"},
		{Name: "partition-id", About: "the partition's name"},
	},
	Minutes: 2,
	Anomaly: Quorum{3, 3},
	run:     bootstrapStatus,
})

// bootstrapPatience is how long a running bootstrap is waited for.
const bootstrapPatience = 15 * time.Second

func bootstrapStatus(ctx context.Context, in *Input) Outcome {
	raw, err := os.ReadFile(in.Path("process-pid-file"))
	if errors.Is(err, fs.ErrNotExist) {
		return broken("Bootstrap didn't run!")
	}
	if err != nil {
		return broken("%s", fileErrorText(err, in.Text("process-pid-file")))
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return broken("%s is empty or doesn't contain a valid pid number: invalid literal for int() with base 10: %s",
			python.Repr(in.Text("process-pid-file")), python.Repr(string(raw)))
	}
	if !in.waitForBootstrap(ctx, pid) {
		return broken("Monitor bootstrap is running for more than %g seconds!", bootstrapPatience.Seconds())
	}
	if st, err := os.Stat(in.Path("status-file")); err == nil && st.Size() == 0 {
		return kept("Bootstrap OK")
	}
	id := in.Text("partition-id")
	if id == "" {
		id = in.PartitionID
	}
	message := "Monitor bootstrap exited with error."
	log := filepath.Join(in.Partition, fmt.Sprintf(".%s_%s.log", id, in.Text("process-name")))
	if tail, err := tailOf(log, 64<<10); err == nil {
		message += "\n ---- Latest monitor-boostrap.log ----\n" + lastLines(tail, 4)
	}
	return Outcome{Failed: true, Message: message}
}

// waitForBootstrap waits for the bootstrap to end, if pid is one; false if it
// takes too long.
func (in *Input) waitForBootstrap(ctx context.Context, pid int) bool {
	end := time.Now().Add(bootstrapPatience)
	for in.isBootstrap(pid) {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(min(time.Second, max(0, time.Until(end)))):
		}
		if !time.Now().Before(end) {
			return false
		}
	}
	return true
}

func (in *Input) isBootstrap(pid int) bool {
	raw, err := os.ReadFile(filepath.Join(in.Root, "/proc", strconv.Itoa(pid), "cmdline"))
	command := string(bytes.ReplaceAll(raw, []byte{0}, []byte(" ")))
	return err == nil && strings.Contains(command, "bootstrap") && strings.Contains(command, in.Partition)
}
