package recipes

import (
	"fmt"
	"path/filepath"
	"strings"
)

func init() {
	register(&Recipe{
		Name:    "cron-with-promise",
		Summary: "a cron entry and a promise that its last run succeeded; the promise is called check- and the section's name",
		Options: []Option{
			{Name: "cron-entries", Meaning: "the folder of the cron entries", Required: true},
			{Name: "name", Meaning: "file name of the cron entry", Required: true},
			{Name: "frequency", Meaning: "as for cron.d; or time"},
			{Name: "time", Meaning: "as for cron.d"},
			{Name: "command", Meaning: "a shell command", Required: true},
			{Name: "bin-folder", Meaning: "where its scripts go", Default: "bin"},
			{Name: "plugin-folder", Meaning: "where the promise goes", Default: "etc/plugin"},
			{Name: "result-folder", Meaning: "where the last result is kept", Default: "var/cron-with-promise"},
			{Name: "eggs-path", Meaning: "as for promise", Default: "set by the egg"},
			{Name: "bang-on-failure", Meaning: "true: tell the master when a run failed", Default: "false"},
		},
		Plan: planCronWithPromise,
	})
}

// runAndRemember runs a command and keeps its exit code (first line) and what
// it said, in one step, so that the promise never reads half of it.
const runAndRemember = `#!/bin/sh
result=%[1]s
/bin/sh -c %[2]s > "$result.output" 2>&1
code=$?
{ echo "$code"; tail -c 4000 "$result.output"; } > "$result.new" && mv "$result.new" "$result"
cat "$result.output"
rm -f "$result.output"
exit $code
`

const tellLastResult = `#!/bin/sh
result=%[1]s
if [ ! -s "$result" ]; then
  echo 'not run yet'
  exit 0
fi
read -r code < "$result"
echo "last run ended with exit code $code"
tail -n +2 "$result"
exit "$code"
`

func planCronWithPromise(p *Part) ([]Artifact, error) {
	name, err := p.FileName("name")
	if err != nil {
		return nil, err
	}
	command, err := p.Get("command")
	if err != nil {
		return nil, err
	}
	bin, err := p.PathDefault("bin-folder", "bin")
	if err != nil {
		return nil, err
	}
	results, err := p.PathDefault("result-folder", "var/cron-with-promise")
	if err != nil {
		return nil, err
	}
	run, tell := filepath.Join(bin, "cron-"+name), filepath.Join(bin, "check-cron-"+name)
	result := quote(filepath.Join(results, name))

	p.options = p.options.With("command", quote(run))
	entry, err := planCronEntry(p)
	if err != nil {
		return nil, err
	}
	promise := "check-" + strings.ReplaceAll(p.Name, "_", "-") + ".py"
	plugins, err := p.PathDefault("plugin-folder", "etc/plugin")
	if err != nil {
		return nil, err
	}
	p.options = p.options.With("output", filepath.Join(plugins, promise))
	plugin, err := p.planPlugin(promise, importPromise(pluginPackage+"check_command_execute"), Pairs{
		{"command", quote(tell)}, {"bang-on-failure", p.Default("bang-on-failure", "false")},
	})
	if err != nil {
		return nil, err
	}
	return append(append(entry, plugin...),
		Artifact{Path: results, Folder: true},
		Artifact{Path: run, Content: fmt.Appendf(nil, runAndRemember, result, quote(command)), Mode: executableMode},
		Artifact{Path: tell, Content: fmt.Appendf(nil, tellLastResult, result), Mode: executableMode},
	), nil
}
