package buildout

import "slices"

// Answer opens and evaluates a profile and gives what came of it as JSON in
// the form of the buildout conformance samples: members in buildout's own order,
// options of [buildout] that still have their defaults left out. A profile
// that fails also has an answer; the error is returned with it.
func Answer(path string, o Options) ([]byte, *Profile, error) {
	p, err := Open(path, o)
	if err == nil {
		err = p.Evaluate()
	}
	if err != nil {
		return errorAnswer(err), p, err
	}
	return p.answer(), p, nil
}

func errorAnswer(err error) []byte {
	e, ok := err.(*Error)
	if !ok {
		e = &Error{Class: UserError, Message: err.Error()}
	}
	return encode(object{
		{"error", e.Message},
		{"error_type", e.Class},
		{"while", notNil(e.While)},
	})
}

// answer lists parts and reached sections first, and then looks at all the
// others too; what fails there only concerns itself.
func (p *Profile) answer() []byte {
	parts, reached := notNil(p.Parts()), notNil(p.reached())
	var sections, failures object
	p.surveying = true
	defer func() { p.surveying = false }()
	for _, name := range p.raw.names {
		pairs, err := p.finalPairs(name)
		if err != nil {
			failures = append(failures, member{name, err.(*Error).Message})
			continue
		}
		shown := without(p.defaultsOf(name), pairs)
		if name == p.versionsSection() && len(shown) == 0 {
			continue // buildout made it
		}
		sections = append(sections, member{name, shown})
	}
	result := object{{"parts", parts}, {"reached", reached}, {"sections", sections}}
	if failures != nil {
		result = append(result, member{"section_errors", failures})
	}
	return encode(result)
}

// defaultsOf lists the pairs of a section that say nothing about the profile.
func (p *Profile) defaultsOf(name string) []Pair {
	switch name {
	case buildoutSection:
		return append(slices.Clip(buildoutDefaults), versionsDefault)
	case p.versionsSection():
		return versionDefaults
	}
	return nil
}

// reached lists the sections that were initialised, less the two that
// buildout always does.
func (p *Profile) reached() []string {
	var names []string
	for name := range p.sections {
		if name != buildoutSection && name != p.versionsSection() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (p *Profile) versionsSection() string {
	v, _ := p.raw.sections[buildoutSection].get("versions")
	return v.text
}

func (p *Profile) finalPairs(name string) ([]Pair, error) {
	s, err := p.section(name)
	if err != nil {
		return nil, err
	}
	return s.Items()
}

// without leaves out the pairs that are defaults.
func without(defaults, pairs []Pair) object {
	shown := object{}
	for _, pair := range pairs {
		if !slices.Contains(defaults, pair) {
			shown = append(shown, member{pair.Option, pair.Value})
		}
	}
	return shown
}

func notNil(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}
