package recipes

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"slapmonitor/pkg/python"
	"slapmonitor/templates"
)

func init() {
	register(&Recipe{
		Name:    "promise",
		Aliases: []string{"slapos.cookbook:promise.plugin"},
		Summary: "a promise: a plugin file for slapgrid's promise runner when its name or output ends in .py, else an executable",
		Options: []Option{
			{Name: "name", Meaning: "the promise's file name", Default: "the file name of output"},
			{Name: "promise", Meaning: "the check, as check_url_available; see \"monitor-runpromise checks\""},
			{Name: "module", Meaning: "the Python module of the plugin", Default: "slapos.promise.plugin.PROMISE"},
			{Name: "class", Meaning: "the class in the module", Default: "RunPromise"},
			{Name: "file", Meaning: "a Python file that defines RunPromise, instead of a module"},
			{Name: "output", Meaning: "the plugin file"},
			{Name: "mode", Meaning: "octal, of the plugin file", Default: "0640"},
			{Name: "promise-folder", Meaning: "where an executable goes", Default: "etc/promise"},
			{Name: "eggs", Meaning: "eggs that the plugin needs"},
			{Name: "eggs-path", Meaning: "folders that Python finds them in, one a line", Default: "set by the egg"},
			{Name: "config-NAME", Meaning: "the check's configuration"},
		},
		Plan:    planPromise,
		Secrets: promiseSecrets,
	})
}

// pluginPackage is where the modules of native checks live in Python.
const pluginPackage = "slapos.promise.plugin."

var (
	moduleName = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$`)
	className  = regexp.MustCompile(`^[A-Za-z_]\w*$`)
)

func planPromise(p *Part) ([]Artifact, error) {
	load, module, err := p.promiseCode()
	if err != nil {
		return nil, err
	}
	option := "name"
	if p.Default("name", "") == "" {
		output, err := p.Path("output")
		if err != nil {
			return nil, err
		}
		p.options = p.options.With("name", filepath.Base(output))
	}
	name, err := p.FileName(option)
	if err != nil {
		return nil, err
	}
	config := p.promiseConfig()
	if strings.HasSuffix(name, ".py") || strings.HasSuffix(p.Default("output", ""), ".py") {
		return p.planPlugin(name, load, config)
	}
	if check, native := strings.CutPrefix(module, pluginPackage); native {
		return p.planCheck(name, check, config)
	}
	return nil, fmt.Errorf("section [%s]: a promise of its own in Python has to be a plugin: end its name %q in .py", p.Name, name)
}

// promiseCode is the Python that brings RunPromise into a plugin, and the
// module it comes from where nothing but that module's own class is meant.
func (p *Part) promiseCode() (load, module string, err error) {
	if p.Default("file", "") != "" {
		if p.Default("module", "") != "" {
			return "", "", fmt.Errorf("section [%s] has both \"file\" and \"module\": leave one of them empty", p.Name)
		}
		file, err := p.Path("file")
		name := python.Repr(file)
		return "with open(" + name + ") as _file:\n  exec(compile(_file.read(), " + name + ", 'exec'))", "", err
	}
	if module, err = p.promiseModule(); err != nil {
		return "", "", err
	}
	switch class := p.Default("class", runPromise); {
	case class == runPromise:
		return importPromise(module), module, nil
	case !className.MatchString(class):
		return "", "", fmt.Errorf("section [%s]: \"class\" is the name of a Python class, not %q", p.Name, class)
	default:
		return "from " + module + " import " + class + " as " + runPromise, "", nil
	}
}

// runPromise is the class that promise runners look for.
const runPromise = "RunPromise"

func importPromise(module string) string { return "from " + module + " import " + runPromise }

func (p *Part) promiseModule() (string, error) {
	module := p.Default("module", "")
	if check := p.Default("promise", ""); check != "" && (module == "" || module == pluginPackage+check) {
		module = pluginPackage + check
	}
	// The old manual told consumers to write "module = check_x".
	if module != "" && !strings.Contains(module, ".") {
		module = pluginPackage + module
	}
	if !moduleName.MatchString(module) {
		return "", fmt.Errorf("section [%s]: set \"promise\" to the name of a check, as check_url_available (its module would be %q)", p.Name, module)
	}
	return module, nil
}

func (p *Part) promiseConfig() Pairs {
	var config Pairs
	for _, o := range p.options {
		if key, ok := strings.CutPrefix(o.Option, "config-"); ok {
			config = append(config, Pair{key, o.Value})
		}
	}
	return config
}

func promiseSecrets(p *Part) []string {
	var out []string
	for _, o := range p.promiseConfig() {
		if strings.Contains(o.Option, "password") || strings.Contains(o.Option, "passwd") {
			out = append(out, "config-"+o.Option)
		}
	}
	return out
}

func (p *Part) planPlugin(name, load string, config Pairs) ([]Artifact, error) {
	output, err := p.PathDefault("output", filepath.Join("etc", "plugin", name))
	if err != nil {
		return nil, err
	}
	mode, err := p.mode(fileMode)
	if err != nil {
		return nil, err
	}
	content, err := templates.Render("promise-plugin.cfg", templates.Context{
		"paths":  pythonStrings(p.Lines("eggs-path")),
		"config": pythonDict(config),
		"load":   load,
	})
	return []Artifact{{Path: output, Content: content, Mode: mode}}, err
}

// planCheck makes an executable whose configuration comes through standard
// input: a password in it shows in no process list.
func (p *Part) planCheck(name, check string, config Pairs) ([]Artifact, error) {
	folder, err := p.PathDefault("promise-folder", "etc/promise")
	if err != nil {
		return nil, err
	}
	runner, err := p.program("runner", "monitor-runpromise")
	if err != nil {
		return nil, err
	}
	object := make(map[string]string, len(config))
	for _, o := range config {
		object[o.Option] = o.Value
	}
	data, err := encode(object)
	if err != nil {
		return nil, err
	}
	script := fmt.Sprintf("#!/bin/sh -e\ncd %s\nexec %s <<'CONFIG'\n%s\nCONFIG\n", quote(p.Directory),
		quoteAll([]string{runner, "check", check, "--name", name, "--config-file", "/dev/stdin"}), data)
	return []Artifact{{Path: filepath.Join(folder, name), Content: []byte(script), Mode: executableMode}}, nil
}
