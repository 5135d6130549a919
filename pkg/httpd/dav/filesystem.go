package dav

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"golang.org/x/net/webdav"

	"slapmonitor/pkg/httpd/area"
	"slapmonitor/pkg/httpd/tree"
)

// fileSystem is the tree of /share as x/net's handler sees it, for one request.
type fileSystem struct {
	handler  *Handler
	replaces bool  // files that are created replace others: do not remove those first
	err      error // the last one, which x/net turns into a wrong status
}

func (f *fileSystem) locate(name string) string {
	return f.handler.tree.Locate(area.Path{Area: area.Share, Name: strings.Trim(path.Clean("/"+name), "/")})
}

func (f *fileSystem) keep(err error) error {
	if err != nil {
		f.err = err
	}
	return err
}

// Mkdir implements webdav.FileSystem; the mode is ours, not the client's.
func (f *fileSystem) Mkdir(_ context.Context, name string, _ fs.FileMode) error {
	return f.keep(f.handler.tree.Mkdir(f.locate(name)))
}

// RemoveAll implements webdav.FileSystem. Before a COPY over a file it does
// nothing: the copy replaces the file in one step.
func (f *fileSystem) RemoveAll(_ context.Context, name string) error {
	if f.replaces {
		e, err := f.handler.tree.Lstat(f.locate(name))
		if err == nil && !e.Mode.IsDir() {
			return nil
		}
	}
	return f.keep(f.handler.tree.Remove(f.locate(name)))
}

// Rename implements webdav.FileSystem.
func (f *fileSystem) Rename(_ context.Context, from, to string) error {
	return f.keep(f.handler.tree.Rename(f.locate(from), f.locate(to)))
}

// Stat implements webdav.FileSystem. A link is not followed: requests act on it.
func (f *fileSystem) Stat(_ context.Context, name string) (fs.FileInfo, error) {
	e, err := f.handler.tree.Lstat(f.locate(name))
	if err != nil {
		if tree.IsMissing(err) {
			return nil, fs.ErrNotExist
		}
		return nil, f.keep(err)
	}
	return info{e}, nil
}

// OpenFile implements webdav.FileSystem for the three uses that are left: the
// source of a copy, its destination, and a file whose properties change.
func (f *fileSystem) OpenFile(_ context.Context, name string, flag int, _ fs.FileMode) (webdav.File, error) {
	at := f.locate(name)
	switch {
	case flag&os.O_CREATE != 0:
		u, err := f.handler.tree.Create(at)
		if err != nil {
			return nil, f.keep(err)
		}
		return &target{Upload: u}, nil
	case flag&os.O_RDWR != 0:
		return &patched{properties: f.handler.properties, path: at}, nil
	}
	file, err := f.handler.tree.Open(at)
	if err != nil {
		return nil, f.keep(err)
	}
	return &source{file: file, name: path.Base(name)}, nil
}

var errNotUsed = errors.New("not supported by this file")

// source is an open file or folder that is copied.
type source struct {
	notUsed
	file *tree.File
	name string
	at   int64
}

func (s *source) Close() error { return s.file.Close() }

func (s *source) Stat() (fs.FileInfo, error) { return info{s.file.Entry(s.name)}, nil }

func (s *source) Read(p []byte) (int, error) {
	n, err := s.file.ReadAt(p, s.at)
	s.at += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

// Readdir leaves out what is neither a file nor a folder: walks follow no link.
func (s *source) Readdir(int) (list []fs.FileInfo, err error) {
	err = s.file.Entries(func(e tree.Entry) bool {
		if e.Mode.IsRegular() || e.Mode.IsDir() {
			list = append(list, info{e})
		}
		return true
	})
	return list, err
}

// target is the file that a copy makes. It becomes the file only when all of the
// source has been read: x/net closes it after an error, too.
type target struct {
	notUsed
	*tree.Upload
	whole bool
}

// ReadFrom implements io.ReaderFrom, which io.Copy prefers.
func (t *target) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(struct{ io.Writer }{t.Upload}, r)
	t.whole = err == nil
	return n, err
}

func (t *target) Write(p []byte) (int, error) { return t.Upload.Write(p) }

func (t *target) Close() error {
	if !t.whole {
		t.Abort()
		return nil
	}
	return t.Commit()
}

// patched is a file whose dead properties are changed.
type patched struct {
	notUsed
	properties *properties
	path       string
}

func (*patched) Close() error { return nil }

// DeadProps implements webdav.DeadPropsHolder.
func (p *patched) DeadProps() (map[xml.Name]webdav.Property, error) {
	all := map[xml.Name]webdav.Property{}
	for _, one := range p.properties.of(p.path) {
		all[one.XMLName] = one
	}
	return all, nil
}

// Patch implements webdav.DeadPropsHolder.
func (p *patched) Patch(patches []webdav.Proppatch) ([]webdav.Propstat, error) {
	err := p.properties.patch(p.path, patches)
	stat := webdav.Propstat{Status: http.StatusOK}
	if err != nil {
		stat.Status = statusOf(err)
	}
	for _, one := range patches {
		for _, property := range one.Props {
			stat.Props = append(stat.Props, webdav.Property{XMLName: property.XMLName})
		}
	}
	return []webdav.Propstat{stat}, nil
}

// notUsed are the methods of webdav.File that no request reaches.
type notUsed struct{}

func (notUsed) Read([]byte) (int, error)           { return 0, errNotUsed }
func (notUsed) Write([]byte) (int, error)          { return 0, errNotUsed }
func (notUsed) Seek(int64, int) (int64, error)     { return 0, errNotUsed }
func (notUsed) Readdir(int) ([]fs.FileInfo, error) { return nil, errNotUsed }
func (notUsed) Stat() (fs.FileInfo, error)         { return nil, errNotUsed }

// info is an entry as fs.FileInfo.
type info struct{ e tree.Entry }

func (i info) Name() string       { return i.e.Name }
func (i info) Size() int64        { return i.e.Size }
func (i info) Mode() fs.FileMode  { return i.e.Mode }
func (i info) ModTime() time.Time { return i.e.MTime }
func (i info) IsDir() bool        { return i.e.Mode.IsDir() }
func (i info) Sys() any           { return nil }
