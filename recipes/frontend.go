package recipes

import (
	"fmt"
	"strings"
)

func init() {
	register(&Recipe{
		Name:    "frontend",
		Summary: "asks for a frontend of a URL; sets connection-secure_access and connection-domain. Without one, the URL itself serves",
		Options: []Option{
			{Name: "name", Meaning: "the frontend's title", Required: true},
			{Name: "config-url", Meaning: "the URL behind it", Required: true},
		},
		Plan: planFrontend,
	})
}

func planFrontend(p *Part) ([]Artifact, error) {
	if _, err := p.Get("name"); err != nil {
		return nil, err
	}
	url, err := p.Get("config-url")
	if err != nil {
		return nil, err
	}
	connection, err := p.Section("slap-connection")
	if err != nil {
		return nil, err
	}
	if master, _ := connection.Lookup("server-url"); strings.TrimSpace(master) != "" {
		return nil, fmt.Errorf("section [%s]: asking the master %s for a frontend is slapgrid's work", p.Name, master)
	}
	p.Set("connection-secure_access", url)
	p.Set("connection-domain", strings.TrimPrefix(url, "https://"))
	return nil, nil
}
