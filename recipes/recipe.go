package recipes

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"slapmonitor/pkg/connection"
	"slapmonitor/templates"
)

// Egg is the name under which profiles call the recipes: "recipe = Egg:NAME".
const Egg = "slapos.recipe.monitor"

// Options that every part of ours gets in init, so that buildout installs it
// again when what it was made from changed (contract/buildout.md 4.2).
const (
	digestOption    = "_sections-digest"
	generatorOption = "_generator"
)

// LinksOption lists the symbolic links of a part, one a line. They are not
// among the paths that buildout deletes: zc.buildout takes a link to a folder
// for the folder and changes its mode. Front ends remove them themselves.
const LinksOption = "_links"

// Recipe is one kind of part.
type Recipe struct {
	Name    string   // after "slapos.recipe.monitor:"
	Aliases []string // recipes of other eggs that the embedded front end runs as this one
	Summary string
	Options []Option
	// Plan checks the options, sets what the part computes, and says what the
	// part consists of. It runs in every phase and touches nothing.
	Plan func(*Part) ([]Artifact, error)
	// Apply does, in install and update, what is not a file. It may be nil.
	Apply func(*Part) error
	// Secrets names the options that are never saved in .installed.cfg.
	Secrets func(*Part) []string
}

// Option documents an option of a recipe.
type Option struct {
	Name    string
	Meaning string
	Default string // "" with Required false: empty
	// Required options have no default.
	Required bool
}

// Part is one section in the hands of its recipe.
type Part struct {
	Name      string
	Phase     string
	Directory string
	options   Pairs
	sections  Sections
	set       Pairs
	used      Pairs              // "section:option" of other sections
	toPublish *connection.Record // what the publish recipe has to tell the master
}

// Get is a required option: missing or empty is an error that names the section.
func (p *Part) Get(option string) (string, error) {
	v, ok := p.options.Lookup(option)
	if !ok || strings.TrimSpace(v) == "" {
		return "", fmt.Errorf("section [%s] needs the option %q", p.Name, option)
	}
	return strings.TrimSpace(v), nil
}

// Default is an option, or fallback where it is missing or empty.
func (p *Part) Default(option, fallback string) string {
	if v, ok := p.options.Lookup(option); ok && strings.TrimSpace(v) != "" {
		return strings.TrimSpace(v)
	}
	return fallback
}

// Options are the part's options but for the bookkeeping ones.
func (p *Part) Options() Pairs {
	var out Pairs
	for _, o := range p.options {
		if o.Option != "recipe" && !strings.HasPrefix(o.Option, "_") {
			out = append(out, o)
		}
	}
	return out
}

// Set gives the part an option that others can refer to.
func (p *Part) Set(option, value string) {
	p.options = p.options.With(option, value)
	p.set = p.set.With(option, value)
}

// missingSections makes Do ask the front end for more of the profile.
type missingSections []string

func (m missingSections) Error() string {
	return fmt.Sprintf("the request lacks the sections %s", strings.Join(m, ", "))
}

// Section is all of another section.
func (p *Part) Section(name string) (Pairs, error) {
	s, ok := p.sections.Lookup(name)
	if !ok {
		return nil, missingSections{name}
	}
	for _, o := range s {
		p.use(name, o)
	}
	return s, nil
}

// use notes what the part was made from, for its digest.
func (p *Part) use(section string, o Pair) {
	if !strings.HasPrefix(o.Option, "_") {
		p.used = p.used.With(section+":"+o.Option, o.Value)
	}
}

// Path is an option that holds a path; a relative one is below the directory.
func (p *Part) Path(option string) (string, error) {
	v, err := p.Get(option)
	if err != nil {
		return "", err
	}
	return p.absolute(option, v)
}

// PathDefault is Path with a fallback relative to the directory.
func (p *Part) PathDefault(option, fallback string) (string, error) {
	return p.absolute(option, p.Default(option, fallback))
}

func (p *Part) absolute(option, v string) (string, error) {
	if strings.ContainsAny(v, "\n\x00") {
		return "", fmt.Errorf("option %q of section [%s] is one path, not several lines", option, p.Name)
	}
	if !filepath.IsAbs(v) {
		v = filepath.Join(p.Directory, v)
	}
	return filepath.Clean(v), nil
}

// FileName is an option that names a file in some folder: no slash in it.
func (p *Part) FileName(option string) (string, error) {
	v, err := p.Get(option)
	if err != nil {
		return "", err
	}
	if strings.ContainsAny(v, "/\n\x00") || v == "." || v == ".." {
		return "", fmt.Errorf("option %q of section [%s] is a file name, it cannot be %q: leave out slashes and line breaks", option, p.Name, v)
	}
	return v, nil
}

// Lines are the non-empty lines of an option, trimmed.
func (p *Part) Lines(option string) []string { return lines(p.Default(option, "")) }

func lines(v string) []string {
	var out []string
	for l := range strings.Lines(v) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

var registry []*Recipe

func register(r *Recipe) { registry = append(registry, r) }

// All are the recipes by name.
func All() []*Recipe {
	out := slices.Clone(registry)
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// Find is the recipe that a profile's "recipe =" means, or nil.
func Find(name string) *Recipe {
	name = strings.TrimSpace(name)
	for _, r := range registry {
		if name == Egg+":"+r.Name || slices.Contains(r.Aliases, name) {
			return r
		}
	}
	return nil
}

// Do carries out one request.
func Do(req Request) (*Reply, error) {
	r := Find(req.Recipe)
	if r == nil {
		return nil, fmt.Errorf("section [%s] asks for the recipe %q, which this toolkit does not have: deploy this profile with slapgrid, or use one of \"monitor-generate recipes\"", req.Name, req.Recipe)
	}
	if !filepath.IsAbs(req.Directory) {
		return nil, fmt.Errorf("section [%s]: the buildout directory %q is not an absolute path", req.Name, req.Directory)
	}
	p := &Part{Name: req.Name, Phase: req.Phase, Directory: req.Directory, options: slices.Clone(req.Options), sections: req.Sections}
	plan, err := r.Plan(p)
	var missing missingSections
	if errors.As(err, &missing) && req.Phase == Init {
		return &Reply{Options: Pairs{}, Paths: []string{}, Sections: missing}, nil
	}
	if err != nil {
		return nil, err
	}
	if err := checkPlan(p, plan); err != nil {
		return nil, err
	}
	reply := &Reply{Options: Pairs{}, Paths: []string{}}
	switch req.Phase {
	case Init:
		reply.Paths = append(removable(plan), links(plan)...)
		reply.Options = append(p.set.orEmpty(), p.provenance(plan)...)
	case Install, Update:
		if reply.Paths, err = carryOut(p, plan); err != nil {
			return nil, err
		}
		if r.Apply != nil {
			err = r.Apply(p)
		}
	default:
		err = fmt.Errorf("section [%s]: a phase is init, install or update, not %q", req.Name, req.Phase)
	}
	if r.Secrets != nil {
		reply.Secrets = r.Secrets(p)
	}
	return reply, err
}

// provenance says what the part was made from, for buildout to compare.
func (p *Part) provenance(plan []Artifact) Pairs {
	out := Pairs{{generatorOption, templates.Version()}}
	if made := links(plan); len(made) > 0 {
		out = append(out, Pair{LinksOption, strings.Join(made, "\n")})
	}
	if len(p.used) > 0 {
		data, err := encode(p.used)
		if err != nil { // strings always encode
			panic(err)
		}
		sum := sha256.Sum256(data)
		out = append(out, Pair{digestOption, hex.EncodeToString(sum[:])})
	}
	return out
}
