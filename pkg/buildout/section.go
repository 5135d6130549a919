package buildout

import (
	"slices"
	"strings"

	"slapmonitor/pkg/python"
)

// Section is a section that something asked for: macros applied, references
// resolved, and its recipe, if any, constructed. While that is going on it is
// visible half-done to the sections that it refers to (contract 1.8).
type Section struct {
	profile *Profile
	name    string
	raw     *table            // with macros
	cooked  map[string]string // resolved when the section was initialised
	final   map[string]string // read or set since; nothing is resolved again
	set     []string          // options that only Set made, in order
	failure error             // of the initialisation
}

// Section initialises a section, as buildout[name] does: the first time,
// macros are applied, all references resolved (which initialises the sections
// they name) and the recipe constructed. From within a constructor it declares
// a dependency. Asking again for a section whose initialisation failed gives
// the same error.
func (p *Profile) Section(name string) (*Section, error) {
	if err := p.prepare(); err != nil {
		return nil, err
	}
	s, err := p.section(name)
	if err == nil && s.failure != nil {
		return nil, s.failure
	}
	return s, err
}

func (p *Profile) section(name string) (*Section, error) {
	if s, ok := p.sections[name]; ok {
		return s, nil
	}
	err := p.enter(gettingSection, name, "")
	defer p.leave()
	if err != nil {
		return nil, err
	}
	raw, ok := p.raw.get(name)
	if !ok {
		return nil, p.failed(errorf(MissingSection, "The referenced section, %s, was not defined.", python.Repr(name)))
	}
	s := &Section{profile: p, name: name, raw: raw, cooked: map[string]string{}, final: map[string]string{}}
	p.sections[name] = s
	if s.failure = s.initialize(); s.failure != nil {
		return nil, s.failure
	}
	return s, nil
}

func (s *Section) initialize() error {
	err := s.profile.enter(initializingSection, s.name, "")
	defer s.profile.leave()
	if err != nil {
		return err
	}
	if s.raw.has("<") {
		expanded, err := s.profile.expand(s.name, s.raw, nil)
		if err != nil {
			return err // the section keeps what it has, which a second look at it shows
		}
		s.raw = expanded
	}
	if err := s.cookAll(); err != nil {
		return err
	}
	if s.name == buildoutSection {
		return nil // never a part
	}
	if err := s.dependencies(); err != nil {
		return err
	}
	return s.constructRecipe()
}

// cookAll resolves every option with a reference, in order of their names.
func (s *Section) cookAll() error {
	var names []string
	for _, e := range s.raw.all() {
		if strings.Contains(e.text, "${") {
			names = append(names, e.name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if err := s.cook(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Section) cook(option string) error {
	err := s.profile.enter(gettingOption, s.name, option)
	defer s.profile.leave()
	if err != nil {
		return err
	}
	v, _ := s.raw.get(option)
	text, err := s.resolve(v.text, &chain{{s.name, option}}, v)
	if err != nil {
		return err // a second look must find the option unresolved
	}
	s.cooked[option] = text
	return nil
}

func (s *Section) dependencies() error {
	names, _, err := s.get(partDependencies, nil)
	if err != nil {
		return err
	}
	for _, name := range fields(names) {
		if _, err := s.profile.section(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Section) constructRecipe() error {
	recipe, _, err := s.get("recipe", nil)
	if err != nil || recipe == "" {
		return err
	}
	v, _ := s.raw.get("recipe")
	if strings.Count(recipe, ":") > 1 {
		return s.profile.failed(errorf(ValueError, "too many values to unpack (expected 2)").atValue(v))
	}
	if s.profile.construct != nil {
		if err := s.profile.construct(s); err != nil {
			err = s.profile.failed(err)
			if e, ok := err.(*Error); ok {
				e.atValue(v)
			}
			return err
		}
	}
	s.profile.parts = append(s.profile.parts, s.name)
	return nil
}

// Name is the section's name.
func (s *Section) Name() string { return s.name }

// Profile is what the section belongs to.
func (s *Section) Profile() *Profile { return s.profile }

// Get gives an option's final value; in SlapOS' dialect "$${" has become "${".
// A missing option is an error of class MissingOption.
func (s *Section) Get(option string) (string, error) {
	text, ok, err := s.get(option, nil)
	if err != nil {
		return "", err
	}
	if !ok {
		e := errorf(MissingOption, "Missing option: %s:%s", s.name, option)
		return "", s.profile.failed(e)
	}
	return s.profile.unescape(text), nil
}

// Lookup is Get without an error: false says that the option is absent (or
// cannot be resolved, which initialising the section has already reported).
func (s *Section) Lookup(option string) (string, bool) {
	text, ok, err := s.get(option, nil)
	if err != nil || !ok {
		return "", false
	}
	return s.profile.unescape(text), true
}

// Set is what a recipe's constructor does to its options: the value is never
// substituted; the option keeps its place, or goes last if it is new.
func (s *Section) Set(option, text string) {
	if _, ok := s.final[option]; !ok && !s.raw.has(option) {
		s.set = append(s.set, option)
	}
	s.final[option] = text
}

// Items lists all options with their final values, in order: what
// dict(options) gives to a recipe, "recipe" included, "<" gone. It fails for an
// option that cannot be resolved, which happens only to a section that is
// still being initialised, or failed to be.
func (s *Section) Items() ([]Pair, error) {
	pairs := []Pair{}
	for _, name := range s.options() {
		text, err := s.Get(name)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, Pair{name, text})
	}
	return pairs, nil
}

func (s *Section) options() []string {
	names := make([]string, 0, s.raw.len()+len(s.set))
	for _, e := range s.raw.all() {
		names = append(names, e.name)
	}
	return append(names, s.set...)
}
