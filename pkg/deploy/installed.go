package deploy

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"slapmonitor/pkg/buildout"
	"slapmonitor/pkg/document"
	"slapmonitor/recipes"
)

// installedFile is what buildout calls its memory of installed parts.
const installedFile = ".installed.cfg"

// Options that only .installed.cfg has.
const (
	installedOption = "__buildout_installed__"
	signatureOption = "__buildout_signature__"
)

// signature marks parts that this front end installed: the recipes' own
// version is among the options of each part.
const signature = "monitor-generate"

// installedPart is one part as it was installed.
type installedPart struct {
	name    string
	options recipes.Pairs // without secrets
	paths   []string
}

// installed is .installed.cfg: the parts in order of installation.
type installed struct {
	file  string
	parts []installedPart
}

func readInstalled(directory string) (*installed, error) {
	i := &installed{file: filepath.Join(directory, installedFile)}
	data, err := os.ReadFile(i.file)
	if errors.Is(err, fs.ErrNotExist) {
		return i, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what is installed: %w", err)
	}
	sections, err := buildout.ParseText(i.file, string(data))
	if err != nil {
		return nil, fmt.Errorf("%s is damaged, so nothing can be said of what is installed; remove it to install everything again: %w", i.file, err)
	}
	var order []string
	for _, s := range sections {
		part := installedPart{name: s.Name}
		for _, o := range s.Pairs {
			value := unescape(o.Value)
			switch {
			case s.Name == "buildout":
				if o.Option == "parts" {
					order = strings.Fields(value)
				}
			case o.Option == installedOption:
				part.paths = splitPaths(value)
			case o.Option != signatureOption:
				part.options = part.options.With(o.Option, value)
			}
		}
		if s.Name != "buildout" {
			i.parts = append(i.parts, part)
		}
	}
	slices.SortStableFunc(i.parts, func(a, b installedPart) int {
		return slices.Index(order, a.name) - slices.Index(order, b.name)
	})
	return i, nil
}

func splitPaths(value string) []string {
	var out []string
	for l := range strings.Lines(value) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func (i *installed) find(name string) (installedPart, bool) {
	for _, p := range i.parts {
		if p.name == name {
			return p, true
		}
	}
	return installedPart{}, false
}

// forget takes a part out.
func (i *installed) forget(name string) {
	i.parts = slices.DeleteFunc(i.parts, func(p installedPart) bool { return p.name == name })
}

// record puts a part in, last: the order is that of the latest run.
func (i *installed) record(part installedPart) {
	i.forget(part.name)
	i.parts = append(i.parts, part)
}

// save writes the file if it changed; where nothing is installed there is none.
func (i *installed) save() error {
	if len(i.parts) == 0 {
		if err := os.Remove(i.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget what was installed: %w", err)
		}
		return nil
	}
	var b bytes.Buffer
	b.WriteString("[buildout]\ninstalled_develop_eggs = \nparts =")
	for _, p := range i.parts {
		b.WriteString(" " + p.name)
	}
	b.WriteByte('\n')
	for _, p := range i.parts {
		fmt.Fprintf(&b, "\n[%s]\n%s = %s\n%s = %s\n", p.name, installedOption, escape(strings.Join(p.paths, "\n")), signatureOption, signature)
		for _, o := range p.options {
			fmt.Fprintf(&b, "%s = %s\n", o.Option, escape(o.Value))
		}
	}
	_, err := document.Write(i.file, b.Bytes(), document.PublicMode)
	return err
}

// White space that the profile language would drop is written as zc.buildout
// writes it in .installed.cfg, and tabs, which zc.buildout forgets, likewise.
var (
	spacey    = regexp.MustCompile(`[ \t\r\f\v]*\n[ \t\r\f\v\n]*|^[ \t\r\f\v]+|[ \t\r\f\v]+$`)
	marks     = []string{" ", "%(__buildout_space__)s", "\n", newlineMark, "\t", "%(__buildout_space_t__)s", "\r", "%(__buildout_space_r__)s", "\f", "%(__buildout_space_f__)s", "\v", "%(__buildout_space_v__)s"}
	toMarks   = strings.NewReplacer(marks...)
	fromMarks = strings.NewReplacer(backwards(marks)...)
)

const newlineMark = "%(__buildout_space_n__)s"

func backwards(words []string) []string {
	words = slices.Clone(words)
	slices.Reverse(words)
	return words
}

func escape(value string) string {
	text := spacey.ReplaceAllStringFunc(value, func(blanks string) string {
		line, rest, broken := strings.Cut(blanks, "\n")
		if !broken {
			return toMarks.Replace(line)
		}
		return toMarks.Replace(line) + "\n\t" + toMarks.Replace(rest)
	})
	if rest, ok := strings.CutPrefix(text, "\n\t"); ok {
		text = newlineMark + rest
	}
	if rest, ok := strings.CutSuffix(text, "\n\t"); ok {
		text = rest + newlineMark
	}
	return text
}

func unescape(value string) string { return fromMarks.Replace(value) }
