package publish

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"slapmonitor/pkg/document"
)

const memoryName = "publish.json"

// memory is what passes remember, in publish.json of the state folder. It is
// not published. Losing it costs the OPML's dates and one round of questions.
type memory struct {
	Created  time.Time         `json:"created"`            // when this monitor was first published
	Modified time.Time         `json:"modified"`           // when the OPML's outlines last changed
	Outlines string            `json:"outlines"`           // digest of the outlines
	Archived string            `json:"archived,omitempty"` // the day, when the progression was archived
	Counted  bool              `json:"counted,omitempty"`  // a promise has had a result
	Children map[string]*child `json:"children,omitempty"` // by base URL
}

// child is what a sub-instance said of itself.
type child struct {
	Title string    `json:"title,omitempty"` // last good one
	Read  time.Time `json:"read"`            // when Title was read
	Tried time.Time `json:"tried"`           // when it was last asked
}

func (p *Publisher) recall(now time.Time) *memory {
	path := filepath.Join(p.Conf.StateFolder, memoryName)
	mem := &memory{}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, mem)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.Log.Warn("what earlier passes remembered is lost", "file", path, "reason", err)
		mem = &memory{}
	}
	if mem.Created.IsZero() {
		mem.Created = now.UTC().Truncate(time.Second)
	}
	if mem.Children == nil {
		mem.Children = map[string]*child{}
	}
	for base, c := range mem.Children {
		if c == nil {
			delete(mem.Children, base)
		}
	}
	return mem
}

func (p *Publisher) remember(mem *memory) error {
	_, err := document.WriteJSON(filepath.Join(p.Conf.StateFolder, memoryName), mem, document.PublicMode)
	return err
}

// titleOf is the title of the sub-instance at base; one that never answered is
// told apart by its address.
func (m *memory) titleOf(base string) string {
	if c := m.Children[base]; c != nil && c.Title != "" {
		return c.Title
	}
	if u, err := url.Parse(base); err == nil {
		return "Unknown Instance " + u.Host
	}
	return "Unknown Instance"
}
