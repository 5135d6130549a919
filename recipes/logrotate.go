package recipes

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"slapmonitor/templates"
)

func init() {
	register(&Recipe{
		Name:    "logrotate",
		Aliases: []string{"slapos.cookbook:logrotate"},
		Summary: "the rotation of a partition's logs: its configuration and the executable that runs it",
		Options: []Option{
			{Name: "logrotate-entries", Meaning: "the folder of the entries", Required: true},
			{Name: "conf", Meaning: "the configuration file", Required: true},
			{Name: "wrapper", Meaning: "the executable", Required: true},
			{Name: "state-file", Meaning: "what logrotate remembers", Required: true},
			{Name: "logrotate-binary", Meaning: "the program", Default: "logrotate, found on PATH"},
		},
		Plan: planLogrotate,
	})
	register(&Recipe{
		Name:    "logrotate.d",
		Aliases: []string{"slapos.cookbook:logrotate.d"},
		Summary: "how one set of logs is rotated",
		Options: []Option{
			{Name: "logrotate-entries", Meaning: "the folder of the entries", Required: true},
			{Name: "name", Meaning: "file name of the entry", Required: true},
			{Name: "log", Meaning: "the logs, patterns allowed", Required: true},
			{Name: "backup", Meaning: "folder that rotated logs go to", Default: "beside the log"},
			{Name: "frequency", Meaning: "daily, weekly or monthly", Default: "daily"},
			{Name: "rotate-num", Meaning: "how many rotated logs are kept", Default: "30"},
			{Name: "post", Meaning: "shell commands after rotation"},
			{Name: "pre", Meaning: "shell commands before rotation"},
			{Name: "copytruncate", Meaning: "true: copy and empty the log, for programs that do not reopen it", Default: "false"},
			{Name: "delaycompress", Meaning: "true: leave the newest rotated log uncompressed", Default: "false"},
			{Name: "nocompress", Meaning: "true: compress nothing", Default: "false"},
			{Name: "sharedscripts", Meaning: "true: run pre and post once for all logs", Default: "true"},
		},
		Plan: planLogrotateEntry,
	})
}

func planLogrotate(p *Part) ([]Artifact, error) {
	path, err := p.paths("logrotate-entries", "conf", "wrapper", "state-file")
	if err != nil {
		return nil, err
	}
	conf, err := templates.Render("logrotate.conf", templates.Context{"entries": path["logrotate-entries"]})
	if err != nil {
		return nil, err
	}
	binary := p.Default("logrotate-binary", "logrotate")
	script := fmt.Sprintf("#!/bin/sh -e\nPATH=$PATH:/usr/sbin:/sbin\nexec %s -s %s %s \"$@\"\n", quote(binary), quote(path["state-file"]), quote(path["conf"]))
	p.Set("wrapper-path", path["wrapper"])
	return []Artifact{
		{Path: path["conf"], Content: conf},
		{Path: path["wrapper"], Content: []byte(script), Mode: executableMode},
	}, nil
}

func planLogrotateEntry(p *Part) ([]Artifact, error) {
	folder, err := p.Path("logrotate-entries")
	if err != nil {
		return nil, err
	}
	name, err := p.FileName("name")
	if err != nil {
		return nil, err
	}
	if _, err := p.Get("log"); err != nil {
		return nil, err
	}
	keep := p.Default("rotate-num", "30")
	if _, err := strconv.ParseUint(keep, 10, 16); err != nil {
		return nil, fmt.Errorf("section [%s]: \"rotate-num\" is a number of logs to keep, not %q", p.Name, keep)
	}
	frequency := p.Default("frequency", "daily")
	if !strings.Contains(" hourly daily weekly monthly yearly ", " "+frequency+" ") {
		return nil, fmt.Errorf("section [%s]: \"frequency\" is hourly, daily, weekly, monthly or yearly, not %q", p.Name, frequency)
	}
	content, err := templates.Render("logrotate-entry.conf", templates.Context{
		"logs":          strings.Fields(p.Default("log", "")),
		"frequency":     frequency,
		"keep":          keep,
		"backup":        p.Default("backup", ""),
		"pre":           p.Lines("pre"),
		"post":          p.Lines("post"),
		"copytruncate":  p.truth("copytruncate", false),
		"delaycompress": p.truth("delaycompress", false),
		"compress":      !p.truth("nocompress", false),
		"sharedscripts": p.truth("sharedscripts", true),
	})
	return []Artifact{{Path: filepath.Join(folder, name), Content: content}}, err
}

// truth reads a switch as profiles write it: true, yes, on, 1, or the option's
// own name.
func (p *Part) truth(option string, fallback bool) bool {
	switch strings.ToLower(p.Default(option, "")) {
	case "":
		return fallback
	case "true", "yes", "on", "1", strings.ToLower(option):
		return true
	}
	return false
}
