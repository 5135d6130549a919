package document

import (
	"fmt"
	"io/fs"
	"sync"
)

// File is a document to be written.
type File struct {
	Path string
	Data []byte
	Mode fs.FileMode
}

// writers is how many documents are written at a time: their syncs share
// journal commits.
const writers = 8

// WriteAll replaces many documents, each as whole as with Write, but without
// looking whether they change. The result has an error or nil for each file.
func WriteAll(files []File) []error {
	return each(files, func(f File) error { return replace(f.Path, f.Data, f.Mode) })
}

// each calls write for every file, several at a time.
func each(files []File, write func(File) error) []error {
	errs := make([]error, len(files))
	var wg sync.WaitGroup
	for w := range min(writers, len(files)) {
		wg.Go(func() {
			for i := w; i < len(files); i += writers {
				if err := write(files[i]); err != nil {
					errs[i] = fmt.Errorf("write document %s: %w", files[i].Path, err)
				}
			}
		})
	}
	wg.Wait()
	return errs
}
