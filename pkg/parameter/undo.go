package parameter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

// applyAll makes all changes or, when one fails, leaves everything as it was.
func applyAll(conf *monitorconf.Config, changes []change) error {
	var before []kept
	for _, c := range changes {
		files, err := keep(conf, c.parameter)
		before = append(before, files...)
		if err == nil {
			err = apply(conf, c.parameter, c.value)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("apply %s: %w", c.parameter.Name, err), restore(before))
		}
	}
	return nil
}

// kept is a file as it was before a change.
type kept struct {
	path   string
	text   string
	absent bool
	reload string // the program to run when the file is as it was again
}

// keep remembers the files that applying p touches, the first change first.
func keep(conf *monitorconf.Config, p Parameter) ([]kept, error) {
	var files []kept
	switch p.Kind {
	case File:
		files = []kept{{path: p.Path}}
	case Htpasswd:
		files = []kept{{path: p.Htpasswd}, {path: p.Path}}
	case CORS:
		files = []kept{{path: filepath.Join(conf.StateFolder, corsName)}, {path: p.CORSFile, reload: p.Reload}}
	}
	for i := range files {
		text, err := readFile(files[i].path)
		if files[i].absent = errors.Is(err, fs.ErrNotExist); err != nil && !files[i].absent {
			return nil, fmt.Errorf("keep the old value: %w", err)
		}
		files[i].text = text
	}
	return files, nil
}

// restore undoes the changes of files, the last one first.
func restore(files []kept) error {
	var errs []error
	for _, k := range slices.Backward(files) {
		if err := k.restore(); err != nil {
			errs = append(errs, fmt.Errorf("restore the old value: %w", err))
		}
	}
	return errors.Join(errs...)
}

func (k kept) restore() error {
	now, err := readFile(k.path)
	switch {
	case k.absent && errors.Is(err, fs.ErrNotExist), !k.absent && err == nil && now == k.text:
		return nil
	case k.absent:
		return os.Remove(k.path)
	}
	if err := writeTarget(k.path, k.text, document.SecretMode); err != nil || k.reload == "" {
		return err
	}
	return reload(k.reload)
}
