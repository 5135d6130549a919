package check

import (
	"bytes"
	"context"
	"os/exec"
	"strings"

	"slapmonitor/pkg/python"
)

// This is the other check whose purpose is to start a process.
var _ = register(&Check{
	Name:          "validate_frontend_configuration",
	About:         "a script that validates a configuration ends with exit status 0",
	Options:       []Option{{Name: "verification-script", Required: true, About: "the program, without arguments"}},
	Minutes:       5,
	StartsProgram: true,
	run:           frontendConfiguration,
})

func frontendConfiguration(_ context.Context, in *Input) Outcome {
	script := in.Path("verification-script")
	if found, err := exec.LookPath(in.Text("verification-script")); err == nil && !strings.Contains(in.Text("verification-script"), "/") {
		script = found // a program by its name
	}
	res := in.execute(script)
	output := bytes.TrimSpace(res.Stdout.Data)
	switch {
	case res.Err != nil:
		return broken("%s: %s", errnoText(res.Err), python.Repr(in.Text("verification-script")))
	case res.TimedOut:
		return broken("%s took more than %g seconds\n%s", python.Repr(in.Text("verification-script")), in.Timeout.Seconds(), output)
	case res.ExitCode != 0 && len(output) == 0:
		return broken("%s failed without output", python.Repr(in.Text("verification-script")))
	case res.ExitCode != 0:
		return Outcome{Failed: true, Message: string(output)}
	}
	return kept("OK")
}
