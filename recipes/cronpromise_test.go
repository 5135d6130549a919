package recipes

import (
	"os/exec"
	"strings"
	"testing"
)

func TestCronWithPromise(t *testing.T) {
	for _, c := range []struct {
		command string
		code    int
		said    string
	}{
		{"echo 'all is' well", 0, "last run ended with exit code 0\nall is well\n"},
		{"echo no; exit 3", 3, "last run ended with exit code 3\nno\n"},
		{"cat ghost-file", 1, "ghost-file"},
	} {
		dir := t.TempDir()
		install(t, "cron-with-promise", dir, Pairs{{"cron-entries", dir + "/etc/cron.d"}, {"name", "job"}, {"time", "daily"}, {"command", c.command}})
		if got := read(t, dir, "etc/cron.d/job"); got != "0 0 * * * "+dir+"/bin/cron-job\n" {
			t.Error(got)
		}
		if got := read(t, dir, "etc/plugin/check-part.py"); !strings.Contains(got, "'command': '"+dir+"/bin/check-cron-job'") {
			t.Error(got)
		}
		tell := func() (string, int) {
			cmd := exec.Command(dir + "/bin/check-cron-job")
			out, _ := cmd.CombinedOutput()
			return string(out), cmd.ProcessState.ExitCode()
		}
		if said, code := tell(); said != "not run yet\n" || code != 0 {
			t.Errorf("before the first run: %q, %d", said, code)
		}
		cmd := exec.Command(dir + "/bin/cron-job")
		_ = cmd.Run() // its exit code is the next line's business
		if got := cmd.ProcessState.ExitCode(); got != c.code {
			t.Errorf("%s: the run ends with %d", c.command, got)
		}
		if said, code := tell(); code != c.code || !strings.Contains(said, c.said) {
			t.Errorf("%s: %q, %d", c.command, said, code)
		}
	}
}
