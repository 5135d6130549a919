package promise

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

// fromSlapgrid is the value of promise-source that leaves running to slapgrid.
const fromSlapgrid = "slapgrid"

// maxForeign bounds what is read of a result that somebody else wrote.
const maxForeign = 1 << 20

// slapgridResults lists the promises that slapgrid ran, by its result files,
// .slapgrid/promise/result/NAME.status.json (contract/promises.md 1.8). Results
// of promises that are not there any more are left out: slapgrid keeps them.
func slapgridResults(c *monitorconf.Config) ([]*Promise, error) {
	folder := filepath.Join(c.Partition, ".slapgrid", "promise", "result")
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the results of slapgrid: %w", err)
	}
	var found []*Promise
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), statusSuffix)
		if !ok || strings.HasPrefix(name, ".") {
			continue
		}
		p, err := readSlapgridResult(name, filepath.Join(folder, e.Name()))
		if err != nil { // being written, or damaged: what is published stays
			slog.Warn("a result of slapgrid cannot be read", "error", err)
			p = &Promise{Name: name, Folder: "result", Path: filepath.Join(folder, e.Name()), ran: &Result{}}
		} else if _, err := os.Lstat(p.Path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		found = append(found, p)
	}
	return found, nil
}

func readSlapgridResult(name, path string) (*Promise, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxForeign))
	if err != nil {
		return nil, err
	}
	var doc document.PromiseStatus
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if doc.Result == nil {
		return nil, fmt.Errorf("%s holds no result", path)
	}
	at, err := document.ParseDate(doc.Result.Date)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p := &Promise{Name: name, Path: doc.Path, Folder: "result"}
	p.ran = &Result{
		Promise: p, Status: document.OK, Message: limitText(Clean([]byte(doc.Result.Message))), Start: at,
		Duration: time.Duration(doc.ExecutionTime * float64(time.Second)), kind: doc.Result.Type,
	}
	if doc.Result.Failed {
		p.ran.Status = document.Error
	}
	return p, nil
}
