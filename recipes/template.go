package recipes

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"slapmonitor/stack"
	"slapmonitor/templates"
)

func init() {
	register(&Recipe{
		Name:    "template",
		Aliases: []string{"slapos.recipe.template", "collective.recipe.template"},
		Summary: "a file made from a text in which ${section:option} is replaced; $${ becomes ${",
		Options: []Option{
			{Name: "url", Meaning: "the file to start from (old profiles: input)"},
			{Name: "md5sum", Meaning: "of the file at url; another content is refused"},
			{Name: "inline", Meaning: "the text itself, instead of url"},
			{Name: "output", Meaning: "where the file goes (old profiles: rendered)", Required: true},
			{Name: "mode", Meaning: "octal", Default: "0750 when the text starts with #!, else 0640"},
		},
		Plan: planTemplate,
	})
	register(&Recipe{
		Name:    "stack-template",
		Summary: "an instance template of this stack, from the generator itself",
		Options: []Option{
			{Name: "template", Meaning: "its name, as monitor/instance-monitor.cfg.in", Required: true},
			{Name: "output", Meaning: "where the file goes", Required: true},
			{Name: "binary-directory", Meaning: "where the programs of the stack are", Default: "where this generator is"},
			{Name: "eggs-directory", Meaning: "where an instance finds its recipes"},
			{Name: "develop-eggs-directory", Meaning: "the same for eggs under development"},
			{Name: "extends", Meaning: "templates that the file extends"},
		},
		Plan: planStackTemplate,
	})
	register(&Recipe{
		Name:    "stack-file",
		Summary: "a file of this stack as it is, from the generator itself; sets location, filename and target",
		Options: []Option{
			{Name: "file", Meaning: "its name, as monitor/httpd-wrapper.sh.in", Required: true},
			{Name: "location", Meaning: "the folder it goes to", Default: "parts/SECTION"},
		},
		Plan: planStackFile,
	})
}

func planTemplate(p *Part) ([]Artifact, error) {
	option := "output"
	if p.Default("output", "") == "" && p.Default("rendered", "") != "" {
		option = "rendered"
	}
	output, err := p.Path(option)
	if err != nil {
		return nil, err
	}
	content, err := p.templateContent()
	if err != nil {
		return nil, err
	}
	mode := fileMode
	if bytes.HasPrefix(content, []byte("#!")) {
		mode = 0o750
	}
	if mode, err = p.mode(mode); err != nil {
		return nil, err
	}
	return []Artifact{{Path: output, Content: content, Mode: mode}}, nil
}

// mode is the option of that name, in octal as chmod takes it.
func (p *Part) mode(fallback fs.FileMode) (fs.FileMode, error) {
	m := p.Default("mode", "")
	if m == "" {
		return fallback, nil
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(m, "0o"), 8, 12)
	if err != nil {
		return 0, fmt.Errorf("section [%s]: a mode is octal, as 0640, not %q", p.Name, m)
	}
	return fs.FileMode(n) & fs.ModePerm, nil
}

// templateContent is the rendered text. What stands in the profile itself was
// resolved by the profile's reader already; only files are read for references.
func (p *Part) templateContent() ([]byte, error) {
	name := p.Default("url", p.Default("input", ""))
	text, inline := p.options.Lookup("inline")
	if cut, ok := strings.CutPrefix(name, "inline:"); ok {
		text, inline = strings.TrimLeft(cut, " \t\n"), true
	}
	if inline {
		return []byte(strings.ReplaceAll(text, "$${", "${")), nil
	}
	if name == "" {
		return nil, fmt.Errorf("section [%s] needs the option \"url\" or \"inline\"", p.Name)
	}
	if strings.Contains(name, "://") && !strings.HasPrefix(name, "file://") {
		return nil, fmt.Errorf("section [%s]: the template %s is not a file on this machine: download it, or deploy with slapgrid", p.Name, name)
	}
	path, err := p.absolute("url", strings.TrimPrefix(name, "file://"))
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("section [%s]: read its template: %w", p.Name, err)
	}
	if want := p.Default("md5sum", ""); want != "" {
		if sum := md5.Sum(data); !strings.EqualFold(want, hex.EncodeToString(sum[:])) {
			return nil, fmt.Errorf("section [%s]: %s has the md5sum %x, not %s: correct one or the other", p.Name, path, sum, want)
		}
	}
	return p.substitute(string(data))
}

