package buildout

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"slapmonitor/pkg/python"
)

// mergeAll lays, from bottom to top: buildout's defaults, the user's, the
// main profile, files that the command line extends, assignments.
func (r *reader) mergeAll(data *document, main, userFile string, assigned *document) (*document, error) {
	user, known, err := r.userDefaults(data, userFile)
	if err != nil {
		return nil, err
	}
	profile, err := r.root(main, known.sections[buildoutSection], user)
	if err != nil {
		return nil, err
	}
	if data, err = mergeDocuments(data, profile, &r.budget); err != nil {
		return nil, err
	}
	for _, name := range extendsOf(assigned) {
		// Each such file is a root of its own: the user's defaults come under
		// it once more, and so over what the main profile says.
		more, err := r.root(name, known.sections[buildoutSection], user)
		if err != nil {
			return nil, err
		}
		if data, err = mergeDocuments(data, more, &r.budget); err != nil {
			return nil, err
		}
	}
	return mergeDocuments(data, assigned, &r.budget)
}

// userDefaults reads the user's file, if there is one. known is data with it,
// from which downloads take their options.
func (r *reader) userDefaults(data *document, file string) (user, known *document, err error) {
	if file == "" {
		return nil, data, nil
	}
	if file, err = filepath.Abs(file); err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(file); err != nil {
		return nil, data, nil
	}
	if user, err = r.root(file, data.sections[buildoutSection], nil); err != nil {
		return nil, nil, err
	}
	known, err = mergeDocuments(data, user, &r.budget)
	return user, known, err
}

// extendsOf takes buildout:extends out of the assignments.
func extendsOf(assigned *document) []string {
	section, ok := assigned.get(buildoutSection)
	if !ok {
		return nil
	}
	extends, _ := section.get("extends")
	rest := section.clone()
	rest.remove("extends")
	assigned.set(buildoutSection, rest)
	return fields(extends.text)
}

// parseAssignments makes a document of the command line's assignments. They
// are sorted first, value included: of two for one option the greater wins.
func parseAssignments(o Options) (*document, error) {
	assignments := make([][3]string, 0, len(o.Assignments)+1)
	overridden := false
	for _, text := range o.Assignments {
		a, err := parseAssignment(text)
		if err != nil {
			return nil, err
		}
		overridden = overridden || a[0] == buildoutSection && a[1] == "directory"
		assignments = append(assignments, a)
	}
	if o.Directory != "" && !overridden {
		directory, err := filepath.Abs(o.Directory)
		if err != nil {
			return nil, fmt.Errorf("directory of the buildout: %w", err)
		}
		assignments = append(assignments, [3]string{buildoutSection, "directory", directory})
	}
	slices.SortFunc(assignments, func(a, b [3]string) int { return slices.Compare(a[:], b[:]) })
	d := newDocument()
	for _, a := range assignments {
		section, ok := d.get(a[0])
		if !ok {
			section = newTable(1)
			d.set(a[0], section)
		}
		section.set(a[1], value{a[2], sourceCommandLine, 0})
	}
	return d, nil
}

func parseAssignment(text string) ([3]string, error) {
	name, text, found := strings.Cut(text, "=")
	if !found {
		return [3]string{}, errorf(UserError, "Invalid assignment %s: say section:option=value.", python.Repr(name))
	}
	words := strings.Split(name, ":")
	switch len(words) {
	case 1:
		words = []string{buildoutSection, name}
	case 2:
	default:
		return [3]string{}, errorf(UserError, "Invalid option: %s", name)
	}
	section, option := strip(words[0]), strip(words[1])
	if section == "" || option == "" {
		return [3]string{}, errorf(UserError, "Invalid assignment %s: section and option must not be empty.", python.Repr(name+"="+text))
	}
	return [3]string{section, option, strip(text)}, nil
}

// leftoverOperators warns of "x +=" in a section that only one file has:
// nothing was there to add to, so the option is now literally called "x +".
func leftoverOperators(d *document) []string {
	var warnings []string
	for _, name := range d.names {
		section := d.sections[name]
		if section.has("<") {
			continue // its macros are still to come
		}
		for _, e := range section.all() {
			if hasOperator(e.name) && fromFile(e.source) {
				if len(warnings) == maxWarnings {
					return warnings
				}
				warnings = append(warnings, fmt.Sprintf(
					"%s:%d: [%s] has an option called %q: there was no [%s] below to apply %s= to, so ${%s:%s} does not see it",
					e.source, e.line, name, e.name, name, e.name[len(e.name)-1:], name, operated(e.name)))
			}
		}
	}
	return warnings
}
