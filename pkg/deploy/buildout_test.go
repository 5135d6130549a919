package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// run installs text as the profile of dir and returns what the log says.
func run(t *testing.T, dir, text string, dryRun bool) ([]string, error) {
	t.Helper()
	profile := filepath.Join(dir, "buildout.cfg")
	if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var log []string
	b := Buildout{Profile: profile, DryRun: dryRun, Log: func(format string, a ...any) { log = append(log, fmt.Sprintf(format, a...)) }}
	err := b.Install(context.Background())
	return log, err
}

func mustRun(t *testing.T, dir, text string, want ...string) {
	t.Helper()
	log, err := run(t, dir, text, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Error(diff)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

const twoParts = `[buildout]
parts = a b
[directory]
recipe = slapos.recipe.monitor:directory
data = ${buildout:directory}/data
[a]
recipe = slapos.recipe.monitor:script
output = ${directory:data}/a
commands = true
[b]
recipe = slapos.recipe.monitor:script
output = ${buildout:directory}/b
commands = echo ${a:commands}
`

func TestLifeOfAPart(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, dir, twoParts, "Installing directory.", "Installing a.", "Installing b.")
	mustRun(t, dir, twoParts, "Updating directory.", "Updating a.", "Updating b.")

	changed := strings.Replace(twoParts, "commands = true", "commands = false", 1)
	mustRun(t, dir, changed, "Uninstalling b.", "Uninstalling a.", "Updating directory.", "Installing a.", "Installing b.")

	if err := os.Remove(dir + "/b"); err != nil {
		t.Fatal(err)
	}
	mustRun(t, dir, changed, "Uninstalling b.", "Updating directory.", "Updating a.", "Installing b.")

	mustRun(t, dir, strings.Replace(changed, "parts = a b", "parts = b", 1)+"[directory]\n", "Updating directory.", "Updating a.", "Updating b.")
	gone := "[buildout]\nparts = directory\n[directory]\nrecipe = slapos.recipe.monitor:directory\ndata = ${buildout:directory}/data\n"
	mustRun(t, dir, gone, "Uninstalling b.", "Uninstalling a.", "Updating directory.")
	if exists(dir+"/data/a") || exists(dir+"/b") || !exists(dir+"/data") {
		t.Error("files of a dropped part must go, folders must stay")
	}
}

func TestDryRunTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	log, err := run(t, dir, twoParts, true)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Installing directory.", "Installing a.", "Installing b."}, log); diff != "" {
		t.Error(diff)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestFailureKeepsWhatWasDoneBefore(t *testing.T) {
	dir := t.TempDir()
	text := twoParts + "[c]\nrecipe = slapos.recipe.monitor:command\ncommand = exit 3\nstop-on-error = true\n"
	_, err := run(t, dir, strings.Replace(text, "parts = a b", "parts = a c b", 1), false)
	if err == nil || !strings.Contains(err.Error(), "[c]") {
		t.Fatalf("got %v", err)
	}
	if !exists(dir+"/data/a") || exists(dir+"/b") {
		t.Error("parts before the failing one stay, those after it are not made")
	}
	mustRun(t, dir, twoParts, "Updating directory.", "Updating a.", "Installing b.")
}

func TestErrorInAnyPartComesBeforeAnyFile(t *testing.T) {
	dir := t.TempDir()
	_, err := run(t, dir, twoParts+"[d]\nrecipe = slapos.recipe.monitor:script\noutput = x\n[buildout]\nparts += d\n", false)
	if err == nil {
		t.Fatal("a part without its required option was accepted")
	}
	if exists(dir + "/data") {
		t.Error("files were made before every part was checked")
	}
}

// A recipe that asks for a section which waits for that very recipe must not
// take a list that has no value yet for an empty one.
func TestOptionThatHasNoValueYet(t *testing.T) {
	dir := t.TempDir()
	_, err := run(t, dir, `[buildout]
parts = a
[a]
recipe = slapos.recipe.monitor:directory
data = ${conf:public-folder}
[links]
recipe = slapos.recipe.monitor:monitor-links
monitor = conf
[conf]
public-folder = ${buildout:directory}/public
private-folder = ${buildout:directory}/private
webdav-folder = ${buildout:directory}/webdav
private-path-list = ${links:_links}
`, false)
	if err == nil || !strings.Contains(err.Error(), "Referenced option does not exist: links _links") || !strings.Contains(err.Error(), "buildout.cfg:") {
		t.Error(err)
	}
	if exists(dir + "/.installed.cfg") {
		t.Error("something was installed")
	}
}

func TestTwoPartsCannotWriteOneFile(t *testing.T) {
	dir := t.TempDir()
	_, err := run(t, dir, twoParts+"[b]\noutput = ${a:output}\n", false)
	if err == nil || !strings.Contains(err.Error(), "[a]") || !strings.Contains(err.Error(), "[b]") {
		t.Errorf("got %v", err)
	}
	if exists(dir + "/data") {
		t.Error("files were made")
	}
}

func TestDamagedInstalledFileIsNotGuessedAt(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/.installed.cfg", []byte("[a\nx"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, dir, twoParts, false); err == nil || !strings.Contains(err.Error(), "remove it to install everything again") {
		t.Errorf("got %v", err)
	}
}

func TestInstalledFileKeepsEveryValue(t *testing.T) {
	dir := t.TempDir()
	values := []string{"", "one", "a\nb", "\n\na\n\n  b \n", "\ttab", " lead", "x = y\n[z]\n# c", "100% %(x)s", "é☃"}
	w := &installed{file: filepath.Join(dir, installedFile)}
	part := installedPart{name: "p", paths: []string{"/a b", "/c"}}
	for i, v := range values {
		part.options = part.options.With(fmt.Sprint("o", i), v)
	}
	w.record(part)
	if err := w.save(); err != nil {
		t.Fatal(err)
	}
	back, err := readInstalled(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := back.find("p")
	if !ok {
		t.Fatal("the part is gone")
	}
	if diff := cmp.Diff(part.options, got.options); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(part.paths, got.paths); diff != "" {
		t.Error(diff)
	}
}

func TestNothingInstalledYet(t *testing.T) {
	if i, err := readInstalled(t.TempDir()); err != nil || len(i.parts) != 0 {
		t.Errorf("%v, %v", i, err)
	}
	if _, err := readInstalled("/dev/null"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory that is none: %v", err)
	}
}

func TestLinksGoWithTheirPart(t *testing.T) {
	dir := t.TempDir()
	links := func(name string) string {
		return "[buildout]\nparts = a\n[a]\nrecipe = slapos.recipe.monitor:symlink\nsymlink = " + dir + "/data = " + dir + "/" + name + "\n"
	}
	if err := os.Mkdir(dir+"/data", 0o750); err != nil {
		t.Fatal(err)
	}
	mustRun(t, dir, links("one"), "Installing a.")
	mustRun(t, dir, links("two"), "Uninstalling a.", "Installing a.")
	if exists(dir+"/one") || !exists(dir+"/two") {
		t.Error("the link did not move")
	}
	mustRun(t, dir, "[buildout]\nparts =\n", "Uninstalling a.")
	if exists(dir + "/two") {
		t.Error("the link stays")
	}
	if st, err := os.Stat(dir + "/data"); err != nil || st.Mode().Perm() != 0o750 {
		t.Errorf("what the link pointed to: %v, %v", st, err)
	}
}
