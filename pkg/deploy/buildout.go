// Package deploy does what zc.buildout and slapgrid do with a profile: it
// installs the profile's parts with the Go recipes, keeps .installed.cfg, and
// on a machine without slapgrid builds a software release and one partition
// from it.
//
// It knows the profile language (pkg/buildout) and the recipes, nothing of
// running programs.
package deploy

import (
	"context"
	"errors"
	"fmt"

	"slapmonitor/pkg/buildout"
	"slapmonitor/recipes"
)

// Buildout is one profile to be installed.
type Buildout struct {
	Profile     string // file
	Directory   string // buildout:directory; "" is the profile's folder
	Dialect     buildout.Dialect
	Assignments []string // section:option=value, over the profile
	DryRun      bool     // say what would be done, and touch nothing
	// Log gets one line per part that is installed, updated or uninstalled.
	Log func(format string, a ...any)
	// Trace gets each request before its recipe does; nil for none.
	Trace func(recipes.Request) error

	profile  *buildout.Profile
	requests map[string]*recipes.Request // by part, as the last phase saw it
	secrets  map[string][]string
	makers   map[string]string // the part that makes a path
}

// Install evaluates the profile and makes the directory what it says. A part
// whose options did not change is only updated, a part that is gone is
// uninstalled, as buildout does it (contract/buildout.md 4.2).
func (b *Buildout) Install(ctx context.Context) error {
	if b.Log == nil {
		b.Log = func(string, ...any) {}
	}
	if err := b.evaluate(); err != nil {
		return err
	}
	was, err := readInstalled(b.Directory)
	if err != nil {
		return err
	}
	parts := b.profile.Parts()
	if err := b.uninstallOld(was, parts); err != nil {
		return err
	}
	if err := b.installParts(ctx, was, parts); err != nil || b.DryRun {
		return err
	}
	return was.save()
}

func (b *Buildout) installParts(ctx context.Context, was *installed, parts []string) error {
	for _, name := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.installPart(was, name); err != nil {
			if !b.DryRun {
				err = errors.Join(err, was.save())
			}
			return err
		}
	}
	return nil
}

func (b *Buildout) evaluate() error {
	b.requests, b.secrets = map[string]*recipes.Request{}, map[string][]string{}
	b.makers = map[string]string{}
	p, err := buildout.Open(b.Profile, buildout.Options{
		Dialect: b.Dialect, Directory: b.Directory, Assignments: b.Assignments, Construct: b.construct,
	})
	if err != nil {
		return err
	}
	b.profile = p
	s, err := p.Section("buildout")
	if err != nil {
		return err
	}
	if b.Directory, err = s.Get("directory"); err != nil {
		return err
	}
	for _, w := range p.Warnings() {
		b.Log("Warning: %s", w)
	}
	return p.Evaluate()
}

// construct is the constructor of a part: the init phase of its recipe. What
// the recipe lacks of other sections is given to it, which makes them parts
// too, until it has all.
func (b *Buildout) construct(s *buildout.Section) error {
	if b.profile == nil {
		b.profile = s.Profile()
	}
	if err := b.needToolkit(s.Name()); err != nil {
		return err
	}
	options, err := pairsOf(s)
	if err != nil {
		return err
	}
	recipe, _ := options.Lookup("recipe")
	req := &recipes.Request{Recipe: recipe, Name: s.Name(), Phase: recipes.Init, Options: options, Sections: recipes.Sections{}}
	if req.Directory, err = b.directory(); err != nil {
		return err
	}
	for {
		reply, err := b.do(*req)
		if err != nil {
			return err
		}
		if len(reply.Sections) == 0 {
			for _, o := range reply.Options {
				s.Set(o.Option, o.Value)
			}
			b.requests[req.Name], b.secrets[req.Name] = req, reply.Secrets
			return b.claim(req.Name, reply.Paths)
		}
		for _, name := range reply.Sections {
			other, err := b.profile.Section(name)
			if err != nil {
				return err
			}
			pairs, err := pairsOf(other)
			if err != nil {
				return err
			}
			req.Sections = append(req.Sections, recipes.Section{Name: name, Options: pairs})
		}
	}
}

// toolkitSection is the part that all others need where there is one: the egg
// asks it where the programs are.
const toolkitSection = "monitor-toolkit"

func (b *Buildout) needToolkit(part string) error {
	if _, ok := b.profile.Raw(toolkitSection); !ok || part == toolkitSection {
		return nil
	}
	_, err := b.profile.Section(toolkitSection)
	return err
}

func (b *Buildout) do(req recipes.Request) (*recipes.Reply, error) {
	if b.Trace != nil {
		if err := b.Trace(req); err != nil {
			return nil, err
		}
	}
	return recipes.Do(req)
}

// claim refuses two parts that would write one file: the second would undo
// the first, and dropping either would remove the other's file.
func (b *Buildout) claim(part string, paths []string) error {
	for _, path := range paths {
		if other, taken := b.makers[path]; taken {
			return fmt.Errorf("sections [%s] and [%s] both make %s: give one of them another path", other, part, path)
		}
		b.makers[path] = part
	}
	return nil
}

func (b *Buildout) directory() (string, error) {
	s, err := b.profile.Section("buildout")
	if err != nil {
		return "", err
	}
	return s.Get("directory")
}

// pairsOf are a section's options. One that cannot be resolved is an error: a
// recipe must not take its default instead.
func pairsOf(s *buildout.Section) (recipes.Pairs, error) {
	items, err := s.Items()
	out := make(recipes.Pairs, 0, len(items))
	for _, o := range items {
		out = append(out, recipes.Pair{Option: o.Option, Value: o.Value})
	}
	return out, err
}
