package document

import (
	"bytes"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// maxDocument is more than any document or archived day takes, in bytes.
const maxDocument = 256 << 20

// read is the content of the file at path. What is no document, like a pipe
// that nobody writes into or a file as large as the disk, is an error at once.
func read(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch {
	case !st.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a file; remove it", path)
	case st.Size() > maxDocument:
		return nil, fmt.Errorf("%s is larger than %d bytes; move it away", path, maxDocument)
	}
	var b bytes.Buffer
	b.Grow(int(st.Size()) + bytes.MinRead)
	_, err = b.ReadFrom(f)
	return b.Bytes(), err
}
