package recipes

import (
	"fmt"
	"path/filepath"

	"slapmonitor/pkg/schedule"
)

func init() {
	register(&Recipe{
		Name:    "cron.d",
		Aliases: []string{"slapos.cookbook:cron.d"},
		Summary: "one entry for the cron service",
		Options: []Option{
			{Name: "cron-entries", Meaning: "the folder of the entries", Required: true},
			{Name: "name", Meaning: "file name of the entry", Required: true},
			{Name: "frequency", Meaning: "five crontab fields, or a word like @daily"},
			{Name: "time", Meaning: "instead of frequency: minutely, hourly, daily, weekly, monthly, yearly, or [WEEKDAYS] [MONTH-DAY] [HOUR:MINUTE] as systemd writes them"},
			{Name: "command", Meaning: "a shell command; several lines are as many entries", Required: true},
		},
		Plan: planCronEntry,
	})
	register(&Recipe{
		Name:    "cron",
		Aliases: []string{"slapos.cookbook:cron"},
		Summary: "an executable that runs the entries of a folder on schedule",
		Options: []Option{
			{Name: "cron-entries", Meaning: "the folder of the entries", Required: true},
			{Name: "binary", Meaning: "where the executable goes", Required: true},
			{Name: "scheduler", Meaning: "the monitor-standalone program", Default: "beside this generator"},
			{Name: "log-file", Meaning: "where output of the entries goes", Default: "standard error"},
		},
		Plan: planCronService,
	})
}

func planCronEntry(p *Part) ([]Artifact, error) {
	folder, err := p.Path("cron-entries")
	if err != nil {
		return nil, err
	}
	name, err := p.FileName("name")
	if err != nil {
		return nil, err
	}
	command, err := p.Get("command")
	if err != nil {
		return nil, err
	}
	frequency := p.Default("frequency", "")
	if word := p.Default("time", ""); word != "" && frequency == "" {
		if frequency, err = crontabFields(word); err != nil {
			return nil, fmt.Errorf("section [%s]: \"time\" is a word like daily, or [WEEKDAYS] [MONTH-DAY] [HOUR:MINUTE], not %q: %w", p.Name, word, err)
		}
	}
	if frequency == "" {
		return nil, fmt.Errorf("section [%s] needs the option \"frequency\" (or \"time\")", p.Name)
	}
	entry := ""
	for _, line := range lines(command) {
		entry += frequency + " " + line + "\n"
	}
	if _, bad := schedule.Parse(entry); len(bad) > 0 {
		return nil, fmt.Errorf("section [%s]: %w", p.Name, bad[0].Err)
	}
	return []Artifact{{Path: filepath.Join(folder, name), Content: []byte(entry)}}, nil
}

func planCronService(p *Part) ([]Artifact, error) {
	entries, err := p.Path("cron-entries")
	if err != nil {
		return nil, err
	}
	binary, err := p.Path("binary")
	if err != nil {
		return nil, err
	}
	scheduler, err := p.program("scheduler", "monitor-standalone")
	if err != nil {
		return nil, err
	}
	command := []string{scheduler, "cron", "--directory", entries}
	if p.Default("log-file", "") != "" {
		log, err := p.Path("log-file")
		if err != nil {
			return nil, err
		}
		command = append(command, "--log", log)
	}
	script := "#!/bin/sh -e\nexec " + quoteAll(command) + " \"$@\"\n"
	return []Artifact{{Path: binary, Content: []byte(script), Mode: executableMode}}, nil
}
