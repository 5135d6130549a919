// Package parameter owns the values of a monitor that a client may see and
// edit: what they are (parameter-list of monitor.conf), the documents that show
// them (config.json and its companions), and how an edited list is applied
// (contract/app-wire.md 3.6 and 4).
//
// What a parameter is and which files it touches comes from monitor.conf only,
// which lies outside everything that is served. A client writes values, never
// paths: upstream trusts config.parameters.json and so lets whoever has the
// password write any file and run any program.
//
// It must not know HTTP beyond the status that an error stands for, nor write
// the global state itself: it asks pkg/publish to show new values there.
package parameter

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"

	"slapmonitor/pkg/monitorconf"
)

// Kind says where a parameter's value lives and what applying it means.
type Kind string

// The kinds of the seed.
const (
	Raw      Kind = "raw"       // a text that is shown, never edited
	File     Kind = "file"      // the content of a file
	Htpasswd Kind = "htpasswd"  // a user's password, as text and in a password file
	CORS     Kind = "httpdcors" // the domains whose pages may use the monitor
)

// Parameter is one line of parameter-list.
type Parameter struct {
	Kind     Kind
	Name     string // what clients call it
	Value    string // Raw: the value itself
	Path     string // File: the target. Htpasswd: the password as text
	User     string // Htpasswd
	Htpasswd string // Htpasswd: the password file
	CORSFile string // CORS: Apache's configuration of it
	Reload   string // CORS: the program that makes Apache read it again
}

// Parse reads one line of parameter-list:
//
//	raw NAME VALUE…
//	file NAME PATH
//	htpasswd NAME PATH USER HTPASSWD-PATH
//	httpdcors NAME CORS-PATH RELOAD-PROGRAM
//
// VALUE and the PATH of a file are the rest of their line and may contain
// blanks. Paths are absolute.
func Parse(line string) (Parameter, error) {
	kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	name, rest, _ := strings.Cut(strings.TrimSpace(rest), " ")
	rest = strings.TrimSpace(rest)
	p := Parameter{Kind: Kind(kind), Name: name}
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune("=:[]#;", r) }) {
		return p, fmt.Errorf("parameter %q: write a kind, a name of letters, digits and dashes, and what the kind needs", line)
	}
	words := strings.Fields(rest)
	form := ""
	switch p.Kind {
	case Raw:
		p.Value = rest
	case File:
		form, p.Path = "file NAME PATH", rest
	case Htpasswd:
		form = "htpasswd NAME PATH USER HTPASSWD-PATH"
		if len(words) == 3 {
			p.Path, p.User, p.Htpasswd = words[0], words[1], words[2]
		}
	case CORS:
		form = "httpdcors NAME CORS-PATH RELOAD-PROGRAM"
		if len(words) == 2 {
			p.CORSFile, p.Reload = words[0], words[1]
		}
	default:
		return p, fmt.Errorf("parameter %s: there is no kind %q; write raw, file, htpasswd or httpdcors", name, kind)
	}
	for _, path := range p.paths() {
		if !filepath.IsAbs(path) {
			return p, fmt.Errorf("parameter %s: write %s with absolute paths", name, form)
		}
	}
	return p, nil
}

func (p Parameter) paths() []string {
	switch p.Kind {
	case File:
		return []string{p.Path}
	case Htpasswd:
		return []string{p.Path, p.Htpasswd}
	case CORS:
		return []string{p.CORSFile, p.Reload}
	}
	return nil
}

// key is what a client sends an edited value under; "" means read-only.
func (p Parameter) key() string {
	if p.Kind == Raw {
		return ""
	}
	return p.Name
}

// parameters are the lines of parameter-list that mean something, in order,
// and an error that names the others. Of two editable ones with one name the
// first counts: clients could not tell them apart.
func parameters(conf *monitorconf.Config) ([]Parameter, error) {
	var list []Parameter
	var errs []error
	seen := map[string]bool{}
	for _, line := range conf.Parameters {
		p, err := Parse(line)
		if err == nil && p.Kind != Raw && seen[p.Name] {
			err = fmt.Errorf("parameter %s is described twice; rename one", p.Name)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", conf.File, err))
			continue
		}
		seen[p.Name] = seen[p.Name] || p.Kind != Raw
		list = append(list, p)
	}
	return list, errors.Join(errs...)
}
