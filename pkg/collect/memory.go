package collect

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"slapmonitor/pkg/document"
)

const memoryName = "collect.json"

// memory is what passes remember, in collect.json of the state folder.
type memory struct {
	Last      time.Time      `json:"last"`               // the last minute that was written
	Source    string         `json:"source,omitempty"`   // of that minute
	Reason    string         `json:"reason,omitempty"`   // why the database was not used, as it was last logged
	Archived  string         `json:"archived,omitempty"` // the day, when whole days were last archived
	Uptime    float64        `json:"uptime,omitempty"`   // of the machine when Processes were seen
	Processes map[int]before `json:"processes,omitempty"`
	Disk      walk           `json:"disk"`
}

// recall is what earlier passes remembered. Losing it costs the minutes since
// the last pass, so damage is no error.
func recall(folder string) *memory {
	mem := &memory{}
	data, err := os.ReadFile(filepath.Join(folder, memoryName))
	if err != nil || json.Unmarshal(data, mem) != nil {
		return &memory{}
	}
	return mem
}

func (m *memory) remember(folder string) error {
	_, err := document.WriteJSON(filepath.Join(folder, memoryName), m, document.PublicMode)
	return err
}
