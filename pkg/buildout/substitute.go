package buildout

import (
	"slices"
	"strings"
)

// reference is an option of a section, on the chain from one that is being
// resolved.
type reference struct{ section, option string }

type chain []reference

// unescape makes "$${" into "${" for a final reading, in SlapOS' dialect.
func (p *Profile) unescape(text string) string {
	if p.dialect == Upstream {
		return text
	}
	return strings.ReplaceAll(text, "$${", "${")
}

// get resolves one option, once. The text of a value that was cooked is looked
// at again: it may have got a reference by what was inserted.
func (s *Section) get(option string, seen *chain) (string, bool, error) {
	if text, ok := s.final[option]; ok {
		return text, true, nil
	}
	v, known := s.raw.get(option)
	text, cooked := s.cooked[option]
	if !cooked {
		if !known {
			return "", false, nil
		}
		text = v.text
	}
	if strings.Contains(text, "${") {
		var err error
		if text, err = s.follow(option, text, seen, v); err != nil {
			return "", false, err
		}
	}
	s.final[option] = text
	return text, true, nil
}

// follow resolves an option's references, unless it is on the chain already.
func (s *Section) follow(option, text string, seen *chain, v value) (string, error) {
	err := s.profile.enter(gettingOption, s.name, option)
	defer s.profile.leave()
	if err != nil {
		return "", err
	}
	key := reference{s.name, option}
	if seen == nil {
		seen = &chain{}
	} else if slices.Contains(*seen, key) {
		return "", s.profile.failed(errorf(UserError, "Circular reference in substitutions.\n").atValue(v))
	}
	*seen = append(*seen, key)
	text, err = s.resolve(text, seen, v)
	if err != nil {
		return "", err
	}
	*seen = (*seen)[:len(*seen)-1]
	return text, nil
}

// resolve substitutes a whole text. It is cut at "$$" first, so that an
// escaped reference stays (contract 1.6).
func (s *Section) resolve(text string, seen *chain, v value) (string, error) {
	if err := s.profile.made.take(len(text), v); err != nil {
		return "", s.profile.failed(err)
	}
	var b strings.Builder
	for i, piece := range strings.Split(text, "$$") {
		if i > 0 {
			b.WriteString("$$")
		}
		if err := s.substitute(&b, piece, seen, v); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func (s *Section) substitute(b *strings.Builder, piece string, seen *chain, v value) error {
	for {
		start := strings.Index(piece, "${")
		if start < 0 {
			break
		}
		end := strings.IndexByte(piece[start:], '}')
		if end < 0 {
			break
		}
		inserted, err := s.refer(piece[start:start+end+1], seen)
		if err != nil {
			if e, ok := err.(*Error); ok {
				e.atValue(v)
			}
			return err
		}
		if err := s.profile.made.take(len(inserted), v); err != nil {
			return s.profile.failed(err)
		}
		b.WriteString(piece[:start])
		b.WriteString(inserted)
		piece = piece[start+end+1:]
	}
	b.WriteString(piece)
	return nil
}

// refer gives what a reference "${section:option}" stands for.
func (s *Section) refer(text string, seen *chain) (string, error) {
	name, option, err := splitReference(text)
	if err != nil {
		return "", s.profile.failed(err)
	}
	if name == "" {
		name = s.name
	}
	target, err := s.profile.section(name)
	if err != nil {
		return "", err
	}
	found, ok, err := target.get(option, seen)
	switch {
	case err != nil:
		return "", err
	case ok:
		return found, nil
	case option == "_buildout_section_name_":
		return s.name, nil
	}
	return "", s.profile.failed(errorf(MissingOption, "Referenced option does not exist: %s %s", name, option))
}

// splitReference takes "${section:option}" apart.
func splitReference(text string) (section, option string, err error) {
	words := strings.Split(text[2:len(text)-1], ":")
	switch {
	case len(words) < 2:
		return "", "", errorf(UserError, "The substitution, %s,\ndoesn't contain a colon.", text)
	case len(words) > 2:
		return "", "", errorf(UserError, "The substitution, %s,\nhas too many colons.", text)
	case words[0] == "" && legalName(words[1]):
		return "", words[1], nil
	case !simpleName(words[0]):
		return "", "", errorf(UserError, "The section name in substitution, %s,\nhas invalid characters.", text)
	case !simpleName(words[1]):
		return "", "", errorf(UserError, "The option name in substitution, %s,\nhas invalid characters.", text)
	}
	return words[0], words[1], nil
}

// legalName tells whether a name may stand in a reference.
func legalName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			c == '-' || c == ' ' || c == '.' || c == '_') {
			return false
		}
	}
	return name != ""
}

// simpleName also lets one line break at the end pass, as Python's $ does; no
// section or option is called so, and buildout's error then says just that.
func simpleName(name string) bool { return legalName(strings.TrimSuffix(name, "\n")) }
