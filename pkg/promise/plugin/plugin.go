// Package plugin reads the promise files of etc/plugin without a Python
// interpreter. A generated file says three things in a fixed form: where
// modules are, how the check is configured, and which module it is.
//
// It must not know what any module does. A file that was written by hand, and
// holds more than that, is recognised as such and not interpreted.
package plugin

import (
	"fmt"
	"regexp"
	"strings"
)

// Plugin is what a promise file says.
type Plugin struct {
	Module string         // of the class RunPromise; "" if the file does not just import it
	Path   []string       // what the file puts before sys.path
	Config map[string]any // extra_config_dict
}

var (
	importLine  = regexp.MustCompile(`(?m)^from\s+([A-Za-z_][\w.]*)\s+import\s+RunPromise\s*(?:#.*)?$`)
	pathLine    = regexp.MustCompile(`(?m)^sys\.path\[0:0\]\s*=\s*`)
	commentLine = regexp.MustCompile(`(?m)^\s*#.*$`)
	configLine  = regexp.MustCompile(`(?m)^extra_config_dict\s*=\s*`)
)

// Parse reads the text of a promise file. An error means that a part has the
// form but not the content of a generated file.
func Parse(text string) (*Plugin, error) {
	p := &Plugin{Config: map[string]any{}}
	if at := pathLine.FindStringIndex(text); at != nil {
		v, err := literal(text[at[1]:])
		if err != nil {
			return nil, fmt.Errorf("sys.path: %w", err)
		}
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("sys.path is not a list")
		}
		for _, dir := range list {
			p.Path = append(p.Path, fmt.Sprint(dir))
		}
	}
	if at := configLine.FindStringIndex(text); at != nil {
		v, err := literal(text[at[1]:])
		if err != nil {
			return nil, fmt.Errorf("extra_config_dict: %w", err)
		}
		config, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("extra_config_dict is not a dictionary")
		}
		p.Config = config
	}
	if m := importLine.FindStringSubmatch(text); m != nil && !changed(text) {
		p.Module = m[1]
	}
	return p, nil
}

// changed tells whether a file goes on to do something with the class that it
// imports, or with its configuration: a class of its own, a method replaced, an
// option computed.
func changed(text string) bool {
	code := commentLine.ReplaceAllLiteralString(text, "")
	return strings.Count(code, "RunPromise") > 1 || strings.Count(code, "extra_config_dict") > 1
}
