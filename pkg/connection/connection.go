// Package connection owns the record of a partition's connection parameters:
// what was published, in which form, and how an edited password gets into it.
// The publish recipe makes the record, monitor-publish keeps it true.
//
// It must not know who edits a password, nor where the parameters are shown.
package connection

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// File holds the record, below the partition's folder; its mode is 0600,
// because a setup URL holds the password. Where there is no master, it is all
// that publishing does.
const File = ".connection-parameters.json"

// Record is the content of File.
type Record struct {
	Parameters map[string]string `json:"parameters"`
	// Serialised parameters go to the master as JSON in one called "_".
	Serialised bool `json:"serialised"`
}

// Read is the partition's record, or nil if it published nothing.
func Read(partition string) (*Record, error) {
	data, err := os.ReadFile(filepath.Join(partition, File))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the connection parameters: %w", err)
	}
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s is damaged, deploy again to have it written: %w", filepath.Join(partition, File), err)
	}
	return &r, nil
}

// Encode is what File holds.
func (r *Record) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(r)
	return b.Bytes(), err
}

// Wire is what the master gets.
func (r *Record) Wire() (map[string]string, error) {
	if r.Serialised {
		return Serialise(r.Parameters)
	}
	return r.Parameters, nil
}

// Serialise packs parameters as the *.serialised recipes exchange them: JSON
// in one called "_".
func Serialise(parameters map[string]string) (map[string]string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(parameters)
	return map[string]string{"_": strings.TrimSuffix(b.String(), "\n")}, err
}

// The parameters that hold the monitor's password.
const (
	passwordParameter = "monitor-password"
	setupParameter    = "monitor-setup-url"
	passwordField     = "&password="
)

// WithPassword is the record with the monitor's password as it is now, and
// whether that changes it. Other fields of the setup URL stay, also those that a
// release writes behind the password.
func (r *Record) WithPassword(password string) (*Record, bool) {
	parameters := maps.Clone(r.Parameters)
	if _, ok := parameters[passwordParameter]; ok {
		parameters[passwordParameter] = password
	}
	if u, ok := parameters[setupParameter]; ok {
		parameters[setupParameter] = withField(u, passwordField, password)
	}
	return &Record{parameters, r.Serialised}, !maps.Equal(parameters, r.Parameters)
}

// withField is the setup URL u with another value in its last such field.
func withField(u, field, value string) string {
	i := strings.LastIndex(u, field)
	if i < 0 {
		return u
	}
	rest := u[i+len(field):]
	if end := strings.IndexAny(rest, "&#"); end >= 0 {
		return u[:i] + field + value + rest[end:]
	}
	return u[:i] + field + value
}