var reference = regexp.MustCompile(`\$\{([-a-zA-Z0-9 ._]*):([-a-zA-Z0-9 ._]+)\}`)

// substitute replaces references as buildout does (contract/buildout.md 1.6).
// The first time it asks for all sections that the text names.
func (p *Part) substitute(text string) ([]byte, error) {
	pieces := strings.Split(text, "$$")
	var missing missingSections
	for i, piece := range pieces {
		var failed error
		pieces[i] = reference.ReplaceAllStringFunc(piece, func(ref string) string {
			m := reference.FindStringSubmatch(ref)
			value, err := p.refer(m[1], m[2])
			if lacking, ok := err.(missingSections); ok {
				if !slices.Contains(missing, lacking[0]) {
					missing = append(missing, lacking[0])
				}
			} else if err != nil && failed == nil {
				failed = err
			}
			return value
		})
		if failed != nil {
			return nil, failed
		}
	}
	if missing != nil {
		return nil, missing
	}
	return []byte(strings.ReplaceAll(strings.Join(pieces, "$$"), "$${", "${")), nil
}

func (p *Part) refer(section, option string) (string, error) {
	if section == "" {
		if v, ok := p.options.Lookup(option); ok {
			return v, nil
		}
		return "", missingOption(p.Name, option)
	}
	options, ok := p.sections.Lookup(section)
	if !ok {
		return "", missingSections{section}
	}
	v, ok := options.Lookup(option)
	if !ok {
		return "", missingOption(section, option)
	}
	p.use(section, Pair{option, v})
	return v, nil
}

// missingOption is buildout's own sentence.
func missingOption(section, option string) error {
	//lint:ignore ST1005 it is known with a capital
	return fmt.Errorf("Referenced option does not exist: %s %s", section, option)
}

func planStackTemplate(p *Part) ([]Artifact, error) {
	name, err := p.Get("template")
	if err != nil {
		return nil, err
	}
	output, err := p.Path("output")
	if err != nil {
		return nil, err
	}
	text, err := fs.ReadFile(stack.Files, name)
	if err != nil {
		return nil, fmt.Errorf("section [%s]: this generator has no template %q", p.Name, name)
	}
	binaries, err := BinaryDirectory()
	if err != nil {
		return nil, err
	}
	if p.Default("binary-directory", "") != "" {
		if binaries, err = p.Path("binary-directory"); err != nil {
			return nil, err
		}
	}
	content, err := templates.RenderText(filepath.Base(name), string(text), templates.Context{
		"binary_directory":       binaries,
		"eggs_directory":         p.Default("eggs-directory", ""),
		"develop_eggs_directory": p.Default("develop-eggs-directory", ""),
		"extends":                p.Lines("extends"),
	})
	return []Artifact{{Path: output, Content: content}}, err
}

func planStackFile(p *Part) ([]Artifact, error) {
	name, err := p.Get("file")
	if err != nil {
		return nil, err
	}
	location, err := p.PathDefault("location", filepath.Join("parts", p.Name))
	if err != nil {
		return nil, err
	}
	text, err := fs.ReadFile(stack.Files, name)
	if err != nil {
		return nil, fmt.Errorf("section [%s]: this generator has no file %q", p.Name, name)
	}
	target := filepath.Join(location, filepath.Base(name))
	p.Set("location", location)
	p.Set("filename", filepath.Base(name))
	p.Set("target", target)
	return []Artifact{{Path: target, Content: text}}, nil
}
