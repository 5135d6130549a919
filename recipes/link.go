package recipes

import (
	"fmt"
	"path/filepath"
	"strings"
)

func init() {
	register(&Recipe{
		Name:    "symlink",
		Aliases: []string{"cns.recipe.symlink"},
		Summary: "symbolic links",
		Options: []Option{{Name: "symlink", Meaning: "\"SOURCE = LINK\" lines: LINK will point to SOURCE", Required: true}},
		Plan:    planSymlinks,
	})
	register(&Recipe{
		Name:    "monitor-links",
		Summary: "the links that make up the served tree: the WebDAV names and the path lists",
		Options: []Option{
			{Name: "monitor", Meaning: "the section with public-folder, private-folder, webdav-folder, public-path-list and private-path-list", Default: "monitor-conf-parameters"},
		},
		Plan: planMonitorLinks,
	})
}

func planSymlinks(p *Part) ([]Artifact, error) {
	var plan []Artifact
	if _, err := p.Get("symlink"); err != nil {
		return nil, err
	}
	for _, line := range p.Lines("symlink") {
		source, link, ok := strings.Cut(line, "=")
		if !ok || strings.TrimSpace(source) == "" || strings.TrimSpace(link) == "" {
			return nil, fmt.Errorf("section [%s]: a line of \"symlink\" is SOURCE = LINK, not %q", p.Name, line)
		}
		target, err := p.absolute("symlink", strings.TrimSpace(source))
		if err != nil {
			return nil, err
		}
		path, err := p.absolute("symlink", strings.TrimSpace(link))
		if err != nil {
			return nil, err
		}
		plan = append(plan, Artifact{Path: path, Target: target})
	}
	return plan, nil
}

func planMonitorLinks(p *Part) ([]Artifact, error) {
	section := p.Default("monitor", "monitor-conf-parameters")
	conf, err := p.Section(section)
	if err != nil {
		return nil, err
	}
	folder := map[string]string{}
	for _, name := range []string{"public-folder", "private-folder", "webdav-folder"} {
		v, _ := conf.Lookup(name)
		if !filepath.IsAbs(strings.TrimSpace(v)) {
			return nil, fmt.Errorf("section [%s] needs the option %q, an absolute path", section, name)
		}
		folder[name] = filepath.Clean(strings.TrimSpace(v))
	}
	public, private, webdav := folder["public-folder"], folder["private-folder"], folder["webdav-folder"]
	var plan []Artifact
	link := func(path, target string) { plan = append(plan, Artifact{Path: path, Target: target}) }
	link(filepath.Join(webdav, "public"), public)
	link(filepath.Join(webdav, "private"), private)
	link(filepath.Join(webdav, "jio_public", ".jio_documents"), public)
	link(filepath.Join(webdav, "jio_private", ".jio_documents"), private)
	link(filepath.Join(webdav, "jio_private", "config"), filepath.Join(private, "config"))
	for _, list := range []struct{ option, folder string }{{"public-path-list", public}, {"private-path-list", private}} {
		value, _ := conf.Lookup(list.option)
		seen := map[string]string{}
		for _, target := range pathList(value) {
			name := filepath.Base(target)
			if !filepath.IsAbs(target) || name == "/" {
				return nil, fmt.Errorf("section [%s]: %q of %q is not an absolute path below /", section, target, list.option)
			}
			if other, ok := seen[name]; ok && other != target {
				return nil, fmt.Errorf("section [%s]: %s and %s of %q would both be served as %q: rename one", section, other, target, list.option, name)
			}
			if seen[name] == "" {
				link(filepath.Join(list.folder, name), target)
			}
			seen[name] = target
		}
	}
	return plan, nil
}

// pathList splits a list of paths, one a line or several on a line.
func pathList(value string) []string {
	var out []string
	for _, f := range strings.Fields(value) {
		out = append(out, filepath.Clean(f))
	}
	return out
}
