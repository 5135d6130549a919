package buildout

import (
	"slices"
	"sort"
)

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
		switch {
		case err != nil:
			failures = append(failures, member{name, err.(*Error).Message})
		case name == buildoutSection:
			sections = append(sections, member{name, withoutDefaults(pairs, append(slices.Clip(buildoutDefaults), versionsDefault))})
		case name == p.versionsSection():
			if pairs = withoutDefaults(pairs, versionDefaults); len(pairs) > 0 {
				sections = append(sections, member{name, pairs})
			}
		default:
			sections = append(sections, member{name, pairs})
		}
	}
	result := object{{"parts", parts}, {"reached", reached}, {"sections", sections}}
	if failures != nil {
		result = append(result, member{"section_errors", failures})
	}
	return encode(result)
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
	sort.Strings(names)
	return names
}

func (p *Profile) versionsSection() string {
	v, _ := p.raw.sections[buildoutSection].get("versions")
	return v.text
}

func (p *Profile) finalPairs(name string) (object, error) {
	s, err := p.section(name)
	if err != nil {
		return nil, err
	}
	pairs := object{}
	for _, option := range s.options() {
		text, err := s.Get(option)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, member{option, text})
	}
	return pairs, nil
}

func withoutDefaults(pairs object, defaults []Pair) object {
	return slices.DeleteFunc(pairs, func(m member) bool {
		return slices.Contains(defaults, Pair{m.name, m.value.(string)})
	})
}

func notNil(names []string) []string {
	if names == nil {
		return []string{}
	}
	return names
}
