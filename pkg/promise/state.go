package promise

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"slapmonitor/pkg/document"
)

// record is what is remembered of one promise from pass to pass.
type record struct {
	document.Trace
	Recent uint64 `json:"recent"`           // bit n: the n-th last result was a failure
	Stats  string `json:"stats,omitempty"`  // the last day that its statistics have
	Banged int64  `json:"banged,omitempty"` // epoch seconds when the master was last told that it fails
	Ran    int64  `json:"ran"`              // epoch seconds of the last run
	Period int64  `json:"period,omitempty"` // seconds between two runs; 0: each pass
	File   int64  `json:"file,omitempty"`   // the plugin file's time, in nanoseconds, when it was run
}

// state is StateFolder/promise.json: a JSON object with one promise a line, so
// that a damaged file loses the damaged lines only.
type state struct {
	path     string
	promises map[string]*record
}

const stateHead, stateFoot = "{\"promises\":{\n", "\n}}\n"

// loadState reads the state at path; one that does not exist is empty. What is
// sound of a damaged one is kept, and the damaged file beside it.
func loadState(path string) (*state, error) {
	s := &state{path: path, promises: map[string]*record{}}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the state of promises: %w", err)
	}
	var whole struct{ Promises map[string]*record }
	if json.Unmarshal(raw, &whole) == nil && whole.Promises != nil {
		maps.DeleteFunc(whole.Promises, func(_ string, r *record) bool { return r == nil })
		s.promises = whole.Promises
		return s, nil
	}
	for line := range strings.Lines(string(raw)) {
		var one map[string]*record
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), ",")
		if json.Unmarshal([]byte("{"+line+"}"), &one) == nil {
			maps.Copy(s.promises, one)
		}
	}
	maps.DeleteFunc(s.promises, func(_ string, r *record) bool { return r == nil })
	return s, document.SetAside(path, raw, len(s.promises))
}

// of is the record of a promise, a new one if there is none.
func (s *state) of(name string) *record {
	r := s.promises[name]
	if r == nil {
		r = &record{}
		s.promises[name] = r
	}
	return r
}

// save writes the state.
func (s *state) save() error {
	var b bytes.Buffer
	b.WriteString(stateHead)
	for i, name := range slices.Sorted(maps.Keys(s.promises)) {
		if i > 0 {
			b.WriteString(",\n")
		}
		key, err := document.EncodeJSON(name)
		if err != nil {
			return fmt.Errorf("encode the state of %s: %w", name, err)
		}
		line, err := document.EncodeJSON(s.promises[name])
		if err != nil {
			return fmt.Errorf("encode the state of %s: %w", name, err)
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(line)
	}
	b.WriteString(stateFoot)
	_, err := document.Write(s.path, b.Bytes(), document.PublicMode)
	return err
}
