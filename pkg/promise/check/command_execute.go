package check

import (
	"context"
	"fmt"
	"os"

	"slapmonitor/pkg/promise/process"
	"slapmonitor/pkg/python"
)

// outputKept is how much of a program's output a message can use.
const outputKept = 5000

// This is the check whose purpose is to start a process. Difference from
// upstream: a command that hangs ends with all its descendants, with a message
// that says so.
var _ = register(&Check{
	Name:  "check_command_execute",
	About: "a shell command ends with exit status 0",
	Options: []Option{
		{Name: "command", Required: true, About: "the command, for /bin/sh -c"},
		{Name: "exit-codes", Default: "shell", About: "nagios: 1 is a warning, and the message is what the command prints"},
	},
	Minutes:       2,
	StartsProgram: true,
	run:           commandExecute,
})

func commandExecute(_ context.Context, in *Input) Outcome {
	command := in.Text("command")
	res := in.execute("/bin/sh", "-c", command)
	switch {
	case res.Err != nil:
		return broken("ERROR %s during running command %s", errorRepr(res.Err), python.Repr(command))
	case res.TimedOut:
		return broken("ERROR %s took more than %g seconds, output: %s", python.Repr(command), in.Timeout.Seconds(), python.ReprBytes(res.Stdout.Data))
	case in.Text("exit-codes") == "nagios" && res.Signal == 0:
		return Outcome{Failed: res.ExitCode > 1, Warning: res.ExitCode == 1, Message: string(res.Stdout.Data)}
	case res.ExitCode != 0:
		return broken("ERROR %s run with failure, output: %s", python.Repr(command), python.ReprBytes(res.Stdout.Data))
	}
	return kept("OK %s run with success", python.Repr(command))
}

// execute runs a program in the partition, both outputs merged.
func (in *Input) execute(path string, args ...string) process.Result {
	if in.Programs == nil {
		return process.Result{Err: fmt.Errorf("no program can be started here"), ExitCode: -1}
	}
	return in.Programs.Run(process.Command{
		Path: path, Args: args, Dir: in.Partition, Env: os.Environ(),
		Timeout: in.Timeout, Keep: outputKept, Merge: true,
	})
}
