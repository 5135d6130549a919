package recipes

import (
	"fmt"
	"net/url"
	"strings"

	"slapmonitor/pkg/webapp"
)

// hostedInterface is the interface that SlapOS runs for everybody.
const hostedInterface = "https://monitor.app.officejs.com/#page=ojsm_landing"

func init() {
	register(&Recipe{
		Name:    "default-interface",
		Summary: "which interface a monitor is set up in unless the profile says so; sets url",
		Options: []Option{
			{Name: "base-url", Meaning: "the monitor's base URL", Required: true},
			{Name: "server", Meaning: "apache has no interface of its own", Default: "embedded"},
			{Name: "parameter", Meaning: "the interface that the instance was requested with", Default: "the monitor's own, at BASE_URL/app/, or where it has none the hosted one"},
		},
		Plan: planDefaultInterface,
	})
	register(&Recipe{
		Name:    "interface",
		Summary: "which pages may read the monitor; sets netloc",
		Options: []Option{
			{Name: "url", Meaning: "the interface's URL", Required: true},
			{Name: "base-url", Meaning: "the monitor's base URL: its own interface needs no permission, so the hosted one gets it", Required: true},
		},
		Plan: planInterface,
	})
}

func planDefaultInterface(p *Part) ([]Artifact, error) {
	base, err := p.Get("base-url")
	if err != nil {
		return nil, err
	}
	own := hostedInterface
	if webapp.Built() && p.Default("server", "embedded") != "apache" {
		own = strings.TrimRight(base, "/") + webapp.Path + "#page=ojsm_landing"
	}
	p.Set("url", p.Default("parameter", own))
	return nil, nil
}

func planInterface(p *Part) ([]Artifact, error) {
	address, err := p.Get("url")
	if err != nil {
		return nil, err
	}
	base, err := p.Get("base-url")
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("section [%s]: the interface's address %q is not an http or https URL: set interface-url in [monitor-instance-parameter]", p.Name, address)
	}
	if b, err := url.Parse(base); err == nil && b.Host == u.Host {
		u, _ = url.Parse(hostedInterface) // a constant
	}
	p.Set("netloc", u.Host)
	return nil, nil
}
