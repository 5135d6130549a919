package recipes

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

func init() {
	register(&Recipe{
		Name:    "wrapper",
		Aliases: []string{"slapos.cookbook:wrapper"},
		Summary: "an executable that sets up the environment and becomes the command",
		Options: []Option{
			{Name: "command-line", Meaning: "the command and its arguments, quoted as for a shell; nothing is expanded", Required: true},
			{Name: "wrapper-path", Meaning: "where the executable goes", Required: true},
			{Name: "environment", Meaning: "NAME=VALUE lines"},
			{Name: "wait-for-files", Meaning: "files to wait for before the command starts, one a line"},
			{Name: "hash-files", Meaning: "files whose content gives the executable's name a suffix, so that a supervisor restarts it when they change"},
			{Name: "hash-existing-files", Meaning: "the same for files that this buildout does not make"},
			{Name: "sig-ign", Meaning: "signals to ignore, as in SIGHUP"},
		},
		Plan: planWrapper,
	})
	register(&Recipe{
		Name:    "script",
		Summary: "an executable that runs commands one after the other, whatever the earlier ones say; it fails when one of them failed",
		Options: []Option{
			{Name: "output", Meaning: "where the executable goes", Required: true},
			{Name: "commands", Meaning: "one command a line, as a shell reads it", Required: true},
			{Name: "wait-for-files", Meaning: "files to wait for before the first command, one a line; a minute at most, and then it goes on"},
			{Name: "pid-file", Meaning: "where the executable writes its process number"},
			{Name: "finally", Meaning: "a command that the executable becomes in the end, under the same process number"},
		},
		Plan: planScript,
	})
}

func planWrapper(p *Part) ([]Artifact, error) {
	line, err := p.Get("command-line")
	if err != nil {
		return nil, err
	}
	command, err := splitCommand(line)
	if err != nil {
		return nil, fmt.Errorf("section [%s]: %w", p.Name, err)
	}
	path, err := p.Path("wrapper-path")
	if err != nil {
		return nil, err
	}
	suffix, err := p.contentHash()
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("#!/bin/sh -e\n")
	for _, s := range strings.Fields(p.Default("sig-ign", "")) {
		fmt.Fprintf(&b, "trap '' %s\n", quote(strings.TrimPrefix(s, "SIG")))
	}
	for _, e := range p.Lines("environment") {
		name, value, ok := strings.Cut(e, "=")
		if !ok || quote(name) != name || name == "" {
			return nil, fmt.Errorf("section [%s]: a line of \"environment\" is NAME=VALUE, not %q", p.Name, e)
		}
		fmt.Fprintf(&b, "export %s=%s\n", name, quote(value))
	}
	for _, f := range p.Lines("wait-for-files") {
		fmt.Fprintf(&b, "while [ ! -e %s ]; do sleep 0.2; done\n", quote(f))
	}
	fmt.Fprintf(&b, "exec %s \"$@\"\n", quoteAll(command))
	return []Artifact{{Path: path + suffix, Content: []byte(b.String()), Mode: executableMode}}, nil
}

// contentHash is the suffix that hash-files give, "-" and the same md5 as the
// wrapper recipe of slapos.cookbook, so that names survive a change of recipe.
func (p *Part) contentHash() (string, error) {
	files := append(p.Lines("hash-files"), p.Lines("hash-existing-files")...)
	if len(files) == 0 {
		return "", nil
	}
	h := md5.New()
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return "", fmt.Errorf("section [%s] names itself after a file that cannot be read: %w", p.Name, err)
		}
		fmt.Fprintf(h, "%d\n", len(data))
		h.Write(data)
	}
	sum := hex.EncodeToString(h.Sum(nil))
	p.Set("_hash", sum)
	return "-" + sum, nil
}

func planScript(p *Part) ([]Artifact, error) {
	path, err := p.Path("output")
	if err != nil {
		return nil, err
	}
	if _, err := p.Get("commands"); err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("#!/bin/sh\nstatus=0\n")
	if p.Default("pid-file", "") != "" {
		pid, err := p.Path("pid-file")
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "echo $$ > %s\n", quote(pid))
	}
	for _, f := range p.Lines("wait-for-files") {
		fmt.Fprintf(&b, "tries=0\nwhile [ ! -e %s ] && [ $tries -lt 300 ]; do sleep 0.2; tries=$((tries+1)); done\n", quote(f))
	}
	for _, c := range p.Lines("commands") {
		b.WriteString(c + " || status=$?\n")
	}
	if last := p.Default("finally", ""); last != "" {
		b.WriteString("exec " + last + "\n")
	} else {
		b.WriteString("exit $status\n")
	}
	return []Artifact{{Path: path, Content: []byte(b.String()), Mode: executableMode}}, nil
}
