package buildout

import (
	"slices"
	"strconv"
	"strings"
)

// prepare resolves [buildout], which every other section may refer to.
func (p *Profile) prepare() error {
	if p.prepared {
		return p.failure
	}
	p.prepared = true
	outer := p.doing
	p.doing = []step{outer[0], {format: "Initializing."}}
	p.failure = p.prepareBuildout()
	p.doing = outer
	return p.failure
}

// prepareBuildout makes [buildout]'s directories absolute once its references
// are resolved, and checks what buildout itself reads.
func (p *Profile) prepareBuildout() error {
	s, err := p.section(buildoutSection)
	if err != nil {
		return err
	}
	if err := s.absoluteDirectories(); err != nil {
		return err
	}
	if err := s.checkLogging(); err != nil {
		return err
	}
	if versions := p.versionsSection(); versions != "" {
		if _, err := p.section(versions); err != nil {
			return err
		}
	}
	return s.checkBooleans()
}

func (s *Section) absoluteDirectories() error {
	directory, err := s.Get("directory")
	if err != nil {
		return err
	}
	for _, name := range standardDirectories {
		path, err := s.Get(name)
		if err != nil {
			return err
		}
		if !strings.Contains(path, "${") {
			path = joinPath(directory, path)
		}
		s.Set(name, path)
	}
	installed, err := s.Get("installed")
	if err == nil && installed != "" {
		s.Set("installed", joinPath(directory, installed))
	}
	return err
}

// checkLogging refuses what buildout cannot make a level of.
func (s *Section) checkLogging() error {
	level, err := s.Get("log-level")
	if err != nil {
		return err
	}
	if _, err := strconv.Atoi(strip(level)); err != nil &&
		!slices.Contains([]string{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}, level) {
		return s.invalid("log-level", errorf(UserError, "Invalid logging level %s", level))
	}
	verbosity, ok := s.Lookup("verbosity")
	if _, err := strconv.Atoi(strip(verbosity)); err != nil && ok {
		return s.invalid("verbosity", errorf(UserError, "Invalid verbosity %s", verbosity))
	}
	return nil
}

func (s *Section) checkBooleans() error {
	for _, name := range []string{"prefer-final", "use-dependency-links", "allow-picked-versions",
		"show-picked-versions", "abi-tag-eggs", "install-from-cache"} {
		text, ok := s.Lookup(name)
		if !ok {
			continue
		}
		on, err := parseBool(name, text)
		if err != nil {
			return s.invalid(name, err)
		}
		if offline, _ := s.raw.get("offline"); on && name == "install-from-cache" && offline.text == "true" {
			return s.invalid(name, errorf(UserError, "install-from-cache can't be used with offline mode.\n"+
				"Nothing is installed, even from cache, in offline\n"+
				"mode, which might better be called 'no-install mode'.\n"))
		}
	}
	return nil
}

// invalid completes an error about the value of an option.
func (s *Section) invalid(option string, err *Error) error {
	v, _ := s.raw.get(option)
	return s.profile.failed(err.atValue(v))
}
