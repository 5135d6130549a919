package tree

import (
	"crypto/rand"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Upload is a file being received beside the one that it will replace. Readers
// see the old file until Commit; whatever happens before leaves the old one.
type Upload struct {
	folder     *File
	name, temp string
	path       string
	file       *os.File
	ETagTime   time.Time // the file's modification time, once committed
	Size       int64
}

// Create starts an upload of path.
func (t *Tree) Create(path string) (*Upload, error) {
	folder, name, err := t.parent(path)
	if err != nil {
		return nil, err
	}
	mode := uint32(fileMode)
	if t.Parameters(path) {
		mode = secretMode
	}
	temp := TemporaryPrefix + rand.Text()
	fd, err := unix.Openat(folder.fd, temp, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, mode)
	if err != nil {
		folder.Close()
		return nil, &fs.PathError{Op: "create", Path: path, Err: err}
	}
	u := &Upload{folder: folder, name: name, temp: temp, path: path, file: os.NewFile(uintptr(fd), path)}
	if err := u.file.Chmod(fs.FileMode(mode)); err != nil { // whatever the umask
		u.Abort()
		return nil, err
	}
	return u, nil
}

// Write implements io.Writer.
func (u *Upload) Write(p []byte) (int, error) {
	n, err := u.file.Write(p)
	u.Size += int64(n)
	return n, err
}

// Commit makes the upload the file, on disk, before it returns.
func (u *Upload) Commit() error {
	u.ETagTime = nextTime()
	ts := []unix.Timespec{unix.NsecToTimespec(u.ETagTime.UnixNano()), unix.NsecToTimespec(u.ETagTime.UnixNano())}
	err := unix.UtimesNanoAt(u.folder.fd, u.temp, ts, unix.AT_SYMLINK_NOFOLLOW)
	if err == nil {
		err = u.file.Sync()
	}
	if err == nil {
		err = unix.Renameat(u.folder.fd, u.temp, u.folder.fd, u.name)
	}
	if err != nil {
		u.Abort()
		return &fs.PathError{Op: "replace", Path: u.path, Err: err}
	}
	err = unix.Fsync(u.folder.fd)
	u.close()
	return err
}

// Abort forgets the upload. The file stays as it was.
func (u *Upload) Abort() {
	unix.Unlinkat(u.folder.fd, u.temp, 0)
	u.close()
}

func (u *Upload) close() {
	u.file.Close()
	u.folder.Close()
}

var lastTime atomic.Int64 // microseconds

// nextTime is now, but never the same microsecond twice: the entity tag then
// tells two uploads of one size apart, however short after another they come.
func nextTime() time.Time {
	for {
		last := lastTime.Load()
		now := max(time.Now().UnixMicro(), last+1)
		if lastTime.CompareAndSwap(last, now) {
			return time.UnixMicro(now)
		}
	}
}
