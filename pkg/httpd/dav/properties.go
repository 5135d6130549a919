package dav

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/net/webdav"

	"slapmonitor/pkg/document"
)

// maxProperties is how much all dead properties together may take, in bytes.
const maxProperties = 1 << 20

// properties are the dead properties of all files, in one document of the state
// folder: beside the files they would be served (contract/httpd.md 3).
type properties struct {
	file string

	mu     sync.RWMutex
	byPath map[string][]webdav.Property // a list is never changed, only replaced
}

// stored is a property as the document has it.
type stored struct {
	Space string `json:"space"`
	Name  string `json:"name"`
	Lang  string `json:"lang,omitempty"`
	Value string `json:"value"`
}

func openProperties(folder string) (*properties, error) {
	p := &properties{file: filepath.Join(folder, "webdav-properties.json"), byPath: map[string][]webdav.Property{}}
	data, err := os.ReadFile(p.file)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("WebDAV properties: %w", err)
	}
	var all map[string][]stored
	if json.Unmarshal(data, &all) != nil {
		return p, nil // damaged: no client depends on them, the server must start
	}
	for path, list := range all {
		for _, s := range list {
			p.byPath[path] = append(p.byPath[path], webdav.Property{XMLName: xml.Name{Space: s.Space, Local: s.Name}, Lang: s.Lang, InnerXML: []byte(s.Value)})
		}
	}
	return p, nil
}

// of are the properties of one file.
func (p *properties) of(path string) []webdav.Property {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if len(p.byPath) == 0 {
		return nil
	}
	return p.byPath[path]
}

// patch sets and removes properties of one file, all or none.
func (p *properties) patch(path string, patches []webdav.Proppatch) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.byPath[path]
	list := slices.Clone(old)
	for _, patch := range patches {
		for _, one := range patch.Props {
			list = slices.DeleteFunc(list, func(have webdav.Property) bool { return have.XMLName == one.XMLName })
			if !patch.Remove {
				list = append(list, one)
			}
		}
	}
	p.set(path, list)
	if err := p.save(); err != nil {
		p.set(path, old)
		return err
	}
	return nil
}

func (p *properties) set(path string, list []webdav.Property) {
	if len(list) == 0 {
		delete(p.byPath, path)
		return
	}
	p.byPath[path] = list
}

// moved takes the properties along when a file or folder moves or, with keep, is
// copied. What was at the new place has lost its own.
func (p *properties) moved(from, to string, keep bool) error {
	return p.change(func() bool {
		touched := p.drop(to)
		for path, list := range p.byPath {
			if path == from || isBelow(path, from) {
				p.byPath[to+path[len(from):]] = list
				if !keep {
					delete(p.byPath, path)
				}
				touched = true
			}
		}
		return touched
	})
}

// removed forgets the properties of what is no more.
func (p *properties) removed(path string) error {
	return p.change(func() bool { return p.drop(path) })
}

func (p *properties) change(do func() bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.byPath) == 0 {
		return nil
	}
	before := maps.Clone(p.byPath)
	if !do() {
		return nil
	}
	if err := p.save(); err != nil {
		p.byPath = before
		return err
	}
	return nil
}

func (p *properties) drop(path string) (touched bool) {
	for one := range p.byPath {
		if one == path || isBelow(one, path) {
			delete(p.byPath, one)
			touched = true
		}
	}
	return touched
}

func (p *properties) save() error {
	all := make(map[string][]stored, len(p.byPath))
	for path, list := range p.byPath {
		for _, one := range list {
			all[path] = append(all[path], stored{one.XMLName.Space, one.XMLName.Local, one.Lang, string(one.InnerXML)})
		}
	}
	data, err := document.EncodeJSON(all)
	if err != nil {
		return fmt.Errorf("WebDAV properties: %w", err)
	}
	if len(data) > maxProperties {
		return refusal{status: http.StatusInsufficientStorage}
	}
	_, err = document.Write(p.file, data, document.SecretMode)
	return err
}

func findDead(list []webdav.Property, name xml.Name) (webdav.Property, bool) {
	for _, one := range list {
		if one.XMLName == name {
			return one, true
		}
	}
	return webdav.Property{}, false
}

func appendDead(b []byte, p webdav.Property) []byte {
	var attributes []xml.Attr
	if p.Lang != "" {
		attributes = []xml.Attr{{Name: xml.Name{Space: "http://www.w3.org/XML/1998/namespace", Local: "lang"}, Value: p.Lang}}
	}
	b = append(appendOpenTag(b, p.XMLName, attributes), p.InnerXML...)
	return appendCloseTag(b, p.XMLName)
}
