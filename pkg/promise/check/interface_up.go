package check

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"slapmonitor/pkg/python"
)

// Difference from upstream: an interface whose driver does not tell its state,
// as lo and tun, is up when it has a carrier.
var _ = register(&Check{
	Name:  "check_interface_up",
	About: "a network interface is up",
	Options: []Option{
		{Name: "ifname", Required: true, About: "the interface"},
		{Name: "testing", Default: "0", About: "True: skip"},
	},
	Minutes: 2,
	Anomaly: Quorum{3, 2},
	run:     interfaceUp,
})

func interfaceUp(_ context.Context, in *Input) Outcome {
	name := in.Text("ifname")
	if in.Bool("testing") {
		return kept("skipping promise")
	}
	if strings.ContainsAny(name, "/") {
		return broken("ERROR %s is not the name of an interface", python.Repr(name))
	}
	folder := filepath.Join(in.Root, "/sys/class/net", name)
	state, err := os.ReadFile(filepath.Join(folder, "operstate"))
	if err != nil {
		return broken("%s", fileErrorText(err, filepath.Join("/sys/class/net", name, "operstate")))
	}
	carrier, _ := os.ReadFile(filepath.Join(folder, "carrier")) // unreadable while the interface is down
	switch word := strings.TrimSpace(string(state)); {
	case word == "up", word == "unknown" && strings.TrimSpace(string(carrier)) == "1":
		return kept("%s is up", name)
	}
	return broken("%s is down", name)
}
