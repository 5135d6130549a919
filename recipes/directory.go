package recipes

import (
	"fmt"
	"path/filepath"
)

func init() {
	register(&Recipe{
		Name:    "directory",
		Aliases: []string{"slapos.cookbook:mkdirectory", "slapos.recipe.build:mkdirectory"},
		Summary: "makes folders; never removes one, never changes one that exists",
		Options: []Option{
			{Name: "NAME", Meaning: "a folder; every option but recipe and mode is one. One that is relative to the buildout's directory becomes absolute"},
			{Name: "mode", Meaning: "accepted for old profiles; folders are always made with 0750", Default: "0750"},
		},
		Plan: func(p *Part) ([]Artifact, error) {
			var plan []Artifact
			for _, o := range p.Options() {
				if o.Option == "mode" || o.Value == "" {
					continue
				}
				path, err := p.Path(o.Option)
				if err != nil {
					return nil, fmt.Errorf("every option of section [%s] is a folder: %w", p.Name, err)
				}
				if !filepath.IsAbs(o.Value) { // a configuration made from it holds for any working directory
					p.Set(o.Option, path)
				}
				plan = append(plan, Artifact{Path: path, Folder: true})
			}
			return plan, nil
		},
	})
}
