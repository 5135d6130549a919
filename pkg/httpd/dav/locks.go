package dav

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"slapmonitor/pkg/document"
)

// A lock lives an hour at most: a lost client must not lock a document for ever
// (contract/httpd.md 5.7). There are some hundreds at most.
const (
	maxLockTime = time.Hour
	maxLocks    = 256
	maxOwner    = 4 << 10 // bytes of a lock's owner
)

// Lock is one client's claim on a file or folder, as the state folder keeps it.
type Lock struct {
	Token    string        `json:"token"`
	Path     string        `json:"path"` // on disk
	URL      string        `json:"url"`  // decoded
	Infinite bool          `json:"infinite"`
	Shared   bool          `json:"shared"`
	Owner    string        `json:"owner"` // XML
	User     string        `json:"user"`
	Timeout  time.Duration `json:"timeout"`
	Expires  time.Time     `json:"expires"`
}

func (l *Lock) covers(path string) bool {
	return l.Path == path || l.Infinite && isBelow(path, l.Path)
}

func isBelow(path, folder string) bool {
	return len(path) > len(folder) && path[len(folder)] == '/' && path[:len(folder)] == folder
}

// locks are all locks. Whoever changes files holds it for reading meanwhile, so
// that no lock is granted between a check and its change.
type locks struct {
	sync.RWMutex
	file string
	list []*Lock
	now  func() time.Time
}

// openLocks reads what an earlier server kept. A damaged file is no reason to
// stay down: its locks are lost, as after their hour.
func openLocks(folder string) (*locks, error) {
	l := &locks{file: filepath.Join(folder, "webdav-locks.json"), now: time.Now}
	data, err := os.ReadFile(l.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("WebDAV locks: %w", err)
	}
	if err == nil && json.Unmarshal(data, &l.list) != nil {
		l.list = nil
	}
	latest := l.now().Add(maxLockTime)
	l.list = slices.DeleteFunc(l.list, func(one *Lock) bool { return one == nil })
	for _, one := range l.list {
		if one.Expires.After(latest) { // the clock was wrong then
			one.Expires = latest
		}
	}
	return l, nil
}

// covering are the live locks that path has itself or from a folder above.
func (l *locks) covering(path string) (list []*Lock) {
	if len(l.list) == 0 {
		return nil
	}
	now := l.now()
	for _, one := range l.list {
		if one.covers(path) && now.Before(one.Expires) {
			list = append(list, one)
		}
	}
	return list
}

// below are the live locks of what is in a folder.
func (l *locks) below(folder string) (list []*Lock) {
	now := l.now()
	for _, one := range l.list {
		if isBelow(one.Path, folder) && now.Before(one.Expires) {
			list = append(list, one)
		}
	}
	return list
}

// conflicts reports whether a new lock would overlap one that excludes it.
func (l *locks) conflicts(n *Lock) bool {
	others := l.covering(n.Path)
	if n.Infinite {
		others = append(others, l.below(n.Path)...)
	}
	for _, one := range others {
		if !one.Shared || !n.Shared {
			return true
		}
	}
	return false
}

// add grants a lock that does not conflict. The caller holds l for writing.
func (l *locks) add(n *Lock) error {
	l.expire()
	if len(l.list) >= maxLocks {
		return refusal{status: 507}
	}
	n.Token = "opaquelocktoken:" + strings.ToLower(rand.Text())
	n.Expires = l.now().Add(n.Timeout)
	l.list = append(l.list, n)
	if err := l.save(); err != nil {
		l.list = l.list[:len(l.list)-1]
		return err
	}
	return nil
}

// refresh starts the time of a lock again.
func (l *locks) refresh(one *Lock, timeout time.Duration) error {
	l.expire()
	one.Timeout, one.Expires = timeout, l.now().Add(timeout)
	return l.save()
}

// forget drops the locks for which drop is true.
func (l *locks) forget(drop func(*Lock) bool) error {
	kept := l.list[:0:0]
	for _, one := range l.list {
		if !drop(one) {
			kept = append(kept, one)
		}
	}
	if len(kept) == len(l.list) {
		return nil
	}
	l.list = kept
	return l.save()
}

// gone drops the locks of a file or folder that is no more, and of all below it.
func (l *locks) gone(path string) error {
	return l.forget(func(one *Lock) bool { return one.Path == path || isBelow(one.Path, path) })
}

func (l *locks) expire() {
	now := l.now()
	kept := l.list[:0:0]
	for _, one := range l.list {
		if now.Before(one.Expires) {
			kept = append(kept, one)
		}
	}
	l.list = kept
}

func (l *locks) save() error {
	_, err := document.WriteJSON(l.file, l.list, document.SecretMode)
	return err
}
