package recipes

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"slapmonitor/pkg/connection"
)

func init() {
	for _, serialised := range []bool{false, true} {
		r := &Recipe{
			Name:    "publish",
			Summary: "publishes its options as the instance's connection parameters",
			Options: []Option{
				{Name: "NAME", Meaning: "a parameter; every option but recipe and those that begin with - is one"},
				{Name: "-extends", Meaning: "sections whose options are published too"},
				{Name: "-publish", Meaning: "publish these parameters only", Default: "all"},
			},
			Plan:    func(p *Part) ([]Artifact, error) { return planPublish(p, serialised) },
			Apply:   applyPublish,
			Secrets: func(p *Part) []string { return names(p.Options()) },
		}
		if serialised {
			r.Name, r.Summary = "publish.serialised", r.Summary+", as JSON in one called _"
		}
		r.Aliases = []string{"slapos.cookbook:" + r.Name}
		register(r)
	}
}

func names(options Pairs) []string {
	out := []string{}
	for _, o := range options {
		out = append(out, o.Option)
	}
	return out
}

func planPublish(p *Part, serialised bool) ([]Artifact, error) {
	if slave := p.Default("-slave-reference", ""); slave != "" {
		return nil, fmt.Errorf("section [%s]: this recipe publishes for its own instance, not for the shared instance %s: use slapos.cookbook:publish for that", p.Name, slave)
	}
	parameters, err := p.published(p.Options(), nil)
	if err != nil {
		return nil, err
	}
	if only := strings.Fields(p.Default("-publish", "")); len(only) > 0 {
		for name := range parameters {
			if !slices.Contains(only, name) {
				delete(parameters, name)
			}
		}
	}
	settings, err := p.Section(connectionSection)
	if err != nil {
		return nil, err
	}
	if _, err := p.master(settings); err != nil {
		return nil, err
	}
	record := &connection.Record{Parameters: parameters, Serialised: serialised}
	data, err := record.Encode()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(p.Directory, connection.File)
	// A master that has these parameters already is not told again: each
	// change makes it process the whole instance tree.
	if old, err := os.ReadFile(path); p.Phase == Install || err != nil || !bytes.Equal(old, data) {
		p.toPublish = record
	}
	return []Artifact{{Path: path, Content: data, Mode: secretMode}}, nil
}

// applyPublish tells the master, in install and when something changed.
func applyPublish(p *Part) error {
	settings, err := p.Section(connectionSection)
	if err != nil {
		return err
	}
	client, err := p.master(settings)
	if err != nil || client == nil || p.toPublish == nil {
		return err
	}
	parameters, err := p.toPublish.Wire()
	if err != nil {
		return err
	}
	if err := client.Publish(context.Background(), parameters); err != nil {
		return fmt.Errorf("section [%s] could not publish: %w", p.Name, err)
	}
	return nil
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
