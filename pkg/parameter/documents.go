package parameter

import (
	"errors"
	"path/filepath"
	"strings"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

// documentFolder is where clients find the documents of this package.
func documentFolder(conf *monitorconf.Config) string {
	return filepath.Join(conf.PrivateFolder, "config", ".jio_documents")
}

// entry is one parameter in config.json. Clients show Title with blanks for
// dashes and let the value be edited when there is a Key.
type entry struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	Value string `json:"value"`
}

// description is one parameter in config.parameters.json, under its key. The
// document is for those who look; nothing reads it back.
type description struct {
	Type     Kind   `json:"type"`
	File     string `json:"file,omitempty"`
	User     string `json:"user,omitempty"`
	Htpasswd string `json:"htpasswd,omitempty"`
	CORSFile string `json:"cors_file,omitempty"`
	Reload   string `json:"gracefull_bin,omitempty"` // sic: clients' spelling
}

// writeDocuments shows the parameters' current values. A value that cannot be
// read is shown as empty and told in the error.
func writeDocuments(conf *monitorconf.Config, list []Parameter) error {
	entries := make([]entry, 0, len(list))
	described := map[string]description{}
	var errs []error
	for _, p := range list {
		value, err := current(conf, p)
		if err != nil {
			errs = append(errs, err)
		}
		entries = append(entries, entry{p.key(), p.Name, value})
		if p.Kind != Raw {
			described[p.Name] = description{p.Kind, p.Path, p.User, p.Htpasswd, p.CORSFile, p.Reload}
		}
	}
	dir := documentFolder(conf)
	_, err := document.WriteJSON(filepath.Join(dir, "config.json"), entries, document.SecretMode)
	errs = append(errs, err)
	_, err = document.WriteJSON(filepath.Join(dir, "config.parameters.json"), described, document.PublicMode)
	errs = append(errs, err)
	_, err = document.Write(conf.ParameterFile, knowledge(entries), document.SecretMode)
	return errors.Join(append(errs, err)...)
}

// knowledge is monitor_knowledge0.cfg: the values for programs that read
// ConfigParser files. Those refuse a key that is there twice, in whatever case,
// so the last of several entries counts.
func knowledge(entries []entry) []byte {
	last := map[string]int{}
	for i, e := range entries {
		last[strings.ToLower(e.Title)] = i
	}
	var b strings.Builder
	b.WriteString("[public]\n")
	for i, e := range entries {
		if last[strings.ToLower(e.Title)] != i {
			continue
		}
		b.WriteString(e.Title + " = " + strings.ReplaceAll(e.Value, "\n", "\n  ") + "\n")
	}
	return []byte(b.String())
}
