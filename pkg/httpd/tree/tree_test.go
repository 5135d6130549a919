package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"slapmonitor/pkg/httpd/area"
)

// newTree is a partition with the three served folders, a folder of the
// partition that is not served, and one outside that may be linked to.
func newTree(t *testing.T) (tr *Tree, partition, outside string) {
	t.Helper()
	base := t.TempDir()
	partition, outside = filepath.Join(base, "part"), filepath.Join(base, "outside")
	tr = &Tree{
		Public:  filepath.Join(partition, "srv/public"),
		Private: filepath.Join(partition, "srv/private"),
		WebDAV:  filepath.Join(partition, "srv/webdav"),
		Roots:   NewRoots(partition, filepath.Join(base, "listed")),
	}
	for _, d := range []string{tr.Public, tr.Private + "/config/.jio_documents", tr.WebDAV, partition + "/var/log", outside, base + "/listed"} {
		if err := os.MkdirAll(d, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	return tr, partition, outside
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func TestOpenStaysInside(t *testing.T) {
	tr, partition, outside := newTree(t)
	put(t, tr.Public+"/feed", "feed")
	put(t, partition+"/var/log/a.log", "log")
	put(t, outside+"/secret", "secret")
	put(t, filepath.Dir(outside)+"/listed/report", "report")
	link(t, "../../var/log", tr.Private+"/log")
	link(t, partition+"/var/log/a.log", tr.Private+"/a.log")
	link(t, filepath.Dir(outside)+"/listed", tr.Private+"/listed")
	link(t, outside, tr.Private+"/out")
	link(t, outside+"/secret", tr.Private+"/secret")
	link(t, "secret", tr.Private+"/secret2")
	link(t, "/", tr.Private+"/root")
	link(t, "loop", tr.Private+"/loop")
	link(t, "nothing", tr.Private+"/broken")
	link(t, "/proc/self/environ", tr.Private+"/environ")
	for _, name := range []string{"fifo"} {
		if err := unix.Mkfifo(filepath.Join(tr.Private, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	socket(t, filepath.Join(tr.Private, "socket"))
	for name, want := range map[string]error{
		tr.Public:                                   nil,
		tr.Public + "/feed":                         nil,
		tr.Private + "/log/a.log":                   nil,
		tr.Private + "/a.log":                       nil,
		tr.Private + "/listed/report":               nil,
		tr.Private + "/out":                         fs.ErrPermission,
		tr.Private + "/out/secret":                  fs.ErrPermission,
		tr.Private + "/secret":                      fs.ErrPermission,
		tr.Private + "/secret2":                     fs.ErrPermission,
		tr.Private + "/root":                        fs.ErrPermission,
		tr.Private + "/root/etc":                    fs.ErrPermission,
		tr.Private + "/environ":                     fs.ErrPermission,
		tr.Private + "/fifo":                        fs.ErrPermission,
		tr.Private + "/socket":                      fs.ErrPermission,
		tr.Private + "/loop":                        unix.ELOOP,
		tr.Private + "/broken":                      fs.ErrNotExist,
		tr.Private + "/a.log/x":                     unix.ENOTDIR,
		tr.Private + "/none":                        fs.ErrNotExist,
		tr.Private + "/" + strings.Repeat("n", 256): unix.ENAMETOOLONG,
	} {
		f, err := tr.Open(name)
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		if err == nil {
			f.Close()
		}
	}
}

func socket(t *testing.T, path string) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		t.Skip("the path is too long for a socket: ", err)
	}
}

// A root that is a link, or that is made later, is allowed for what it leads to.
func TestRootsFollowTheirLinks(t *testing.T) {
	base := t.TempDir()
	r := NewRoots(filepath.Join(base, "later"), "relative", "/")
	if r.Allow(base + "/later/x") {
		t.Error("a root that is not there allows something")
	}
	if r.Allow("/etc/passwd") || r.Allow("relative/x") {
		t.Error("the whole system, or a relative path, is a root")
	}
	if err := os.MkdirAll(base+"/real", 0o750); err != nil {
		t.Fatal(err)
	}
	link(t, "real", base+"/later")
	if real, _ := filepath.EvalSymlinks(base + "/later"); !r.Allow(real+"/x") || !r.Allow(real) {
		t.Error("a root that appeared is not allowed")
	}
	if r.Allow(base + "/really") {
		t.Error("a prefix of a name counts as a folder")
	}
}

func TestLocate(t *testing.T) {
	tr := &Tree{Public: "/p/public", Private: "/p/private", WebDAV: "/p/webdav"}
	for _, c := range []struct {
		area area.Area
		name string
		want string
	}{
		{area.Public, "", "/p/public"},
		{area.Public, "feed", "/p/public/feed"},
		{area.Private, "documents/x.json", "/p/private/documents/x.json"},
		{area.Private, "public/x", "/p/private/public/x"},
		{area.Share, "", "/p/webdav"},
		{area.Share, "public", "/p/public"},
		{area.Share, "public/a", "/p/public/a"},
		{area.Share, "private/config/.jio_documents/config.json", "/p/private/config/.jio_documents/config.json"},
		{area.Share, "privately", "/p/webdav/privately"},
		{area.Share, "jio_public", "/p/webdav/jio_public"},
		{area.Share, "jio_public/.jio_documents", "/p/public"},
		{area.Share, "jio_public/.jio_documents/feed", "/p/public/feed"},
		{area.Share, "jio_private/.jio_documents/x", "/p/private/x"},
		{area.Share, "jio_private/config/.jio_documents/config.tmp.json", "/p/private/config/.jio_documents/config.tmp.json"},
		{area.Share, "jio_private/config", "/p/webdav/jio_private/config"},
		{area.Share, "jio_private/.jio_documentsx", "/p/webdav/jio_private/.jio_documentsx"},
	} {
		if got := tr.Locate(area.Path{Area: c.area, Name: c.name}); got != c.want {
			t.Errorf("%d %q: %s, want %s", c.area, c.name, got, c.want)
		}
	}
	for path, want := range map[string]bool{
		"/p/private/config/.jio_documents/config.tmp.json": true,
		"/p/private/config/.jio_documents/a/b":             true,
		"/p/private/config/.jio_documents":                 false,
		"/p/private/config/.jio_documentsx":                false,
		"/p/private/config/x":                              false,
		"/p/public/config/.jio_documents/x":                false,
	} {
		if got := tr.Parameters(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestHidden(t *testing.T) {
	for name, want := range map[string][3]bool{ // private, public, share
		".a": {false, false, false}, ".ab": {true, false, false}, "a.b": {false, false, false}, "": {false, false, false},
		".htaccess": {true, false, false}, ".jio_documents": {true, false, false},
		".DAV": {true, true, true}, ".davfs.tmp1a2b3c": {true, true, true}, TemporaryPrefix + "X": {true, true, true},
	} {
		got := [3]bool{Hidden(area.Private, name), Hidden(area.Public, name), Hidden(area.Share, name)}
		if got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]bool{"": false, "a/b": false, "a/.DAV": true, "a/.DAV/b": true, ".davfs.tmpX/y": true, "a.DAV/b": false, "a/.b/c": false} {
		if got := HasReserved(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestEntriesAndReadable(t *testing.T) {
	tr, partition, outside := newTree(t)
	put(t, tr.Public+"/file", "12345")
	put(t, tr.Public+"/.hidden", "")
	put(t, tr.Public+"/"+TemporaryPrefix+"x", "")
	put(t, partition+"/var/log/big.log", "0123456789")
	link(t, "../../var/log", tr.Public+"/log")
	link(t, "../../var/log/big.log", tr.Public+"/big")
	link(t, outside, tr.Public+"/out")
	link(t, "none", tr.Public+"/broken")
	if err := unix.Mkfifo(tr.Public+"/fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := tr.Open(tr.Public)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all, readable []string
	err = f.Entries(func(e Entry) bool {
		all = append(all, e.Name)
		if e, ok := tr.Readable(f, e); ok {
			kind := "file"
			if e.Mode.IsDir() {
				kind = "folder"
			}
			readable = append(readable, e.Name+" "+kind)
			if e.Name == "big" && e.Size != 10 {
				t.Errorf("a link has its own size, %d", e.Size)
			}
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	slices.Sort(readable)
	if diff := cmp.Diff([]string{".hidden", "big", "broken", "fifo", "file", "log", "out"}, all); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{".hidden file", "big file", "file file", "log folder"}, readable); diff != "" {
		t.Error(diff)
	}
}

func TestUpload(t *testing.T) {
	tr, _, outside := newTree(t)
	path := tr.Public + "/doc"
	put(t, path, "old")
	u, err := tr.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Write([]byte("new!")); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(path); string(data) != "old" {
		t.Fatalf("the file changed before the commit: %q", data)
	}
	if err := u.Commit(); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil || st.Size() != 4 || st.Mode().Perm() != 0o640 || !st.ModTime().Equal(u.ETagTime) {
		t.Errorf("%v %v, commit said %v", st, err, u.ETagTime)
	}
	u, err = tr.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	u.Abort()
	if names, _ := os.ReadDir(tr.Public); len(names) != 1 {
		t.Errorf("something is left: %v", names)
	}
	// Into a folder outside nothing is written, whatever leads there.
	link(t, outside, tr.Public+"/out")
	if _, err := tr.Create(tr.Public + "/out/x"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("upload through a link out: %v", err)
	}
	if _, err := tr.Create(tr.Public + "/none/x"); !IsMissing(err) {
		t.Errorf("upload into nothing: %v", err)
	}
	if _, err := tr.Create(path + "/x"); !IsMissing(err) {
		t.Errorf("upload below a file: %v", err)
	}
}

// Parameters hold passwords: nobody else reads them.
func TestUploadOfParametersIsSecret(t *testing.T) {
	tr, _, _ := newTree(t)
	u, err := tr.Create(tr.Private + "/config/.jio_documents/config.tmp.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := u.Commit(); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(tr.Private + "/config/.jio_documents/config.tmp.json"); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st, err)
	}
}

// Two uploads never have the same time, so that their entity tags differ even
// when their sizes do not.
func TestTimesDiffer(t *testing.T) {
	last := nextTime()
	for range 1000 {
		now := nextTime()
		if !now.After(last) || time.Until(now) > time.Second {
			t.Fatalf("%v after %v", now, last)
		}
		last = now
	}
}

func TestRemoveWalksThroughNoLink(t *testing.T) {
	tr, _, outside := newTree(t)
	put(t, outside+"/kept", "kept")
	if err := os.MkdirAll(tr.Private+"/a/b", 0o750); err != nil {
		t.Fatal(err)
	}
	link(t, outside, tr.Private+"/a/b/out")
	link(t, outside, tr.Private+"/out")
	for _, path := range []string{tr.Private + "/a", tr.Private + "/out"} {
		if err := tr.Remove(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there: %v", path, err)
		}
	}
	if data, err := os.ReadFile(outside + "/kept"); err != nil || string(data) != "kept" {
		t.Errorf("a file behind a link: %q %v", data, err)
	}
}

func TestRename(t *testing.T) {
	tr, _, outside := newTree(t)
	for _, d := range []string{"/from/sub", "/folder/full"} {
		if err := os.MkdirAll(tr.Private+d, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	put(t, tr.Private+"/a", "a")
	put(t, tr.Private+"/b", "b")
	link(t, outside, tr.Private+"/out")
	for _, c := range []struct {
		from, to string
		want     error
	}{
		{"/a", "/b", nil},
		{"/from", "/folder", nil},
		{"/b", "/folder", nil},
		{"/none", "/x", fs.ErrNotExist},
		{"/folder", "/none/x", fs.ErrNotExist},
		{"/folder", "/out/x", fs.ErrPermission},
	} {
		if err := tr.Rename(tr.Private+c.from, tr.Private+c.to); !errors.Is(err, c.want) {
			t.Errorf("%s to %s: %v, want %v", c.from, c.to, err, c.want)
		}
	}
	if data, err := os.ReadFile(tr.Private + "/folder"); err != nil || string(data) != "a" {
		t.Errorf("%q %v", data, err)
	}
}

func TestSweep(t *testing.T) {
	tr, _, outside := newTree(t)
	put(t, tr.Public+"/"+TemporaryPrefix+"left", "half")
	put(t, tr.Private+"/config/.jio_documents/"+TemporaryPrefix+"left", "half")
	put(t, tr.Public+"/feed", "feed")
	put(t, outside+"/"+TemporaryPrefix+"foreign", "foreign")
	link(t, outside, tr.Public+"/out")
	tr.Sweep()
	for path, want := range map[string]bool{
		tr.Public + "/" + TemporaryPrefix + "left":                        false,
		tr.Private + "/config/.jio_documents/" + TemporaryPrefix + "left": false,
		tr.Public + "/feed":                         true,
		outside + "/" + TemporaryPrefix + "foreign": true,
	} {
		if _, err := os.Lstat(path); (err == nil) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
}
