package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"slapmonitor/pkg/document"
)

const (
	resultSuffix = ".status.json"
	maxResult    = 1 << 20 // bytes of one status document
	maxMessage   = 8192    // bytes of a message that are published
)

// result is what is known of one promise.
type result struct {
	name    string // of the promise, as in NAME.status.json
	status  string // document.OK, Error or Warning
	message string
	date    time.Time // when the promise was run, zero if the document does not say
	since   time.Time // when status last changed
}

// statusDocument is the union of what the eras' runners write: flat fields in
// 2017, a nested result today (contract/promises.md 1.8 and 2.2).
type statusDocument struct {
	Status     string        `json:"status"`
	StartDate  string        `json:"start-date"`
	ChangeTime float64       `json:"change-time"`
	Message    string        `json:"message"`
	Result     *statusResult `json:"result"`
}

type statusResult struct {
	Failed  *bool  `json:"failed"`
	Date    string `json:"date"`
	Message string `json:"message"`
}

// readPromises reads every status document of dir, sorted by promise name. One
// that cannot be understood counts as a promise in WARNING whose message says
// why; nothing that a document holds ends the pass. A missing folder means
// that no promise was ever run: the list is nil then.
func readPromises(dir string) ([]result, error) {
	entries, err := entriesOf(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the promises' results: %w", err)
	}
	folder, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open the promises' results %s: %w", dir, err)
	}
	defer func() { _ = unix.Close(folder) }()

	list := make([]result, 0, len(entries))
	buf := make([]byte, 64<<10)
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), resultSuffix)
		if !ok || name == "" || strings.HasPrefix(name, ".") {
			continue
		}
		var r result
		if buf, err = readAt(folder, e, buf); err == nil {
			r, err = parseResult(buf)
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since the folder was listed
		}
		if err != nil {
			r = damaged(err)
		}
		if r.since.IsZero() {
			r.since = r.date
		}
		if r.since.IsZero() {
			r.since = modified(filepath.Join(dir, e.Name()))
		}
		r.name = name
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b result) int { return strings.Compare(a.name, b.name) })
	return list, nil
}

// readAt reads the file e of folder into buf, which it grows as needed. With
// thousands of small files, os.ReadFile's bookkeeping costs more than all else.
func readAt(folder int, e fs.DirEntry, buf []byte) ([]byte, error) {
	if t := e.Type(); !t.IsRegular() && t != fs.ModeSymlink {
		return buf, errors.New("it is not a file")
	}
	fd, err := unix.Openat(folder, e.Name(), unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return buf, err
	}
	defer func() { _ = unix.Close(fd) }()
	buf = buf[:cap(buf)]
	for n := 0; ; {
		if n == len(buf) {
			if n > maxResult {
				return buf, fmt.Errorf("it is larger than %d bytes", maxResult)
			}
			buf = append(buf, make([]byte, len(buf))...)
		}
		m, err := unix.Read(fd, buf[n:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return buf, err
		}
		n += m
		if n < len(buf) { // a file that gives less than was asked for is at its end
			return buf[:n], nil
		}
	}
}

func parseResult(data []byte) (result, error) {
	d, err := decodeStatus(data)
	if err != nil {
		return result{}, fmt.Errorf("it is not a status document: %w", err)
	}
	r := result{message: d.Message, date: parseDate(d)}
	r.since = epoch(d.ChangeTime)
	if r.message == "" && d.Result != nil {
		r.message = d.Result.Message
	}
	switch word := strings.ToUpper(d.Status); {
	case word == document.OK || word == document.Error || word == document.Warning:
		r.status = word
	case d.Result != nil && d.Result.Failed != nil && *d.Result.Failed:
		r.status = document.Error
	case d.Result != nil && d.Result.Failed != nil:
		r.status = document.OK
	default:
		r.status, r.message = document.Warning, "This promise has no result yet."
	}
	return r, nil
}

// dateLayouts are how the eras write a result's date; without a zone it is UTC.
var dateLayouts = []string{document.DateLayout, "2006-01-02T15:04:05Z0700", time.RFC3339, "2006-01-02T15:04:05"}

// parseDate is when the promise was run, as far as the document says it.
func parseDate(d statusDocument) time.Time {
	if d.Result != nil {
		for _, layout := range dateLayouts {
			if t, err := time.Parse(layout, d.Result.Date); err == nil {
				return t
			}
		}
	}
	if t, err := time.ParseInLocation(document.StartLayout, d.StartDate, time.Local); err == nil {
		return t
	}
	return epoch(d.ChangeTime)
}

// epoch is the time at seconds since 1970, zero for what is none.
func epoch(seconds float64) time.Time {
	const year10000 = 253402300800 // no document can say a later date
	if !(seconds > 0 && seconds < year10000) {
		return time.Time{}
	}
	return time.UnixMilli(int64(seconds * 1000))
}

// damaged stands for a result that cannot be read.
func damaged(err error) result {
	return result{
		status:  document.Warning,
		message: fmt.Sprintf("The result of this promise cannot be read (%v); the next run of the promise replaces it.", err),
	}
}

// modified is when the file was written. It stands for a date that a document
// does not say, because it stays the same from pass to pass.
func modified(path string) time.Time {
	st, err := os.Lstat(path)
	if err != nil {
		return time.Unix(0, 0)
	}
	return st.ModTime()
}
