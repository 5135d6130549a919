package publish

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"slapmonitor/pkg/document"
)

// writeLists writes _document_list of both roots: names without .json, with a
// line end between them and none at the end, for an empty name would be asked
// for as a document. In the private root every name is taken for an instance,
// so there is just one.
func (p *Publisher) writeLists() error {
	entries, err := os.ReadDir(p.Conf.PublicFolder)
	if err != nil {
		return fmt.Errorf("list the public documents: %w", err)
	}
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if ok && name != "" && !strings.HasPrefix(name, ".") && e.Type().IsRegular() && isPlain(name) {
			names = append(names, name)
		}
	}
	return errors.Join(
		p.write(filepath.Join(p.Conf.PublicFolder, "_document_list"), []byte(strings.Join(names, "\n")), document.PublicMode),
		p.write(filepath.Join(p.Conf.PrivateFolder, "_document_list"), []byte("monitor.global"), document.PublicMode),
	)
}
