package parameter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/publish"
)

const (
	maxBody = 1 << 20 // bytes of an edited list
	// pendingName is the list that is being applied, in the state folder: a
	// pass that finds one finishes what a killed program began.
	pendingName = "parameter-pending.json"
	lockWait    = 5 * time.Second
)

// Apply makes the values of an edited config.json real: all of them or, when
// one cannot be, none. body is the whole list as clients send it; only values
// that differ from the current ones are looked at. Entries that are read-only,
// unknown or without a value mean nothing. The documents show the new values
// when Apply returns. What is wrong with body is an *Error.
func Apply(ctx context.Context, conf *monitorconf.Config, body []byte) error {
	unlock, err := enter(ctx, conf)
	if err != nil {
		return err
	}
	defer unlock()
	return applyLocked(ctx, conf, body)
}

// enter keeps a second change out and makes the folders that changes need.
func enter(ctx context.Context, conf *monitorconf.Config) (unlock func(), err error) {
	for _, dir := range []string{conf.StateFolder, documentFolder(conf)} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, fmt.Errorf("make a folder for parameters: %w", err)
		}
	}
	unlock, err = document.Lock(ctx, filepath.Join(conf.StateFolder, "parameter.lock"), lockWait)
	if errors.Is(err, document.ErrLocked) {
		return nil, &Error{http.StatusConflict, "another change is being applied; try again"}
	}
	return unlock, err
}

func applyLocked(ctx context.Context, conf *monitorconf.Config, body []byte) error {
	values, err := decode(body)
	if err != nil {
		return err
	}
	// Lines that mean nothing are the deployer's business, who reads of them
	// in the log of monitor-configwrite; a client cannot mend them.
	list, _ := parameters(conf)
	changes, err := changed(conf, list, values)
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		pending := filepath.Join(conf.StateFolder, pendingName)
		if _, err := document.Write(pending, body, document.SecretMode); err != nil {
			return err
		}
		if err := applyAll(conf, changes); err != nil {
			// Whoever asked is told; repeating it each minute would help nobody.
			return errors.Join(err, os.Remove(pending), writeDocuments(conf, list))
		}
		if err := os.Remove(pending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("finish a change of parameters: %w", err)
		}
	}
	if err := writeDocuments(conf, list); err != nil || len(changes) == 0 {
		return err
	}
	showGlobally(ctx, conf)
	return nil
}

// showGlobally lets the global state, which clients read, show the new values
// too. Where that does not work, the next pass of monitor-publish does it
// within the minute.
func showGlobally(ctx context.Context, conf *monitorconf.Config) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	p := publish.Publisher{Conf: conf, Log: slog.Default()}
	if err := p.RefreshParameters(ctx); err != nil {
		slog.Default().Warn("the global state shows the old parameters until the next pass", "reason", err)
	}
}

type change struct {
	parameter Parameter
	value     string
}

// changed are the values that differ, in the order of the parameters, or an
// error if one of them cannot be.
func changed(conf *monitorconf.Config, list []Parameter, values map[string]string) ([]change, error) {
	var changes []change
	for _, p := range list {
		value, ok := values[p.key()]
		if !ok {
			continue
		}
		now, err := current(conf, p)
		if value == now { // "" when it cannot be read: that is what clients were shown
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := check(p, value); err != nil {
			return nil, err
		}
		changes = append(changes, change{p, value})
	}
	return changes, nil
}

// decode reads an edited list: its values by key, stripped. A number or truth
// value counts as the text that it is written as.
func decode(body []byte) (map[string]string, error) {
	if len(body) > maxBody {
		return nil, &Error{http.StatusRequestEntityTooLarge, fmt.Sprintf("the list is longer than %d bytes", maxBody)}
	}
	if !utf8.Valid(body) {
		return nil, malformed("the list is not UTF-8 text")
	}
	var entries []struct {
		Key   *string         `json:"key"`
		Value json.RawMessage `json:"value"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&entries); err != nil || entries == nil {
		return nil, malformed("the list is not a JSON array of objects with key and value")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, malformed("there is something behind the list")
	}
	values := map[string]string{}
	for _, e := range entries {
		if e.Key == nil || *e.Key == "" || len(e.Value) == 0 || string(e.Value) == "null" {
			continue
		}
		value, err := scalar(e.Value)
		if err != nil {
			return nil, malformed("the value of %q is not a text", *e.Key)
		}
		if old, twice := values[*e.Key]; twice && old != value {
			return nil, malformed("%q is there twice, with different values", *e.Key)
		}
		values[*e.Key] = value
	}
	return values, nil
}

func scalar(raw json.RawMessage) (string, error) {
	var s string
	switch raw[0] {
	case '[', '{':
		return "", errors.New("not a scalar")
	case '"':
		if err := json.Unmarshal(raw, &s); err != nil {
			return "", err
		}
	default:
		s = string(raw)
	}
	return strings.TrimSpace(s), nil
}
