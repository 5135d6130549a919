package buildout

import (
	"slices"
	"strings"

	"slapmonitor/pkg/buildout/condition"
	"slapmonitor/pkg/python"
)

// reader reads a profile and everything it extends (contract 1.4).
type reader struct {
	dialect    Dialect
	facts      condition.Facts // that section conditions are decided by
	directory  string          // relative names that the command line gives are relative to it
	override   *table          // [buildout] options of the command line: they decide about downloads
	fetch      *fetcher
	lexed      map[string]lexedFile
	merged     map[string]*document // what a file and all it extends come to
	downloaded map[string]bool
	inclusions int
	budget     budget // for merging
	read       budget // for files and downloads
}

func newReader(o Options, directory string, override *table) *reader {
	return &reader{
		dialect: o.Dialect, facts: o.facts(), directory: directory, override: override,
		fetch: newFetcher(), lexed: map[string]lexedFile{}, merged: map[string]*document{}, downloaded: map[string]bool{},
		budget: budget{maxMerging}, read: budget{maxRead},
	}
}

// lexedFile is one file's own text, before what it extends is merged under it.
type lexedFile struct {
	sections *document
	extends  []string
	line     int // of the extends option
}

// root reads a file that nothing extends: the main profile, the user's
// defaults, or one that the command line adds. options are the [buildout]
// options known so far, defaults the user's, which go under the first file
// that extends nothing.
func (r *reader) root(name string, options *table, defaults *document) (*document, error) {
	options, err := mergeTables(options, r.override, &r.budget)
	if err != nil {
		return nil, err
	}
	f, err := r.load(name, options)
	if err != nil {
		return nil, err
	}
	if own, ok := f.sections.get(buildoutSection); ok {
		if options, err = mergeTables(options, own, &r.budget); err != nil {
			return nil, err
		}
	}
	// What the file says is overridden again for each file that it extends.
	if options, err = mergeTables(options, r.override, &r.budget); err != nil {
		return nil, err
	}
	w := walk{reader: r, options: options, defaults: defaults}
	return w.extend(name, f)
}

// walk is one descent from a root.
type walk struct {
	*reader
	options  *table
	defaults *document // still to be merged; nil once they are
	seen     []string  // the chain of files being read
}

// include reads one extended file with everything it extends.
func (w *walk) include(base, name string) (*document, error) {
	name = w.resolve(base, name)
	if known, ok := w.merged[name]; ok && w.defaults == nil {
		return known, nil
	}
	if w.inclusions++; w.inclusions > maxInclusions {
		return nil, errorf(UserError, "More than %d files are extended.", maxInclusions)
	}
	f, err := w.load(name, w.options)
	if err != nil {
		return nil, err
	}
	if slices.Contains(w.seen, name) {
		return nil, errorf(UserError, "Recursive file include %s %s", python.ReprList(w.seen), name)
	}
	if len(w.seen) >= maxExtends {
		return nil, errorf(RecursionError, "Files extend each other more than %d deep, up to %s.", maxExtends, name)
	}
	return w.extend(name, f)
}

// extend merges what a file extends, in order, and the file itself on top.
func (w *walk) extend(name string, f lexedFile) (*document, error) {
	pristine := w.defaults == nil
	w.seen = append(w.seen, name)
	result := pile{budget: &w.budget}
	if len(f.extends) == 0 {
		// The first file to extend nothing has the user's defaults under it.
		result.top, w.defaults = w.defaults, nil
	}
	base := baseOf(name)
	for _, extended := range f.extends {
		next, err := w.include(base, extended)
		if err != nil {
			return nil, extendedAt(err, name, f.line)
		}
		if err := result.lay(next); err != nil {
			return nil, err
		}
	}
	if err := result.lay(f.sections); err != nil {
		return nil, err
	}
	w.seen = w.seen[:len(w.seen)-1]
	if pristine {
		w.merged[name] = result.top
	}
	return result.top, nil
}

// pile merges documents one after the other and copies once at most: what it
// is given is shared.
type pile struct {
	top    *document // nil for nothing
	owned  bool
	budget *budget
}

func (p *pile) lay(over *document) (err error) {
	switch {
	case p.top == nil:
		p.top = over
	case p.owned:
		err = p.top.lay(over, p.budget)
	default:
		p.owned = true
		p.top, err = mergeDocuments(p.top, over, p.budget)
	}
	return err
}

