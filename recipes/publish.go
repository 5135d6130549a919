package recipes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

// ConnectionFile is where the connection parameters of a partition without a
// master are kept, below its directory: {name: value}, mode 0600 because a
// setup URL holds the password.
const ConnectionFile = ".connection-parameters.json"

func init() {
	register(&Recipe{
		Name:    "publish",
		Aliases: []string{"slapos.cookbook:publish", "slapos.cookbook:publish.serialised"},
		Summary: "publishes its options as the instance's connection parameters",
		Options: []Option{
			{Name: "NAME", Meaning: "a parameter; every option but recipe and those that begin with - is one"},
			{Name: "-extends", Meaning: "sections whose options are published too"},
		},
		Plan:    planPublish,
		Secrets: func(p *Part) []string { return names(p.Options()) },
	})
}

func names(options Pairs) []string {
	out := []string{}
	for _, o := range options {
		out = append(out, o.Option)
	}
	return out
}

func planPublish(p *Part) ([]Artifact, error) {
	parameters, err := p.published(p.Options(), nil)
	if err != nil {
		return nil, err
	}
	connection, err := p.Section("slap-connection")
	if err != nil {
		return nil, err
	}
	if url, _ := connection.Lookup("server-url"); strings.TrimSpace(url) != "" {
		return nil, fmt.Errorf("section [%s]: publishing to the master %s is slapgrid's work", p.Name, url)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(parameters)
	return []Artifact{{Path: filepath.Join(p.Directory, ConnectionFile), Content: b.Bytes(), Mode: secretMode}}, err
}

// published collects parameters; what a section says itself wins over what it
// extends.
func (p *Part) published(options Pairs, seen []string) (map[string]string, error) {
	out := map[string]string{}
	extends, _ := options.Lookup("-extends")
	for _, name := range strings.Fields(extends) {
		for _, s := range seen {
			if s == name {
				return nil, fmt.Errorf("section [%s]: -extends goes round in a circle through [%s]", p.Name, name)
			}
		}
		section, err := p.Section(name)
		if err != nil {
			return nil, err
		}
		more, err := p.published(section, append(seen, name))
		if err != nil {
			return nil, err
		}
		for k, v := range more {
			out[k] = v
		}
	}
	for _, o := range options {
		if !strings.HasPrefix(o.Option, "-") && !strings.HasPrefix(o.Option, "_") && o.Option != "recipe" {
			out[o.Option] = o.Value
		}
	}
	return out, nil
}
