package equality

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"slapmonitor/tests/peers"
)

// frontEnd installs buildout.cfg of a directory and returns the requests that
// it sent, and what it said.
type frontEnd interface {
	install(t *testing.T, dir string) (requests []string, said string, err error)
}

// outcome is all there is to see after a run.
type outcome struct {
	failed    bool
	said      string
	requests  []string
	files     map[string]string
	installed installed
}

// place is where in the profile the embedded front end says that an error is.
var place = regexp.MustCompile(` \(\S+:\d+\)$`)

// sentence is the error of a failed run without the word that introduces it.
func (o outcome) sentence() string {
	if !o.failed {
		return ""
	}
	text := strings.TrimSpace(o.said)
	text = text[strings.LastIndexByte(text, '\n')+1:]
	return place.ReplaceAllString(strings.TrimPrefix(strings.TrimPrefix(text, "Error: "), "monitor-generate: "), "")
}

func (s *site) run(t *testing.T, dir string) outcome {
	t.Helper()
	requests, said, err := s.front.install(t, dir)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{failed: err != nil, said: said, requests: requests, files: tree(t, dir), installed: readInstalled(t, dir)}
}

// command runs a program as slapgrid would: umask 027, HOME is the directory.
func command(dir string, environment []string, program ...string) *exec.Cmd {
	c := exec.Command("/bin/sh", append([]string{"-c", `umask 027 && exec "$@"`, "sh"}, program...)...)
	c.Dir = dir
	c.Env = append(append(os.Environ(), "HOME="+dir, "PYTHONNOUSERSITE=true"), environment...)
	return c
}

// realBuildout is zc.buildout with the egg. A script in place of the generator
// keeps what the egg sends.
type realBuildout struct{}

const recorder = `#!/bin/sh
tee -a "$MONITOR_TEST_REQUESTS" | "$MONITOR_TEST_PROGRAMS/monitor-generate" "$@"
`

func (realBuildout) install(t *testing.T, dir string) ([]string, string, error) {
	kept := filepath.Join(t.TempDir(), "requests")
	script := filepath.Join(t.TempDir(), "recorder")
	if err := os.WriteFile(script, []byte(recorder), 0o700); err != nil {
		t.Fatal(err)
	}
	c := command(dir, []string{"MONITOR_GENERATE=" + script, "MONITOR_TEST_REQUESTS=" + kept, "MONITOR_TEST_PROGRAMS=" + programs},
		peers.Program(t, "buildout"), "-U", "-N")
	out, err := c.CombinedOutput()
	return lines(t, kept), string(out), err
}

// embedded is monitor-generate by itself.
type embedded struct{}

func (embedded) install(t *testing.T, dir string) ([]string, string, error) {
	kept := filepath.Join(t.TempDir(), "requests")
	c := command(dir, nil, filepath.Join(programs, "monitor-generate"), "install", "--dialect", "upstream", "--requests", kept, "buildout.cfg")
	out, err := c.CombinedOutput()
	return lines(t, kept), string(out), err
}

// lines are the requests kept in a file; a run that fails early sends none.
func lines(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}
