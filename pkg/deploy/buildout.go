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
	"io/fs"
	"os"
	"path/filepath"
	"slices"

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

// current are a part's options as .installed.cfg shall hold them.
func (b *Buildout) current(name string) (recipes.Pairs, error) {
	s, err := b.profile.Section(name)
	if err != nil {
		return nil, err
	}
	all, err := pairsOf(s)
	return slices.DeleteFunc(all, func(o recipes.Pair) bool { return slices.Contains(b.secrets[name], o.Option) }), err
}

// uninstallOld removes what is not wanted any more, newest first.
func (b *Buildout) uninstallOld(was *installed, parts []string) error {
	for _, part := range slices.Backward(slices.Clone(was.parts)) {
		wanted := slices.Contains(parts, part.name)
		if wanted {
			now, err := b.current(part.name)
			if err != nil {
				return err
			}
			if slices.Equal(now, part.options) && allExist(part.paths) {
				continue
			}
		}
		if b.Log("Uninstalling %s.", part.name); b.DryRun {
			if wanted {
				was.forget(part.name)
			}
			continue
		}
		if err := errors.Join(removeLinks(part), removePaths(part)); err != nil {
			return err
		}
		was.forget(part.name)
		if err := was.save(); err != nil {
			return err
		}
	}
	return nil
}

func allExist(paths []string) bool {
	for _, p := range paths {
		if _, err := os.Lstat(p); err != nil {
			return false
		}
	}
	return true
}

// removePaths removes the files of a part. A folder is never removed with what
// is in it: our recipes return none.
func removePaths(part installedPart) error {
	for _, p := range part.paths {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("uninstall %s: %w", part.name, err)
		}
	}
	return nil
}

// removeLinks is what the egg's uninstall hook does: buildout calls it when a
// part goes or changes, not when an update fails.
func removeLinks(part installedPart) error {
	links, _ := part.options.Lookup(recipes.LinksOption)
	for _, p := range splitPaths(links) {
		if st, err := os.Lstat(p); err != nil || st.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		if err := os.Remove(p); err != nil {
			return fmt.Errorf("uninstall %s: %w", part.name, err)
		}
	}
	return nil
}

func (b *Buildout) installPart(was *installed, name string) error {
	options, err := b.current(name)
	if err != nil {
		return err
	}
	old, known := was.find(name)
	phase, verb := recipes.Install, "Installing"
	if known {
		phase, verb = recipes.Update, "Updating"
	}
	if b.Log("%s %s.", verb, name); b.DryRun {
		return nil
	}
	paths, err := b.run(name, phase)
	if err != nil {
		if known {
			was.forget(name)
			err = errors.Join(err, removePaths(old), was.save())
		}
		return err
	}
	for _, p := range old.paths {
		if !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	was.record(installedPart{name, options, paths})
	if known && slices.Equal(paths, old.paths) {
		return nil // saved at the end
	}
	return was.save()
}

// run carries out a phase with the options as they are now, what init set included.
func (b *Buildout) run(name, phase string) ([]string, error) {
	s, err := b.profile.Section(name)
	if err != nil {
		return nil, err
	}
	req := *b.requests[name]
	req.Phase = phase
	if req.Options, err = pairsOf(s); err != nil {
		return nil, err
	}
	reply, err := b.do(req)
	if err != nil {
		return nil, err
	}
	for i, p := range reply.Paths {
		reply.Paths[i] = filepath.Clean(p)
	}
	return reply.Paths, nil
}
