// Package document owns the files that a monitor publishes: how they are
// written so that no reader ever sees half of one, how dates look in them,
// and the shapes of the documents that more than one program reads or writes.
//
// It must not know where a document lives, what a promise is, or HTTP.
package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// PublicMode and SecretMode are the modes of published documents and of files
// that hold a password. They are set explicitly, whatever the umask is.
const (
	PublicMode fs.FileMode = 0o640
	SecretMode fs.FileMode = 0o600
)

// Write makes path hold data: the old content or the new one, whole, whatever
// happens meanwhile. A file that already holds data is left alone, so that its
// time and ETag stay; changed tells which of the two it was.
func Write(path string, data []byte, mode fs.FileMode) (changed bool, err error) {
	if st, err := os.Lstat(path); err == nil && st.Mode() == mode && st.Size() == int64(len(data)) && holds(path, data) {
		return false, nil
	}
	if err := replace(path, data, mode); err != nil {
		return false, fmt.Errorf("write document %s: %w", path, err)
	}
	return true, nil
}

// holds tells whether the file at path is data. It reads it in pieces: a large
// document that did not change costs no memory.
func holds(path string, data []byte) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	piece := make([]byte, 32<<10)
	for {
		n, err := f.Read(piece)
		if n > len(data) || !bytes.Equal(piece[:n], data[:n]) {
			return false
		}
		if data = data[n:]; err != nil {
			return err == io.EOF && len(data) == 0
		}
	}
}

// replace does not use renameio.WriteFile, which keeps the mode of the file
// that it replaces. The temporary file stands beside the document: same file
// system, same rights, and no probing of TMPDIR.
func replace(path string, data []byte, mode fs.FileMode) error {
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithStaticPermissions(mode))
	if err != nil {
		return err
	}
	defer f.Cleanup()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.CloseAtomicallyReplace()
}

// WriteJSON writes v as one line of JSON without HTML escaping and without a
// final newline: clients that append to the growing documents of the Python
// stack rely on the closing bytes.
func WriteJSON(path string, v any, mode fs.FileMode) (changed bool, err error) {
	data, err := EncodeJSON(v)
	if err != nil {
		return false, fmt.Errorf("encode document %s: %w", path, err)
	}
	return Write(path, data, mode)
}

// EncodeJSON is the encoding of WriteJSON.
func EncodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
