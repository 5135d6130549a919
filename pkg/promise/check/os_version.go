package check

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Difference from upstream: looked at once a day; the released plugin gives
// its period in seconds where minutes are meant.
var _ = register(&Check{
	Name:  "audit_os_version",
	About: "the operating system is a known version",
	Options: []Option{
		{Name: "dist", Required: true, About: "name of the distribution, as Debian GNU/Linux"},
		{Name: "versions", Required: true, About: "versions that will do, separated by spaces"},
	},
	Minutes:  1440,
	Quiet:    true,
	TestLess: true,
	run:      osVersion,
})

func osVersion(_ context.Context, in *Input) Outcome {
	dist, versions := in.Text("dist"), strings.Fields(in.Text("versions"))
	raw, err := os.ReadFile(filepath.Join(in.Root, "/etc/os-release"))
	if err != nil {
		return broken("%s", fileErrorText(err, "/etc/os-release"))
	}
	values := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			values[key] = strings.Trim(value, `"'`)
		}
	}
	name, version := values["NAME"], values["VERSION_ID"]
	if name == dist && slices.Contains(versions, version) {
		return kept("%s %s", name, version)
	}
	if len(versions) == 0 {
		versions = []string{""}
	}
	return broken("%s %s (expected: %s %s)", name, version, dist, versions[0])
}
