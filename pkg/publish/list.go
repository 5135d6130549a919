package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"slapmonitor/pkg/document"
)

// writeLists writes _document_list of both roots and of the folder documents. In
// the private root every name is taken for an instance, so there is just one.
func (p *Publisher) writeLists() error {
	return errors.Join(
		p.writeList(p.Conf.PublicFolder),
		p.writeList(p.Conf.DocumentFolder),
		p.write(filepath.Join(p.Conf.PrivateFolder, "_document_list"), []byte("monitor.global"), document.PublicMode),
	)
}

// writeList lists the documents of a folder: names without .json, with a line
// end between them and none at the end, for an empty name would be asked for as
// a document.
func (p *Publisher) writeList(folder string) error {
	entries, err := entriesOf(folder)
	if err != nil {
		return fmt.Errorf("list the documents: %w", err)
	}
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if ok && name != "" && !strings.HasPrefix(name, ".") && e.Type().IsRegular() && isPlain(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return p.write(filepath.Join(folder, "_document_list"), []byte(strings.Join(names, "\n")), document.PublicMode)
}

// entriesOf is a folder's content, in no order: what is taken from it is sorted,
// not the thousands of entries.
func entriesOf(folder string) ([]fs.DirEntry, error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return f.ReadDir(-1)
}
