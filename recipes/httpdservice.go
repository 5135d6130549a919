package recipes

import (
	"fmt"
	"os"
	"path/filepath"
)

func init() {
	register(&Recipe{
		Name:    "httpd-wrapper",
		Summary: "an executable that becomes the monitor's server: the embedded one, or Apache. Sets lock-file, which is locked while it runs; reload-command, which has it reopen its logs and read its files again; and renew-command, to be run each minute, empty for the embedded one",
		Options: []Option{
			{Name: "wrapper-path", Meaning: "where the executable goes", Required: true},
			{Name: "server", Meaning: "embedded or apache", Default: "embedded"},
			{Name: "monitor-conf", Meaning: "etc/monitor.conf, for the embedded server", Required: true},
			{Name: "httpd-conf", Meaning: "Apache's configuration", Required: true},
			{Name: "apache-location", Meaning: "the folder of Apache httpd", Default: "/usr"},
			{Name: "pid-file", Meaning: "Apache's pid file", Required: true},
			{Name: "lock-folder", Meaning: "where Apache's lock goes", Required: true},
			{Name: "graceful-path", Meaning: "the executable that runs reload-command; without it, a new certificate waits for the next start of Apache"},
			{Name: "httpd-include-file", Meaning: "Apache directives, which the embedded server cannot follow"},
			{Name: "cert-file", Meaning: "what Apache waits for: its certificate", Required: true},
			{Name: "key-file", Meaning: "and its key", Required: true},
		},
		Plan: planHttpdWrapper,
	})
}

// startApache holds a lock for as long as any process of the server lives, so
// that no number in a pid file, stale or somebody else's, decides anything.
const startApache = `#!/bin/sh -e
exec 9> %[6]s
if ! flock -n 9; then
  echo 'monitor-httpd: already running'
  exit 0
fi
rm -f %[1]s
%[2]s certificate -c %[3]s
exec %[4]s -f %[5]s -DFOREGROUND "$@"
`

// reloadServer signals the server that holds the lock, and no other process.
const reloadServer = "test ! -s %[1]s || flock --nonblock %[2]s true || kill -USR1 $(cat %[1]s)"

func planHttpdWrapper(p *Part) ([]Artifact, error) {
	path, err := p.paths("wrapper-path", "monitor-conf", "httpd-conf", "pid-file", "lock-folder", "cert-file", "key-file")
	if err != nil {
		return nil, err
	}
	embedded, err := p.program("httpd", "monitor-httpd")
	if err != nil {
		return nil, err
	}
	var script string
	switch server := p.Default("server", "embedded"); server {
	case "embedded":
		if include := p.Default("httpd-include-file", ""); include != "" {
			return nil, fmt.Errorf("section [%s]: httpd-include-file = %s holds directives of Apache, which the embedded server cannot follow: set monitor-httpd-server = apache in [monitor-instance-parameter], or leave it empty", p.Name, include)
		}
		script = fmt.Sprintf("#!/bin/sh -e\nexec %s -c %s \"$@\"\n", quote(embedded), quote(path["monitor-conf"]))
		p.Set("lock-file", path["pid-file"])
		p.Set("reload-command", fmt.Sprintf(reloadServer, quote(path["pid-file"]), quote(path["pid-file"])))
		p.Set("renew-command", "") // it looks at its certificate by itself
	case "apache":
		apache, _, err := apacheOf(p.Default("apache-location", "/usr"))
		if err != nil {
			return nil, fmt.Errorf("section [%s]: %w", p.Name, err)
		}
		lock := filepath.Join(path["lock-folder"], "monitor-httpd.lock")
		script = fmt.Sprintf(startApache, quote(path["pid-file"]), quote(embedded), quote(path["monitor-conf"]), quote(apache), quote(path["httpd-conf"]), quote(lock))
		// A graceful restart with a certificate and a key that do not match ends Apache.
		certificate := fmt.Sprintf("%s certificate -c %s", quote(embedded), quote(path["monitor-conf"]))
		reload := fmt.Sprintf(reloadServer, quote(path["pid-file"]), quote(lock))
		p.Set("lock-file", lock)
		p.Set("reload-command", certificate+" && { "+reload+"; }")
		p.Set("renew-command", "")
		if graceful := p.Default("graceful-path", ""); graceful != "" {
			p.Set("renew-command", certificate+" --reload "+quote(graceful))
		}
	default:
		return nil, fmt.Errorf("section [%s]: monitor-httpd-server is embedded or apache, not %q", p.Name, server)
	}
	return []Artifact{{Path: path["wrapper-path"], Content: []byte(script), Mode: executableMode}}, nil
}

// apacheOf finds the program and the modules below a location, as SlapOS
// builds Apache and as Debian packages it.
func apacheOf(location string) (program, modules string, err error) {
	for _, l := range [][2]string{{"bin/httpd", "modules"}, {"sbin/apache2", "lib/apache2/modules"}} {
		program, modules = filepath.Join(location, l[0]), filepath.Join(location, l[1])
		if _, err := os.Stat(program); err == nil {
			return program, modules, nil
		}
	}
	return "", "", fmt.Errorf("there is no Apache httpd in %s: install it, or set location in [apache]", location)
}
