package promise

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/promise/process"
)

// judge says how an executable's run ended: exit 0 is kept, anything else is
// broken. The message of a kept promise is its stdout; of a broken one its
// stderr, or stdout if stderr is empty (contract/promises.md 2.2), and in any
// case a reason.
func judge(res process.Result, timeout time.Duration, limit int) (status, message string) {
	if res.Err != nil {
		return document.Error, startFailure(res.Err)
	}
	if res.ExitCode == 0 {
		return document.OK, tailText(res.Stdout, limit)
	}
	said := tailText(res.Stderr, limit)
	if said == "" {
		said = tailText(res.Stdout, limit)
	}
	switch {
	case res.TimedOut:
		return document.Error, join(fmt.Sprintf("Error: Promise timed out after %s", seconds(timeout)), said)
	case res.Canceled:
		return document.Error, join("Error: the run was interrupted", said)
	case res.Signal != 0:
		return document.Error, join(fmt.Sprintf("Error: killed by signal %d (%s)", int(res.Signal), res.Signal), said)
	case said == "":
		return document.Error, fmt.Sprintf("Error: exit status %d and no output", res.ExitCode)
	}
	return document.Error, said
}

// startFailure says in words why a program could not be started, and what to do.
func startFailure(err error) string {
	reason := "cannot be started: " + err.Error()
	switch {
	case errors.Is(err, syscall.ENOEXEC):
		reason = "is not a program that the system knows: a script needs a first line such as #!/bin/sh"
	case errors.Is(err, syscall.ENOENT):
		reason = "cannot be started: the file, or the interpreter that its first line names, does not exist"
	case errors.Is(err, syscall.EACCES):
		reason = "cannot be started: permission denied for the file, a folder above it or its interpreter"
	case errors.Is(err, syscall.EAGAIN):
		reason = "cannot be started: too many processes"
	}
	return "Error: the promise " + reason
}

func join(first, rest string) string {
	return strings.TrimSuffix(first+"\n"+rest, "\n")
}

// seconds says d as people do: 1 second, 20 seconds, 0.5 seconds.
func seconds(d time.Duration) string {
	if d == time.Second {
		return "1 second"
	}
	return fmt.Sprintf("%g seconds", d.Seconds())
}
