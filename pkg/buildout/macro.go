package buildout

import (
	"slices"
	"strings"

	"slapmonitor/pkg/python"
)

// expand applies the macros of a section ("<= parent"): the raw options of its
// parents in order, later ones winning, with its own merged over them
// (contract 1.7). Parents are used raw and never initialised.
func (p *Profile) expand(name string, own *table, chain []string) (*table, error) {
	if name == buildoutSection {
		return own, nil
	}
	if known, ok := p.expanded[name]; ok {
		return known, nil
	}
	parents, ok := own.get("<")
	if slices.Contains(chain, name) {
		return nil, p.failed(errorf(UserError, "Infinite extending loop %s", python.Repr(name)).atValue(parents))
	}
	if !ok {
		return own, nil
	}
	err := p.enter(loadingInput, python.Repr(name), "")
	defer p.leave()
	if err != nil {
		return nil, err
	}
	inherited, err := p.inherit(parents, append(chain, name))
	if err != nil {
		return nil, err
	}
	merged, err := mergeTables(inherited, own, &p.made)
	if err != nil {
		return nil, p.failed(err)
	}
	merged.remove("<")
	p.expanded[name] = merged
	return merged, nil
}

// inherit is what the parents named in a "<" option give.
func (p *Profile) inherit(parents value, chain []string) (*table, error) {
	inherited := newTable(8)
	for line := range strings.SplitSeq(parents.text, "\n") {
		name := strip(line)
		if name == "" {
			continue
		}
		raw, ok := p.raw.get(name)
		if !ok {
			return nil, p.failed(errorf(UserError, "No section named %s", python.Repr(name)).atValue(parents))
		}
		options, err := p.expand(name, raw, chain)
		if err != nil {
			return nil, err
		}
		inherited.update(options)
	}
	return inherited, nil
}
