package buildout

import (
	"os"
	"path/filepath"
	"slices"

	"slapmonitor/pkg/buildout/condition"
)

const (
	buildoutSection  = "buildout"
	partDependencies = "<part-dependencies>"
)

// Pair is an option and its value.
type Pair struct{ Option, Value string }

// Options says how a profile is opened.
type Options struct {
	Dialect Dialect
	// Directory overrides buildout:directory, as buildout:directory=… on the
	// command line does; "" leaves it to the profile, whose default is the
	// directory of the main file.
	Directory string
	// DefaultDirectory replaces the directory of the main file as the default
	// of buildout:directory; what the profile says still wins.
	DefaultDirectory string
	// Home is where .buildout/default.cfg is looked for; "" means no user
	// defaults (slapgrid passes -U).
	Home string
	// UserDefaults is the user defaults' file when it is not the one in Home.
	UserDefaults string
	// Assignments are "section:option=value" (section buildout if left out),
	// also with "+=" and "-=".
	Assignments []string
	// Facts are what section conditions are decided by; zero is
	// condition.DefaultFacts.
	Facts condition.Facts
	// Construct is the constructor of a section's recipe: called once, when a
	// section with a non-empty recipe has had its references resolved. It may
	// ask for other sections, which makes them dependencies. Nil does nothing.
	Construct func(*Section) error
}

func (o Options) facts() condition.Facts {
	if o.Facts == (condition.Facts{}) {
		return condition.DefaultFacts()
	}
	return o.Facts
}

// Profile is a profile that was read: sections merged, resolved on demand.
// It is not safe for concurrent use.
type Profile struct {
	dialect   Dialect
	home      string
	directory string // of the main file; relative paths are relative to it
	construct func(*Section) error
	raw       *document
	warnings  []string
	sections  map[string]*Section
	expanded  map[string]*table // sections with their macros, by name
	parts     []string
	doing     []step
	prepared  bool
	failure   error  // of [buildout], which everything needs
	steps     int    // that may still be taken
	made      budget // for macros and substitution
	surveying bool   // errors need no While
}

// Open reads a profile (a file or URL), all it extends, the user's defaults
// and the assignments, and merges them. Nothing is resolved yet.
func Open(path string, o Options) (*Profile, error) {
	p := &Profile{
		dialect: o.Dialect, home: o.Home, construct: o.Construct,
		sections: map[string]*Section{}, expanded: map[string]*table{},
		doing: []step{{format: "Installing."}, {format: "Initializing."}},
	}
	if err := p.open(path, o); err != nil {
		return nil, p.failed(err)
	}
	p.doing = p.doing[:1]
	return p, nil
}

func (p *Profile) open(path string, o Options) error {
	assigned, err := parseAssignments(o)
	if err != nil {
		return err
	}
	data := defaultOptions()
	main, directory, err := mainFile(path, o)
	if err != nil {
		return err
	}
	if directory != "" {
		data.sections[buildoutSection].set("directory", value{directory, sourceComputed, 0})
	}
	override, ok := assigned.get(buildoutSection)
	if !ok {
		override = newTable(0)
	}
	p.directory = directory
	r := newReader(o, directory, override)
	if p.raw, err = r.mergeAll(data, main, o.userDefaults(), assigned); err != nil {
		return err
	}
	p.steps = maxSteps + stepsPerEntry*p.raw.size()
	p.made = budget{maxMade + madePerByte*(maxRead-r.read.left)}
	p.warnings = leftoverOperators(p.raw)
	return p.finishBuildout()
}

// mainFile gives the full name of the profile and the default directory.
func mainFile(path string, o Options) (name, directory string, err error) {
	if o.DefaultDirectory != "" {
		if directory, err = filepath.Abs(o.DefaultDirectory); err != nil {
			return "", "", err
		}
	}
	if isURL(path) {
		return path, directory, nil
	}
	if name, err = filepath.Abs(path); err != nil {
		return "", "", err
	}
	if _, err := os.Stat(name); err != nil {
		return "", "", &Error{Class: UserError, Message: "Couldn't open " + name, Cause: err}
	}
	if directory == "" {
		directory = dirName(name)
	}
	return name, directory, nil
}

func (o Options) userDefaults() string {
	switch {
	case o.UserDefaults != "":
		return o.UserDefaults
	case o.Home != "":
		return filepath.Join(o.Home, ".buildout", "default.cfg")
	}
	return ""
}

// Raw gives the merged options of a section as written: no macro applied,
// nothing substituted. It reports false for an unknown section.
func (p *Profile) Raw(section string) ([]Pair, bool) {
	t, ok := p.raw.get(section)
	if !ok {
		return nil, false
	}
	return t.pairs(), true
}

// Parts lists the sections with a recipe in the order in which their
// constructors finished, which is the order of installation.
func (p *Profile) Parts() []string { return slices.Clone(p.parts) }

// Warnings lists what buildout accepts in silence and nobody means.
func (p *Profile) Warnings() []string { return slices.Clone(p.warnings) }

// Evaluate resolves [buildout] and then every section that buildout:parts
// names, in order, with all that those refer to.
func (p *Profile) Evaluate() error {
	if err := p.prepare(); err != nil {
		return err
	}
	parts, err := p.sections[buildoutSection].Get("parts")
	if err != nil {
		return err
	}
	for _, name := range fields(parts) {
		section, err := p.section(name)
		if err != nil {
			return err
		}
		if _, err := section.Get("recipe"); err != nil {
			return err
		}
	}
	return nil
}
