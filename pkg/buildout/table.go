package buildout

import (
	"maps"
	"slices"
)

// value is the text of an option and where it was written.
type value struct {
	text   string
	source string // file or URL, or one of the source… constants
	line   int    // 1-based; 0 where there is no file
}

// Sources of values that no file holds, under buildout's own names.
const (
	sourceDefault     = "DEFAULT_VALUE"
	sourceComputed    = "COMPUTED_VALUE"
	sourceCommandLine = "COMMAND_LINE_VALUE"
)

// fromFile tells whether a source names a file or URL.
func fromFile(source string) bool {
	return source != sourceDefault && source != sourceComputed && source != sourceCommandLine
}

type entry struct {
	name string
	value
	dead bool
}

// table holds the options of one section in order: an option keeps its place
// when it is set again and loses it when it is removed. Tables that left the
// function that made them are never changed, so they are shared freely.
type table struct {
	entries []entry
	index   map[string]int
	dead    int
}

func newTable(capacity int) *table {
	return &table{entries: make([]entry, 0, capacity), index: make(map[string]int, capacity)}
}

func (t *table) len() int { return len(t.index) }

func (t *table) get(name string) (value, bool) {
	if i, ok := t.index[name]; ok {
		return t.entries[i].value, true
	}
	return value{}, false
}

func (t *table) has(name string) bool {
	_, ok := t.index[name]
	return ok
}

func (t *table) set(name string, v value) {
	if i, ok := t.index[name]; ok {
		t.entries[i].value = v
		return
	}
	t.index[name] = len(t.entries)
	t.entries = append(t.entries, entry{name: name, value: v})
}

func (t *table) remove(name string) {
	if i, ok := t.index[name]; ok {
		t.entries[i] = entry{dead: true}
		t.dead++
		delete(t.index, name)
	}
}

// all lists the live entries in order.
func (t *table) all() []entry {
	if t.dead == 0 {
		return t.entries
	}
	live := make([]entry, 0, t.len())
	for _, e := range t.entries {
		if !e.dead {
			live = append(live, e)
		}
	}
	return live
}

func (t *table) clone() *table {
	c := newTable(t.len())
	for _, e := range t.all() {
		c.set(e.name, e.value)
	}
	return c
}

// update sets every option of other, as dict.update does.
func (t *table) update(other *table) {
	for _, e := range other.all() {
		t.set(e.name, e.value)
	}
}

func (t *table) pairs() []Pair {
	pairs := make([]Pair, 0, t.len())
	for _, e := range t.all() {
		pairs = append(pairs, Pair{e.name, e.text})
	}
	return pairs
}

// document holds sections in order.
type document struct {
	names    []string
	sections map[string]*table
}

func newDocument() *document { return &document{sections: map[string]*table{}} }

// size is the number of sections and options.
func (d *document) size() int {
	n := len(d.names)
	for _, t := range d.sections {
		n += t.len()
	}
	return n
}

func (d *document) get(name string) (*table, bool) {
	t, ok := d.sections[name]
	return t, ok
}

func (d *document) set(name string, t *table) {
	if _, ok := d.sections[name]; !ok {
		d.names = append(d.names, name)
	}
	d.sections[name] = t
}

func (d *document) clone() *document {
	return &document{names: slices.Clone(d.names), sections: maps.Clone(d.sections)}
}
