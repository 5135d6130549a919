// Package templates renders the files of a partition from the pongo2 templates
// beside it. It owns the template set, its sandbox and the rule that a name
// which a template uses and nobody gives it is an error; what goes into a
// template is prepared by package recipes.
package templates

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sync"

	"github.com/flosch/pongo2/v6"

	"slapmonitor/stack"
)

//go:embed *.conf *.cfg
var files embed.FS

// Context is what a template may use: strings, ints, lists, and maps of them.
type Context = pongo2.Context

var newSet = sync.OnceValue(func() *pongo2.TemplateSet {
	pongo2.SetAutoescape(false)
	set := pongo2.NewSet("monitor", pongo2.NewFSLoader(files))
	for _, tag := range []string{"ssi", "import", "extends", "include", "now", "lorem"} {
		if err := set.BanTag(tag); err != nil {
			panic(err) // only a tag that pongo2 does not know
		}
	}
	return set
})

// Render renders one of the embedded templates.
func Render(name string, context Context) ([]byte, error) {
	text, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("no template %s in this binary", name)
	}
	return RenderText(name, string(text), context)
}

// RenderText renders a template given as text; name is what errors call it.
func RenderText(name, text string, context Context) ([]byte, error) {
	t, err := newSet().FromString(text)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	if err := checkNames(t, context); err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	out, err := t.ExecuteBytes(context)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	return out, nil
}

// Version identifies this generator: parts are installed again when it
// changes, because what they render may have.
var Version = sync.OnceValue(func() string {
	h := sha256.New()
	for _, root := range []fs.FS{files, stack.Files} {
		err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(root, path)
			fmt.Fprintf(h, "%s %d\n%s", path, len(data), data)
			return err
		})
		if err != nil {
			panic(err) // embedded files always read
		}
	}
	return Release + "-" + hex.EncodeToString(h.Sum(nil))[:12]
})

// Release is the version of the stack.
const Release = "1.0.0"
