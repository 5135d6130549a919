package buildout

import (
	"strings"

	"slapmonitor/pkg/python"
)

// buildoutVersion is what the default of ${versions:zc.buildout} says, so that
// prefer-final never picks an older buildout.
const buildoutVersion = "3.0.1"

// defaultOptions is the document under everything else (contract 1.9).
func defaultOptions() *document {
	t := newTable(32)
	for _, p := range buildoutDefaults {
		t.set(p.Option, value{p.Value, sourceDefault, 0})
	}
	d := newDocument()
	d.set(buildoutSection, t)
	return d
}

var buildoutDefaults = []Pair{
	{"allow-hosts", "*"},
	{"allow-picked-versions", "true"},
	{"bin-directory", "bin"},
	{"develop-eggs-directory", "develop-eggs"},
	{"eggs-directory", "eggs"},
	{"executable", "python3"},
	{"find-links", ""},
	{"install-from-cache", "false"},
	{"installed", ".installed.cfg"},
	{"log-format", ""},
	{"log-level", "INFO"},
	{"newest", "true"},
	{"offline", "false"},
	{"parts-directory", "parts"},
	{"prefer-final", "true"},
	{"python", buildoutSection},
	{"show-picked-versions", "false"},
	{"socket-timeout", ""},
	{"update-versions-file", ""},
	{"use-dependency-links", "true"},
	{"allow-unknown-extras", "false"},
}

// versionsDefault is set after merging, so it goes last.
var versionsDefault = Pair{"versions", "versions"}

// versionDefaults are added to the section that buildout:versions names.
var versionDefaults = []Pair{
	{"zc.buildout", ">=" + buildoutVersion},
	{"zc.recipe.egg", ">=2.0.6"},
}

// finishBuildout completes [buildout] after merging: versions, caches and
// directories (contract 1.9).
func (p *Profile) finishBuildout() error {
	options := p.raw.sections[buildoutSection].clone()
	p.raw.set(buildoutSection, options)
	if err := p.addVersions(options); err != nil {
		return err
	}
	if err := p.absoluteCaches(options); err != nil {
		return err
	}
	if directory, ok := options.get("directory"); ok {
		for _, name := range standardDirectories {
			v, _ := options.get(name)
			if !strings.Contains(v.text, "${") {
				v.text = joinPath(directory.text, v.text)
				options.set(name, v)
			}
		}
	}
	offline, err := boolOption(options, "offline", "")
	if err != nil || offline {
		return err
	}
	_, err = boolOption(options, "newest", "")
	return err
}

var standardDirectories = []string{"bin-directory", "parts-directory", "eggs-directory", "develop-eggs-directory"}

func (p *Profile) addVersions(options *table) error {
	if !options.has("versions") {
		options.set(versionsDefault.Option, value{versionsDefault.Value, sourceDefault, 0})
		if _, ok := p.raw.get("versions"); !ok {
			p.raw.set("versions", newTable(2))
		}
	}
	name, _ := options.get("versions")
	if name.text == "" {
		return nil
	}
	section, ok := p.raw.get(name.text)
	if !ok {
		return errorf(KeyError, "%s", python.Repr(name.text)).atValue(name)
	}
	if name.text != buildoutSection {
		section = section.clone()
		p.raw.set(name.text, section)
	} else {
		section = options
	}
	for _, d := range versionDefaults {
		if !section.has(d.Option) {
			section.set(d.Option, value{d.Value, sourceDefault, 0})
		}
	}
	return nil
}

// absoluteCaches makes directories that may be shared absolute, relative to
// the file that names them.
func (p *Profile) absoluteCaches(options *table) error {
	for _, name := range []string{"download-cache", "eggs-directory", "extends-cache"} {
		v, ok := options.get(name)
		if !ok || strings.Contains(v.text, "${") || strings.HasPrefix(v.text, "/") {
			continue
		}
		base := dirName(v.source)
		if !fromFile(v.source) {
			directory, _ := options.get("directory")
			base = directory.text
		} else if isURL(v.source) {
			return errorf(UserError, "Setting \"%s\" to a non absolute location (\"%s\") within a\n"+
				"remote configuration file (\"%s\") is ambiguous.", name, v.text, v.source).atValue(v)
		}
		v.text = absolute(joinPath(p.directory, base), expandHome(v.text, p.home))
		options.set(name, v)
	}
	return nil
}

// boolOption reads an option that must be true or false; a missing one is
// absent, or an error if absent is "".
func boolOption(options *table, name, absent string) (bool, error) {
	v, ok := options.get(name)
	if !ok {
		v.text = absent
	}
	on, err := parseBool(name, v.text)
	if err != nil {
		return false, err.atValue(v)
	}
	return on, nil
}

func parseBool(name, text string) (bool, *Error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, errorf(UserError, "Invalid value for %s option: %s", python.Repr(name), python.Repr(text))
}
