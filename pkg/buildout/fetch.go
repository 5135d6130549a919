package buildout

import (
	"crypto/md5" // names cache files as buildout does; protects nothing
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/google/renameio/v2"

	"slapmonitor/pkg/python"
)

// downloadTimeout bounds one download of an extended profile, body included.
const downloadTimeout = 60 * time.Second

// fetcher downloads extended profiles. Within a run a URL is fetched once.
type fetcher struct {
	client *http.Client
	memory map[string][]byte
}

func newFetcher() *fetcher {
	return &fetcher{client: &http.Client{Timeout: downloadTimeout}, memory: map[string][]byte{}}
}

// download holds the [buildout] options that decide about downloads
// (contract 1.4).
type download struct {
	offline bool
	newest  bool
	cache   string // absolute directory, "" for none
}

// get gives the text behind a URL and the file that stands for it in messages,
// "" if there is none.
func (f *fetcher) get(address string, d download) ([]byte, string, error) {
	if d.cache == "" {
		data, err := f.load(address, d.offline)
		return data, localFile(address), err
	}
	info, err := os.Stat(d.cache)
	if err != nil || !info.IsDir() {
		return nil, "", errorf(UserError,
			"The directory:\n%s\nto be used as a download cache doesn't exist.\n", python.Repr(d.cache))
	}
	sum := md5.Sum([]byte(address))
	cached := filepath.Join(d.cache, hex.EncodeToString(sum[:]))
	if _, err := os.Stat(cached); err == nil {
		if data, ok := f.refresh(address, cached, d); ok {
			return data, cached, nil
		}
		data, err := readFile(cached, cached)
		return data, cached, err
	}
	data, err := f.load(address, d.offline)
	if err != nil {
		return nil, "", err
	}
	return data, cached, store(cached, data)
}

// refresh replaces a cached download in newest mode; it keeps the cached one
// if the source does not answer.
func (f *fetcher) refresh(address, cached string, d download) ([]byte, bool) {
	if !d.newest {
		return nil, false
	}
	data, err := f.load(address, d.offline)
	if err != nil || store(cached, data) != nil {
		return nil, false
	}
	return data, true
}

func store(cached string, data []byte) error {
	if err := renameio.WriteFile(cached, data, 0o640); err != nil {
		return &Error{Class: OSError, Message: "cannot keep a download in the extends-cache: " + err.Error(), Cause: err}
	}
	return nil
}

func (f *fetcher) load(address string, offline bool) ([]byte, error) {
	if local := localFile(address); local != "" {
		return readFile(local, local)
	}
	if offline {
		return nil, errorf(UserError, "Couldn't download %s in offline mode.", python.Repr(address))
	}
	if data, ok := f.memory[address]; ok {
		return data, nil
	}
	data, err := f.http(address)
	if err != nil {
		return nil, &Error{Class: UserError, Cause: err,
			Message: fmt.Sprintf("Error downloading extends for URL %s: %s", address, downloadReason(err))}
	}
	f.memory[address] = data
	return data, nil
}

// localFile is the path of a file:// URL, "" for any other.
func localFile(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	if !strings.EqualFold(scheme, "file") {
		return ""
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		return "/"
	}
	return rest[slash:]
}

func (f *fetcher) http(address string) ([]byte, error) {
	if scheme, _, _ := strings.Cut(address, "://"); !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return nil, fmt.Errorf("unknown url type: %s", strings.ToLower(scheme))
	}
	response, err := f.client.Get(address)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		reason := strings.TrimPrefix(response.Status, fmt.Sprintf("%d ", response.StatusCode))
		return nil, statusError{response.StatusCode, reason}
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("the answer is larger than %d MiB", maxFile>>20)
	}
	return data, err
}

type statusError struct {
	code   int
	reason string
}

func (e statusError) Error() string { return fmt.Sprintf("HTTP Error %d: %s", e.code, e.reason) }

// downloadReason words a failed download as Python's urllib does.
func downloadReason(err error) string {
	var status statusError
	if errors.As(err, &status) {
		return status.Error()
	}
	var errno syscall.Errno
	var lookup *net.DNSError
	var request *url.Error
	switch {
	case errors.As(err, &errno):
		return fmt.Sprintf("<urlopen error [Errno %d] %s>", int(errno), capitalize(errno.Error()))
	case errors.As(err, &lookup):
		return "<urlopen error [Errno -2] Name or service not known>"
	case errors.As(err, &request) && request.Timeout():
		return "<urlopen error timed out>"
	case errors.As(err, &request):
		return fmt.Sprintf("<urlopen error %s>", request.Err)
	}
	return fmt.Sprintf("<urlopen error %s>", err)
}

func capitalize(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
