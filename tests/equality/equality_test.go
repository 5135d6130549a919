package equality

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slapmonitor/tests/peers"
)

// programs is where the programs of this checkout are built to.
var programs string

// What the report counts.
var profilesCompared, requestsCompared, filesCompared atomic.Int64

func TestMain(m *testing.M) {
	code := 1
	func() {
		dir, err := os.MkdirTemp("", "equality")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		defer func() { _ = os.RemoveAll(dir) }()
		programs = dir
		if err := peers.BuildPrograms(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		code = m.Run()
	}()
	report := fmt.Sprintf("equality of the two front ends: %d profiles, %d requests compared, %d files compared\n",
		profilesCompared.Load(), requestsCompared.Load(), filesCompared.Load())
	fmt.Print(report)
	if code == 0 {
		peers.Report("equality", report)
	}
	os.Exit(code)
}

// step is one stage in the life of a partition: a change of its profile, and
// a run of buildout.
type step struct {
	name  string
	extra string // put behind the instance profile
	fails bool
}

func life(parts string) []step {
	changed := "\n[monitor-instance-parameter]\nmonitor-title = Another title\n[monitor-promise-base]\nconfig-added = yes\n"
	return []step{
		{"first run", "", false},
		{"second run", "", false},
		{"options changed", changed, false},
		{"all parts but the last dropped", changed + "\n[buildout]\nparts = " + lastWord(parts) + "\n", false},
	}
}

func lastWord(s string) string {
	words := strings.Fields(s)
	return words[len(words)-1]
}

func TestProfiles(t *testing.T) {
	peers.Python(t)
	found, err := filepath.Glob(filepath.Join(peers.Checkout(), "tests", "profiles", "*", "software.cfg"))
	if err != nil || len(found) == 0 {
		t.Fatalf("%d profiles, %v", len(found), err)
	}
	for _, profile := range found {
		t.Run(filepath.Base(filepath.Dir(profile)), func(t *testing.T) {
			t.Parallel()
			compare(t, profile, life(partsOf(t, profile)))
			profilesCompared.Add(1)
		})
	}
}

// fragile is installed once and fails when it is updated; broken fails at
// install; invalid is refused before anything is touched.
const (
	neighbours = `
[before]
recipe = slapos.recipe.monitor:script
output = ${buildout:directory}/before
commands = true
[after]
recipe = slapos.recipe.monitor:script
output = ${buildout:directory}/after
commands = true
`
	fragile = neighbours + `
[buildout]
parts = before fragile after
[fragile]
recipe = slapos.recipe.monitor:command
command = touch ${buildout:directory}/made-by-a-command
update-command = false
stop-on-error = true
`
	broken = neighbours + `
[buildout]
parts = before broken after
[broken]
recipe = slapos.recipe.monitor:request
name = nobody
software-url = nowhere
`
	invalid = `
[buildout]
parts = before invalid after
[before]
recipe = slapos.recipe.monitor:script
output = ${buildout:directory}/before
commands = echo changed
[invalid]
recipe = slapos.recipe.monitor:cron.d
cron-entries = ${buildout:directory}/etc/cron.d
name = a/b
frequency = 0 * * * *
command = true
[after]
recipe = slapos.recipe.monitor:script
output = ${buildout:directory}/after
commands = true
`
	twice = neighbours + `
[buildout]
parts = before again
[again]
<= before
`
	missing = neighbours + `
[buildout]
parts = before missing
[missing]
recipe = slapos.recipe.monitor:monitor-links
monitor = ghost
`
)

func TestFailureInOnePart(t *testing.T) {
	peers.Python(t)
	profile := filepath.Join(peers.Checkout(), "tests", "profiles", "promise-only", "software.cfg")
	compare(t, profile, []step{
		{"first run", "", false},
		{"a part fails to install", broken, true},
		{"it fails again", broken, true},
		{"a part that was made before", fragile, false},
		{"fails to update", fragile, true},
		{"and is made again", fragile, false},
		{"a part is refused", invalid, true},
		{"two parts make one file", twice, true},
		{"a part refers to a section that is not there", missing, true},
		{"back to the beginning", "", false},
	})
}

// compare runs the life of a partition with both front ends, one after the
// other in the same place, and compares them step by step.
func compare(t *testing.T, profile string, steps []step) {
	t.Helper()
	place := filepath.Join(t.TempDir(), "site")
	var lives [2][]outcome
	for i, front := range []frontEnd{realBuildout{}, embedded{}} {
		s := newSite(t, place, profile, front)
		lives[i] = append(lives[i], s.buildSoftware(t))
		for _, step := range steps {
			lives[i] = append(lives[i], s.installInstance(t, step))
		}
		if err := os.Rename(place, fmt.Sprintf("%s-%d", place, i)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range lives[0] {
		name := "software release"
		if n > 0 {
			name = steps[n-1].name
		}
		lives[0][n].compareWith(t, name, lives[1][n])
		if n > 0 && lives[0][n].failed != steps[n-1].fails {
			t.Errorf("%s: buildout said\n%s", name, lives[0][n].said)
		}
	}
}

func (real outcome) compareWith(t *testing.T, step string, ours outcome) {
	t.Helper()
	if real.failed != ours.failed || real.sentence() != ours.sentence() {
		t.Errorf("%s: buildout ends with\n%s\nand the embedded front end with\n%s", step, real.said, ours.said)
	}
	for n := range max(len(real.requests), len(ours.requests)) {
		var a, b string
		if n < len(real.requests) {
			a = real.requests[n]
		}
		if n < len(ours.requests) {
			b = ours.requests[n]
		}
		if a != b {
			t.Errorf("%s: request %d differs:\nbuildout %s\nembedded %s", step, n, a, b)
			break
		}
		requestsCompared.Add(1)
	}
	if diff := cmp.Diff(real.files, ours.files); diff != "" {
		t.Errorf("%s: files differ (- buildout, + embedded):\n%s", step, diff)
	}
	filesCompared.Add(int64(len(real.files)))
	if diff := cmp.Diff(real.installed, ours.installed); diff != "" {
		t.Errorf("%s: .installed.cfg differs (- buildout, + embedded):\n%s", step, diff)
	}
}
