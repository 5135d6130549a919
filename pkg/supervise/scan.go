package supervise

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// An identity changes when a file or its link's target is replaced or edited.
type identity struct {
	device, inode uint64
	size          int64
	modified      time.Time
	mode          fs.FileMode
}

func identify(info fs.FileInfo) identity {
	id := identity{size: info.Size(), modified: info.ModTime(), mode: info.Mode()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		id.device, id.inode = st.Dev, st.Ino
	}
	return id
}

// scan compares one folder with what runs. Names that editors and atomic
// writers leave behind (a dot first, a tilde last) do not count.
func (s *Supervisor) scan(f folder) error {
	entries, err := os.ReadDir(f.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look for programs: %w", err)
	}
	now := map[string]identity{}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || strings.HasSuffix(e.Name(), "~") {
			continue
		}
		path := filepath.Join(f.path, e.Name())
		if s.config.Hold != nil && s.config.Hold(path) {
			continue
		}
		switch info, err := os.Stat(path); {
		case err != nil:
			now[path] = identity{} // a link to nothing, or it vanished just now
		case !info.IsDir():
			now[path] = identify(info)
		}
	}
	s.drop(f, now)
	for _, path := range slices.Sorted(maps.Keys(now)) {
		s.take(f, path, now[path])
	}
	return nil
}

// drop stops, all at once, the folder's programs that are gone or changed.
func (s *Supervisor) drop(f folder, now map[string]identity) {
	var stopping sync.WaitGroup
	for path, p := range s.programs {
		if p.folder == f.path && p.identity != now[path] {
			delete(s.programs, path)
			stopping.Go(p.remove)
		}
	}
	stopping.Wait()
	for path := range s.refused {
		if filepath.Dir(path) == f.path && s.refused[path] != now[path] {
			delete(s.refused, path)
		}
	}
}

// take starts a program that does not run yet, or says once why it cannot.
func (s *Supervisor) take(f folder, path string, id identity) {
	if was, known := s.refused[path]; s.programs[path] != nil || known && was == id {
		return
	}
	if id.modified.IsZero() || !id.mode.IsRegular() || id.mode&0o111 == 0 {
		s.refused[path] = id
		s.config.Report(Event{Program: filepath.Base(path), Kind: f.kind, What: NotExecutable, Path: path})
		return
	}
	s.programs[path] = s.launch(f, path, id)
}

func sorted(programs map[string]*program) []*program {
	return slices.SortedFunc(maps.Values(programs), func(a, b *program) int { return strings.Compare(a.path, b.path) })
}
