package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"slapmonitor/pkg/document"
)

// globalState is private/monitor.global.json, with the keys of every era
// (contract/app-wire.md 3.3). It must not have a key called reference: clients
// would take it for their own.
type globalState struct {
	PortalType   string      `json:"portal_type"`
	Type         string      `json:"type"`
	Status       string      `json:"status"`
	Date         string      `json:"date"`
	Title        string      `json:"title"`
	Tree         string      `json:"specialise_title"`
	Hosting      string      `json:"hosting-title"`
	Computer     string      `json:"aggregate_reference"`
	Partition    string      `json:"partition_id"`
	Release      string      `json:"software_release"`
	SoftwareType string      `json:"software_type"`
	IPv4         string      `json:"ipv4"`
	IPv6         string      `json:"ipv6"`
	State        stateCount  `json:"state"`
	Parameters   []parameter `json:"parameters"`
	Links        stateLinks  `json:"_links"`
	Data         stateData   `json:"data"`
	Embedded     embedded    `json:"_embedded"`
}

type stateCount struct {
	Error   int `json:"error"`
	Success int `json:"success"`
	Warning int `json:"warning"`
}

// maxParameters is more than any config.json takes, in bytes.
const maxParameters = 16 << 20

// parameter is one entry of config.json, which pkg/parameter writes.
type parameter struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Value string `json:"value"`
}

type stateLinks struct {
	Private *document.Link  `json:"private_url,omitempty"`
	Public  *document.Link  `json:"public_url,omitempty"`
	Feed    *document.Link  `json:"rss_url,omitempty"`
	Monitor *document.Link  `json:"monitor,omitempty"`
	Related []document.Link `json:"related_monitor"`
}

// stateData names the documents, without .json, that clients draw.
type stateData struct {
	State          string `json:"state"`
	ProcessState   string `json:"process_state"`
	Process        string `json:"process_resource"`
	Memory         string `json:"memory_resource"`
	IO             string `json:"io_resource"`
	MonitorProcess string `json:"monitor_process_state"`
}

type embedded struct {
	Instance embeddedInstance `json:"instance"`
}

type embeddedInstance struct {
	Computer     string `json:"computer"`
	Partition    string `json:"partition"`
	IPv4         string `json:"ipv4"`
	IPv6         string `json:"ipv6"`
	Release      string `json:"software-release"`
	SoftwareType string `json:"software-type"`
}

// publicState is public/monitor.global.json. Root instances read its title.
type publicState struct {
	Type    string     `json:"type"`
	Status  string     `json:"status"`
	Date    string     `json:"date"`
	Title   string     `json:"title"`
	Tree    string     `json:"specialise_title"`
	Hosting string     `json:"hosting-title"`
	Links   stateLinks `json:"_links"`
}

// writeStates has a lock of its own besides the pass's, which may be held while
// others are asked: an edited parameter is shown without waiting for them.
func (p *Publisher) writeStates(ctx context.Context, s *summary) error {
	unlock, err := p.lockStates(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	document.RemoveLeftovers(p.Conf.PrivateFolder, "monitor.global.json")
	_, err1 := document.WriteJSON(filepath.Join(p.Conf.PublicFolder, "monitor.global.json"),
		p.publicState(s), document.PublicMode)
	// The private one holds the monitor's password, as a parameter.
	_, err2 := document.WriteJSON(filepath.Join(p.Conf.PrivateFolder, "monitor.global.json"),
		p.privateState(s), document.SecretMode)
	return errors.Join(err1, err2)
}

// RefreshParameters shows in the private global state what config.json says
// now, without a pass: after a client changed a parameter. Nothing happens
// before the first pass.
func (p *Publisher) RefreshParameters(ctx context.Context) error {
	path := filepath.Join(p.Conf.PrivateFolder, "monitor.global.json")
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	unlock, err := p.lockStates(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the global state: %w", err)
	}
	var s globalState
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("%s is damaged, the next pass replaces it: %w", path, err)
	}
	s.Parameters = p.parameters()
	_, err = document.WriteJSON(path, &s, document.SecretMode)
	return err
}

func (p *Publisher) lockStates(ctx context.Context) (unlock func(), err error) {
	return document.Lock(ctx, filepath.Join(p.Conf.StateFolder, "publish-state.lock"), 5*time.Second)
}

func (p *Publisher) publicState(s *summary) *publicState {
	return &publicState{
		Type: "global", Status: s.status, Date: document.Date(s.date),
		Title: title(p.Conf.Title), Tree: title(p.Conf.RootTitle), Hosting: title(p.Conf.RootTitle),
		Links: stateLinks{
			Monitor: &document.Link{Href: p.Conf.BaseURL + "/share/private/"},
			Related: p.related("/share/public/"),
		},
	}
}

func (p *Publisher) privateState(s *summary) *globalState {
	c := p.Conf
	return &globalState{
		PortalType: "Software Instance", Type: "global", Status: s.status, Date: document.Date(s.date),
		Title: title(c.Title), Tree: title(c.RootTitle), Hosting: title(c.RootTitle),
		Computer: computer(c.ComputerID), Partition: c.PartitionID,
		Release: c.SoftwareRelease, SoftwareType: c.SoftwareType, IPv4: c.IPv4, IPv6: c.IPv6,
		State:      stateCount{Error: s.failed, Success: s.success, Warning: s.warning},
		Parameters: p.parameters(),
		Links: stateLinks{
			Private: &document.Link{Href: c.BaseURL + "/share/private/"},
			Public:  &document.Link{Href: c.BaseURL + "/share/public/"},
			Feed:    &document.Link{Href: c.BaseURL + "/public/feed"},
			Related: p.related("/share/private/"),
		},
		Data: stateData{
			State: "monitor_state.data", ProcessState: "monitor_process_resource.status",
			Process: "monitor_resource_process.data", Memory: "monitor_resource_memory.data",
			IO: "monitor_resource_io.data", MonitorProcess: "monitor_resource.status",
		},
		Embedded: embedded{embeddedInstance{
			Computer: computer(c.ComputerID), Partition: c.PartitionID, IPv4: c.IPv4, IPv6: c.IPv6,
			Release: c.SoftwareRelease, SoftwareType: c.SoftwareType,
		}},
	}
}

func (p *Publisher) related(area string) []document.Link {
	list := []document.Link{}
	for _, base := range p.children() {
		list = append(list, document.Link{Href: base + area})
	}
	return list
}

// computer is never empty: clients take an instance without one for a document
// of another format. A machine that no master knows has its host name.
func computer(id string) string {
	if id != "" {
		return id
	}
	if host, err := os.Hostname(); err == nil && host != "" {
		return host
	}
	return "localhost"
}

// parameters are the entries of config.json, an empty list when it cannot be
// read: the page of an instance fails without one.
func (p *Publisher) parameters() []parameter {
	list := []parameter{}
	path := filepath.Join(p.Conf.PrivateFolder, "config", ".jio_documents", "config.json")
	f, err := os.Open(path)
	if err == nil {
		defer func() { _ = f.Close() }()
		err = json.NewDecoder(io.LimitReader(f, maxParameters)).Decode(&list)
	}
	if err != nil || list == nil {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			p.Log.Warn("published without parameters", "file", path, "reason", err)
		}
		return []parameter{}
	}
	for i := range list {
		list[i].Value = strings.TrimSpace(list[i].Value)
	}
	return list
}
