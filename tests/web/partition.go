// Package web makes partitions and serves them, as an unprivileged user, with
// monitor-httpd or with a real Apache and the generated configuration, for tests
// and measurements that compare the two.
package web

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slapmonitor/pkg/monitorconf"
	"slapmonitor/recipes"
	"slapmonitor/tests/peers"
)

// Partition is a partition on disk that a server can be started on.
type Partition struct {
	Dir    string
	Port   int
	Config *monitorconf.Config
	// User and Password are good for it.
	User, Password string
}

// PasswordFile is what a partition's accounts are unless a test says otherwise:
// admin with "secret", as htpasswd -m hashes it.
const PasswordFile = "admin:$apr1$Fn5dRiZh$5zv/dOkY.EqXUIQi58CRF/\n"

// epoch is when all files of a partition were last changed, so that two
// partitions give the same entity tags.
var epoch = time.Unix(1700000000, 123456000)

// New makes a partition in a folder that an unprivileged server can reach. files
// are relative to it; "-> target" is a link, a name that ends in a slash a
// folder. options are further lines of [httpd].
func New(t testing.TB, files map[string]string, options ...string) *Partition {
	t.Helper()
	dir, err := os.MkdirTemp("", "monitor-web-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &Partition{Dir: dir, Port: peers.FreePort(t), User: "admin", Password: "secret"}
	for _, folder := range []string{"etc", "var/log/monitor", "var/run", "srv/monitor/public", "srv/monitor/private/config/.jio_documents", "srv/monitor/state"} {
		p.write(t, folder+"/", "")
	}
	for name, target := range map[string]string{
		"public": "../public", "private": "../private", "jio_public/.jio_documents": "../../public", "jio_private/.jio_documents": "../../private",
	} {
		p.write(t, "srv/monitor/webdav/"+name, "-> "+target)
	}
	p.write(t, "srv/monitor/private/log", "-> ../../../var/log")
	p.write(t, "etc/monitor-htpasswd", PasswordFile)
	p.write(t, "etc/monitor.conf", fmt.Sprintf(`[monitor]
title = Test
[httpd]
listening-ip = 127.0.0.1
port = %d
cors-domains = monitor.app.officejs.com panel.example:8443
httpd-cors-config-file = %s/etc/httpd-cors.cfg
%s
`, p.Port, dir, strings.Join(options, "\n")))
	for name, text := range files {
		p.write(t, name, text)
	}
	if p.Config, err = monitorconf.Load(filepath.Join(dir, "etc/monitor.conf")); err != nil {
		t.Fatal(err)
	}
	p.configureApache(t)
	p.handOver(t)
	return p
}

func (p *Partition) write(t testing.TB, name, text string) {
	t.Helper()
	path := p.Dir + "/" + name
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	var err error
	target, isLink := strings.CutPrefix(text, "-> ")
	switch {
	case strings.HasSuffix(name, "/"):
	case isLink:
		err = os.Symlink(target, path)
	default:
		err = os.WriteFile(path, []byte(text), 0o640)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Path is a file below the served folders.
func (p *Partition) Path(name string) string { return filepath.Join(p.Dir, "srv/monitor", name) }

// configureApache writes Apache's configuration as the generator does.
func (p *Partition) configureApache(t testing.TB) {
	t.Helper()
	c := p.Config
	sections := recipes.Sections{
		{Name: "monitor-httpd-conf-parameter", Options: recipes.Pairs{
			{Option: "listening-ip", Value: "127.0.0.1"}, {Option: "port", Value: strconv.Itoa(p.Port)},
			{Option: "pid-file", Value: c.HTTPD.PIDFile}, {Option: "access-log", Value: c.HTTPD.AccessLog}, {Option: "error-log", Value: c.HTTPD.ErrorLog},
			{Option: "cert-file", Value: c.HTTPD.CertFile}, {Option: "key-file", Value: c.HTTPD.KeyFile}, {Option: "htpasswd-file", Value: c.HTTPD.HtpasswdFile},
			{Option: "httpd-cors-config-file", Value: p.Dir + "/etc/httpd-cors.cfg"},
			{Option: "httpd-include-file", Value: c.HTTPD.IncludeFile}, {Option: "webdav-write", Value: c.HTTPD.WebDAVWrite},
		}},
		{Name: "monitor-conf-parameters", Options: recipes.Pairs{
			{Option: "state-folder", Value: c.StateFolder}, {Option: "public-folder", Value: c.PublicFolder},
			{Option: "private-folder", Value: c.PrivateFolder}, {Option: "webdav-folder", Value: c.WebDAVFolder},
		}},
	}
	for _, part := range []recipes.Request{
		{Name: "monitor-httpd-conf", Recipe: recipes.Egg + ":httpd-conf", Options: recipes.Pairs{{Option: "output", Value: p.Dir + "/etc/monitor-httpd.conf"}}},
		{Name: "monitor-httpd-cors", Recipe: recipes.Egg + ":httpd-cors", Options: recipes.Pairs{
			{Option: "output", Value: p.Dir + "/etc/httpd-cors.cfg"}, {Option: "domain", Value: strings.Join(c.HTTPD.CORSDomains, " ")}}},
	} {
		part.Phase, part.Directory, part.Sections = recipes.Install, p.Dir, sections
		if _, err := recipes.Do(part); err != nil {
			t.Fatal(err)
		}
	}
}

// nobody is who servers run as when the tests run as root.
var nobody = sync.OnceValues(func() (*syscall.Credential, error) {
	u, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
})

// handOver gives everything to the user that servers run as, with one time.
func (p *Partition) handOver(t testing.TB) {
	t.Helper()
	var credential *syscall.Credential
	if os.Geteuid() == 0 {
		var err error
		if credential, err = nobody(); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.WalkDir(p.Dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && credential != nil {
			err = os.Lchown(path, int(credential.Uid), int(credential.Gid))
		}
		if err == nil && d.Type()&fs.ModeSymlink == 0 {
			err = os.Chtimes(path, epoch, epoch)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
