// Package recipes turns buildout sections into the files of a partition.
//
// It owns the registry of recipes, what each of them reads and writes, and the
// one request and reply that both front ends speak: the embedded evaluator
// (pkg/deploy) and the Python egg (recipes/python) through
// "monitor-generate recipe". It knows nothing of the running system: no
// process is looked at, no document is read back.
package recipes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Pair is one option of a section.
type Pair struct{ Option, Value string }

// MarshalJSON writes the pair as [option, value].
func (p Pair) MarshalJSON() ([]byte, error) { return encode([2]string{p.Option, p.Value}) }

// UnmarshalJSON reads [option, value].
func (p *Pair) UnmarshalJSON(data []byte) error {
	var a []string
	if err := json.Unmarshal(data, &a); err != nil || len(a) != 2 {
		return fmt.Errorf("an option is a list of its name and its value, both strings, not %s", data)
	}
	p.Option, p.Value = a[0], a[1]
	return nil
}

// Pairs are the options of a section, in order: the order shows in monitor.conf.
type Pairs []Pair

// Lookup finds an option.
func (ps Pairs) Lookup(option string) (string, bool) {
	for _, p := range ps {
		if p.Option == option {
			return p.Value, true
		}
	}
	return "", false
}

// With is ps with the option set: in its place, or added at the end.
func (ps Pairs) With(option, value string) Pairs {
	for i := range ps {
		if ps[i].Option == option {
			ps[i].Value = value
			return ps
		}
	}
	return append(ps, Pair{option, value})
}

// Section is a section that a part asked for with its option "sections".
type Section struct {
	Name    string
	Options Pairs
}

// Sections are the sections of a request, in the order of the option "sections".
type Sections []Section

// Lookup finds a section's options.
func (ss Sections) Lookup(name string) (Pairs, bool) {
	for _, s := range ss {
		if s.Name == name {
			return s.Options, true
		}
	}
	return nil, false
}

// MarshalJSON writes an object with one member per section, in order.
func (ss Sections) MarshalJSON() ([]byte, error) {
	b := bytes.NewBufferString("{")
	for i, s := range ss {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := encode(s.Name)
		if err != nil {
			return nil, err
		}
		options, err := encode(s.Options.orEmpty())
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(options)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON writes; the order of members is kept.
func (ss *Sections) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("sections is an object, not %.20s", data)
	}
	*ss = Sections{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		s := Section{Name: name.(string)}
		if err := d.Decode(&s.Options); err != nil {
			return fmt.Errorf("section %s: %w", s.Name, err)
		}
		*ss = append(*ss, s)
	}
	return nil
}

func (ps Pairs) orEmpty() Pairs {
	if ps == nil {
		return Pairs{}
	}
	return ps
}

// Phases of a part's life. Everything is checked in Init, before a file is
// touched: buildout deletes the files of a part whose update fails.
const (
	Init    = "init"
	Install = "install"
	Update  = "update"
)

// Request asks for one phase of one part.
type Request struct {
	Recipe    string   `json:"recipe"`
	Name      string   `json:"name"`
	Phase     string   `json:"phase"`
	Options   Pairs    `json:"options"`
	Sections  Sections `json:"sections"`
	Directory string   `json:"directory"` // buildout:directory, absolute
}

// Reply is the answer to a Request.
type Reply struct {
	Options Pairs `json:"options"` // what init adds to the part's options
	// Paths is what buildout deletes when the part goes. In init it is what
	// install will make, so that a front end can refuse two parts of one path.
	Paths   []string `json:"paths"`
	Secrets []string `json:"secrets,omitempty"` // options that no front end may save
	// Sections, when not empty, are sections that the part refers to and the
	// request lacks: nothing was done, ask again with them added.
	Sections []string `json:"sections,omitempty"`
}

// Failure is the reply to a request that could not be carried out.
type Failure struct {
	Error string `json:"error"`
}

// Answer reads requests from in until it ends and writes a line with its Reply,
// or a Failure, for each to out, before it reads the next. ok tells whether all
// were carried out.
func Answer(in io.Reader, out io.Writer) (ok bool, err error) {
	d := json.NewDecoder(in)
	d.DisallowUnknownFields()
	ok = true
	for first := true; ; first = false {
		var req Request
		err := d.Decode(&req)
		if errors.Is(err, io.EOF) && !first {
			return ok, nil
		}
		var reply any
		if err != nil {
			ok, reply = false, Failure{fmt.Sprintf("the request is not what \"monitor-generate recipe\" reads: %v", err)}
		} else if done, err := Do(req); err != nil {
			ok, reply = false, Failure{err.Error()}
		} else {
			reply = done
		}
		body, encodeErr := encode(reply)
		if encodeErr != nil {
			return false, encodeErr
		}
		if _, writeErr := out.Write(append(body, '\n')); writeErr != nil || err != nil {
			return false, writeErr // after something that is no request, nothing can be read
		}
	}
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
