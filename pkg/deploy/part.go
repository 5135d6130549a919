package deploy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"slapmonitor/recipes"
)

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
