package check

import (
	"context"
	"io"
	"os"
	"strings"
	"syscall"

	"slapmonitor/pkg/python"
)

// Differences from upstream: one byte is read, not the whole file, so a huge or
// a binary file is no problem; a state that does not exist is a failure
// instead of passing.
var _ = register(&Check{
	Name:  "check_file_state",
	About: "a file is absent, empty or not empty",
	Options: []Option{
		{Name: "filename", Required: true, About: "the file"},
		{Name: "state", Required: true, About: "absent, present, empty or not-empty"},
		{Name: "url", About: "where operators can read the file"},
		{Name: "report-anomaly", Default: "true", About: "whether failures in production are told to the master"},
	},
	Minutes:     2,
	CountInTest: true,
	run:         fileState,
})

func fileState(_ context.Context, in *Input) Outcome {
	name, state := in.Text("filename"), in.Text("state")
	_, err := os.Stat(in.Path("filename"))
	absent := err != nil // as for Python: what cannot be reached does not exist
	ok := kept("OK %s state %s", python.Repr(name), python.Repr(state))
	switch state {
	case "absent":
		if !absent {
			return broken("ERROR %s not absent", python.Repr(name))
		}
		return ok
	case "present", "empty", "not-empty":
	default:
		return broken("ERROR state %s is not one of absent, present, empty, not-empty", python.Repr(state))
	}
	if absent {
		return broken("ERROR %s not present", python.Repr(name))
	}
	empty, err := isEmpty(in.Path("filename"))
	switch {
	case err != nil:
		return broken("ERROR %s during opening and reading file %s", errorRepr(err), python.Repr(name))
	case state == "empty" && !empty:
		message := "ERROR " + python.Repr(name) + " not empty"
		if url := strings.TrimSpace(in.Text("url")); url != "" {
			message += ", content available at " + url
		}
		return Outcome{Failed: true, Message: message}
	case state == "not-empty" && empty:
		return broken("ERROR %s empty", python.Repr(name))
	}
	return ok
}

// isEmpty tells whether a file holds nothing. It looks at the content, because
// files of /proc have no size, and does not wait for the writer of a pipe.
func isEmpty(path string) (bool, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false, err
	}
	defer f.Close()
	var b [1]byte
	n, err := f.Read(b[:])
	if err != nil && err != io.EOF {
		return false, err
	}
	return n == 0, nil
}
