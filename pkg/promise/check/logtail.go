package check

import (
	"bytes"
	"io"
	"os"
)

// tailOf is the last n bytes of a file.
func tailOf(path string, n int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(f, max(0, st.Size()-n), n))
}

// lastLines is the last n lines of a text.
func lastLines(text []byte, n int) string {
	lines := bytes.Split(bytes.TrimRight(text, "\n"), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-n):], []byte("\n")))
}

// newestFirst calls f with each line of a text, the last one first, until f
// says no.
func newestFirst(text []byte, f func(line []byte) bool) {
	lines := bytes.Split(text, []byte("\n"))
	for i := len(lines) - 1; i >= 0; i-- {
		if !f(bytes.TrimSuffix(lines[i], []byte("\r"))) {
			return
		}
	}
}
