package parameter

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

// uploadName is what clients write, complete lists only. Where Apache serves,
// it stays on disk until a pass finds it.
const uploadName = "config.tmp.json"

// Sync makes one pass: it finishes a change that a killed program began, then
// applies an uploaded list, then shows the current values. A list that cannot
// be applied is dropped and told in the error: the next pass would only fail
// again.
func Sync(ctx context.Context, conf *monitorconf.Config) error {
	unlock, err := enter(ctx, conf)
	if err != nil {
		return err
	}
	defer unlock()
	sweep(conf)
	pending := filepath.Join(conf.StateFolder, pendingName)
	list, broken := parameters(conf)
	return errors.Join(
		broken,
		forgetPrevious(conf, time.Now()),
		applyFile(ctx, conf, pending),
		claim(conf, pending),
		applyFile(ctx, conf, pending),
		writeDocuments(conf, list),
	)
}

// claim takes the uploaded list out of reach of clients, so that what is
// checked is what is applied.
func claim(conf *monitorconf.Config, pending string) error {
	err := os.Rename(filepath.Join(documentFolder(conf), uploadName), pending)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// applyFile applies the list at path, if there is one, and removes it.
func applyFile(ctx context.Context, conf *monitorconf.Config, path string) error {
	data, err := readUpload(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = applyLocked(ctx, conf, data)
	}
	if err != nil {
		err = fmt.Errorf("an edited list of parameters is dropped: %w", err)
	}
	return errors.Join(err, os.RemoveAll(path))
}

// readUpload reads a file that a client wrote: a plain one, not what a link
// leads to.
func readUpload(path string) ([]byte, error) {
	text, err := readStart(path, maxBody+1, unix.O_NOFOLLOW)
	return []byte(text), err
}

// sweep removes what killed writers left.
func sweep(conf *monitorconf.Config) {
	document.RemoveLeftovers(documentFolder(conf), "config.json", "config.parameters.json")
	document.RemoveLeftovers(conf.StateFolder, pendingName, previousName, corsName)
	document.RemoveLeftovers(filepath.Dir(conf.ParameterFile), filepath.Base(conf.ParameterFile))
}
