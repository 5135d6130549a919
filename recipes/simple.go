package recipes

import (
	"fmt"
	"os/exec"
	"strings"
)

func init() {
	register(&Recipe{
		Name:    "base",
		Summary: "nothing by itself: it pulls in the parts that its options refer to",
		Options: []Option{{Name: "depends", Meaning: "references to other parts"}},
		Plan:    func(*Part) ([]Artifact, error) { return nil, nil },
	})
	register(&Recipe{
		Name:    "file",
		Summary: "a file with a first content, which is then left to whoever edits it",
		Options: []Option{
			{Name: "file", Meaning: "the file", Required: true},
			{Name: "content", Meaning: "its first content", Required: true},
		},
		Plan: func(p *Part) ([]Artifact, error) {
			path, err := p.Path("file")
			if err != nil {
				return nil, err
			}
			content, err := p.Get("content")
			return []Artifact{{Path: path, Content: []byte(content + "\n"), Permanent: true}}, err
		},
	})
	register(&Recipe{
		Name:    "command",
		Aliases: []string{"plone.recipe.command"},
		Summary: "runs a shell command when the part is installed",
		Options: []Option{
			{Name: "command", Meaning: "run at install", Required: true},
			{Name: "update-command", Meaning: "run at update"},
			{Name: "stop-on-error", Meaning: "true: a failing command stops the deployment", Default: "false"},
		},
		Plan: func(p *Part) ([]Artifact, error) {
			_, err := p.Get("command")
			return nil, err
		},
		Apply: runCommand,
	})
}

func runCommand(p *Part) error {
	command := p.Default("command", "")
	if p.Phase == Update {
		command = p.Default("update-command", "")
	}
	if command == "" {
		return nil
	}
	c := exec.Command("/bin/sh", "-c", command)
	c.Dir = p.Directory
	if out, err := c.CombinedOutput(); err != nil && p.truth("stop-on-error", false) {
		return fmt.Errorf("section [%s]: its command failed (%w): %s", p.Name, err, strings.TrimSpace(string(out)))
	}
	return nil
}