// extendedAt says which "extends" asked for a file that could not be had,
// unless the error already has a better place.
func extendedAt(err error, file string, line int) error {
	if e, ok := err.(*Error); ok && e.File == "" {
		e.at(file, line)
	}
	return err
}

// resolve gives the full name of an extended file or URL.
func (r *reader) resolve(base, name string) string {
	if isURL(name) {
		return name
	}
	if r.dialect == Slapos {
		base, name = resolveParents(base, name)
	}
	if isURL(base) && !strings.HasPrefix(name, "/") {
		return base + "/" + name
	}
	if isURL(base) {
		return name
	}
	return joinPath(base, name)
}

// baseOf is what relative names in a file are relative to.
func baseOf(name string) string {
	if isURL(name) {
		return urlBase(name)
	}
	return dirName(name)
}

// load lexes one file. A file reached twice is the same text twice.
func (r *reader) load(name string, options *table) (lexedFile, error) {
	if known, ok := r.lexed[name]; ok {
		return known, nil
	}
	d, err := r.downloadOptions(name, options)
	if err != nil {
		return lexedFile{}, err
	}
	data, shown, err := r.text(name, d)
	if err != nil {
		return lexedFile{}, err
	}
	if err := r.read.take(len(data), value{}); err != nil {
		return lexedFile{}, err
	}
	r.downloaded[name] = true
	sections, err := lex(shown, string(data), r.facts)
	if err != nil {
		return lexedFile{}, err
	}
	f, err := r.finish(name, sections)
	if err != nil {
		return lexedFile{}, err
	}
	r.lexed[name] = f
	return f, nil
}

func (r *reader) text(name string, d download) (data []byte, shown string, err error) {
	if !isURL(name) {
		data, err = readFile(joinPath(r.directory, name), name)
		return data, name, err
	}
	data, local, err := r.fetch.get(name, d)
	if local != "" {
		return data, name + " (downloaded as " + local + ")", err
	}
	return data, name, err
}

func (r *reader) downloadOptions(name string, options *table) (download, error) {
	newest, err := boolOption(options, "newest", "false")
	if err != nil {
		return download{}, err
	}
	get := func(option string) string { v, _ := options.get(option); return v.text }
	cache := get("extends-cache")
	if start := strings.Index(cache, "${"); start >= 0 && strings.Contains(cache[start:], "}") {
		v, _ := options.get("extends-cache")
		return download{}, errorf(ValueError,
			"extends-cache '%s' may not contain ${section:variable} to expand.", cache).atValue(v)
	}
	if cache != "" {
		cache = absolute(joinPath(r.directory, get("directory")), cache)
	}
	return download{
		offline: get("offline") == "true" || get("install-from-cache") == "true",
		newest:  newest && !r.downloaded[name],
		cache:   cache,
	}, nil
}

// finish takes "extends" out of a lexed file and, in SlapOS' dialect, adds the
// file's own place to the sections that ask for it.
func (r *reader) finish(name string, sections *document) (lexedFile, error) {
	f := lexedFile{sections: sections}
	for section, t := range sections.sections {
		for i := range t.entries {
			t.entries[i].source = name
		}
		if r.dialect == Slapos && mentionsLocation(t) {
			t.set(profileBaseLocation, value{baseOf(r.absoluteName(name)), name, 0})
		}
		if section != buildoutSection {
			continue
		}
		if extends, ok := t.get("extends"); ok {
			f.extends, f.line = fields(extends.text), extends.line
			t.remove("extends")
		}
		if v, ok := t.get("extended-by"); ok {
			return f, errorf(UserError, `No-longer supported "extended-by" option found in %s.`, name).at(name, v.line)
		}
	}
	return f, nil
}

func (r *reader) absoluteName(name string) string {
	if isURL(name) {
		return name
	}
	return joinPath(r.directory, name)
}

// profileBaseLocation is the option that SlapOS' fork adds (contract 1.10).
const profileBaseLocation = "_profile_base_location_"

func mentionsLocation(t *table) bool {
	for _, e := range t.all() {
		if strings.Contains(e.text, "${:"+profileBaseLocation+"}") {
			return true
		}
	}
	return false
}
