package browser_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const password = "Correct.Horse7"

// A fixture is a hosting subscription: a root and a child that are well, a child
// with another password, one whose certificate the browser does not trust, and
// one where nothing listens.
type fixture struct {
	dir                           string
	once                          sync.Once
	err                           error
	root, child, other, untrusted *partition
	nothing                       string
	pins                          []string
}

// tree gives the fixture that all tests share, which they must leave as it was.
func tree(t *testing.T) *fixture {
	t.Helper()
	shared.once.Do(func() { shared.err = shared.start() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return &shared
}

// ownTree is for tests that change something.
func ownTree(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{dir: t.TempDir()}
	t.Cleanup(f.stop)
	if err := f.start(); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fixture) start() error {
	make := func(name, title, password string) *partition {
		return &partition{dir: filepath.Join(f.dir, name), title: title, tree: "Shop of Ann & Bob", password: password, port: freePort()}
	}
	f.root = make("root", "Frontend", password)
	f.child = make("child", "Database <b>primary</b>", password)
	f.other = make("other", "Mail relay", "Another.Password8")
	f.untrusted = make("untrusted", "Backup server", password)
	f.nothing = fmt.Sprintf("https://127.0.0.1:%d", freePort())
	for _, p := range f.all() {
		p.app = f.root.base()
	}
	f.root.children = []string{f.child.base(), f.other.base(), f.untrusted.base(), f.nothing}
	if err := f.child.givePast(); err != nil {
		return err
	}
	// The root asks its children for their titles, so they come first.
	for _, group := range [][]*partition{{f.child, f.other, f.untrusted}, {f.root}} {
		if err := startAll(group); err != nil {
			return err
		}
	}
	return f.trust()
}

func startAll(group []*partition) error {
	for _, p := range group {
		if err := p.start(); err != nil {
			return err
		}
	}
	var errs []error
	for _, p := range group {
		errs = append(errs, p.ready())
	}
	return errors.Join(errs...)
}

// trust collects the certificates that the browser takes for good.
func (f *fixture) trust() error {
	for _, p := range []*partition{f.root, f.child, f.other} {
		pin, err := p.pin()
		if err != nil {
			return err
		}
		f.pins = append(f.pins, pin)
	}
	return nil
}

func (f *fixture) all() []*partition {
	var list []*partition
	for _, p := range []*partition{f.root, f.child, f.other, f.untrusted} {
		if p != nil {
			list = append(list, p)
		}
	}
	return list
}

func (f *fixture) stop() {
	var wait sync.WaitGroup
	for _, p := range f.all() {
		wait.Go(p.stop)
	}
	wait.Wait()
}

// eventually waits for something that happens outside of the browser.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

func host(base string) string { return strings.TrimPrefix(base, "https://") }
