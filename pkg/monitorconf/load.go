package monitorconf

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"gopkg.in/ini.v1"
)

// What the profile gives for keys that say nothing of the partition itself.
const (
	defaultTitle     = "UNKNOWN Software Instance"
	defaultRootTitle = "UNKNOWN Hosting Subscription"
	defaultInterface = "https://monitor.app.officejs.com/#page=ojsm_landing"
	defaultUsername  = "admin"
	defaultDays      = 30
	defaultCollector = "/srv/slapgrid/var/data-log/collector.db"
)

// Load reads the monitor.conf at path. A key that is absent, or present with
// no value, gets the value that the stack's profile would have given it; keys
// and sections that nothing here knows are left alone. Every error is one
// sentence that names the file, the key and the remedy.
func Load(path string) (*Config, error) {
	file, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", path, err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the monitor configuration: %w; give the partition's etc/monitor.conf with -c", err)
	}
	return parse(file, data)
}

// parse is Load without the disk.
func parse(file string, data []byte) (*Config, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s is not UTF-8 text; write it again from its profile", file)
	}
	text := significant(string(data))
	// The options make ini.v1 read what Python's ConfigParser without
	// interpolation reads (contract/buildout.md 2). It looks ahead within one
	// buffer for the end of a value, hence a buffer for the whole file.
	f, err := ini.LoadSources(ini.LoadOptions{
		IgnoreInlineComment:        true,
		PreserveSurroundedQuote:    true,
		IgnoreContinuation:         true,
		KeyValueDelimiters:         "=:",
		AllowPythonMultilineValues: true,
		InsensitiveKeys:            true,
		ReaderBufferSize:           len(text) + 4096,
	}, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w; every line must be a [section], a key = value or an indented continuation", file, err)
	}
	if !f.HasSection("monitor") {
		return nil, fmt.Errorf("%s has no [monitor] section; give the partition's etc/monitor.conf", file)
	}
	r := &reader{file: file, sections: f}
	c := r.config()
	if r.err != nil {
		return nil, r.err
	}
	return c, nil
}

// significant is text without its empty lines and comment lines, which Python
// skips even inside a value and ini.v1 does not. Quotes mean nothing to Python;
// ini.v1 leaves them alone only where a value begins on a line of its own.
func significant(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(text))
	for line := range strings.Lines(text) {
		if t := strings.TrimSpace(line); t == "" || t[0] == '#' || t[0] == ';' {
			continue
		}
		if i := quoted(line); i > 0 {
			b.WriteString(line[:i] + "\n ")
			line = line[i:]
		}
		b.WriteString(line)
	}
	return b.String()
}

// quoted is where the value begins in a line like key = `value or key = """value,
// 0 in any other line.
func quoted(line string) int {
	i := strings.IndexAny(line, "=:")
	if i <= 0 || strings.ContainsRune(" \t[", rune(line[0])) {
		return 0
	}
	if value := strings.TrimLeft(line[i+1:], " \t"); strings.HasPrefix(value, "`") || strings.HasPrefix(value, `"""`) {
		return i + 1
	}
	return 0
}

// config fills every field. Both eras' keys are known: where the 2017 stack
// and today's differ, the key that can mean only one thing comes first.
func (r *reader) config() *Config {
	c := &Config{File: r.file}
	c.Partition = r.path("promises", "partition-folder", partitionOf(r.file))
	at := func(elem ...string) string { return filepath.Join(append([]string{c.Partition}, elem...)...) }

	c.Title = r.line("monitor", "title", defaultTitle)
	c.RootTitle = r.line("monitor", "root-title", defaultRootTitle)
	c.InterfaceURL = r.line("monitor", "interface-url", defaultInterface)
	c.Username = r.line("monitor", "username", defaultUsername)
	c.PublicFolder = r.path("monitor", "public-folder", at("srv/monitor/public"))
	c.PrivateFolder = r.path("monitor", "private-folder", at("srv/monitor/private"))
	c.WebDAVFolder = r.path("monitor", "webdav-folder", at("srv/monitor/webdav"))
	c.DocumentFolder = r.path("monitor", "document-folder", filepath.Join(c.PrivateFolder, "documents"))
	c.LogFolder = r.path("monitor", "log-folder", at("var/log/monitor"))
	c.PIDFolder = r.path("monitor", "service-pid-folder", at("var/run/monitor"))
	c.StateFolder = r.path("monitor", "state-folder", at("srv/monitor/state"))
	c.ArchiveDays = r.number("monitor", "archive-days", defaultDays)
	c.PublicPaths = r.paths("monitor", "public-path-list")
	c.PrivatePaths = r.paths("monitor", "private-path-list")
	c.MonitorURLs = trimSlashes(strings.Fields(r.text("monitor", "monitor-url-list", "")))
	c.Parameters = lines(r.text("monitor", "parameter-list", ""))
	c.ParameterFile = r.path("monitor", "parameter-file-path", at("etc/monitor_knowledge0.cfg"))
	c.ReportFolder = r.path("monitor", "report-folder", at("etc/monitor-report"))
	c.PromiseTimeoutFile = r.path("monitor", "promises-timeout-file", at("etc/promise_timeout"))
	c.BootstrapStatus = r.path("monitor", "promise-output-file", at("var/monitor/monitor-bootstrap-status"))
	c.CollectorDB = r.optionalPath("monitor", "collector-db", defaultCollector)
	c.PromiseSource = r.oneOf("monitor", "promise-source", "run", "slapgrid")

	// In the 2017 stack promise-folder of [monitor] is etc/promise; today
	// promise-folder of [promises] is etc/plugin and the executables have a
	// key of their own. Running plugins as executables must not happen.
	c.PluginFolder = r.path("promises", "promise-folder", at("etc/plugin"))
	c.PromiseFolder = r.path("promises", "legacy-promise-folder",
		r.path("monitor", "promise-folder", at("etc/promise")))
	c.MonitorPromises = r.path("monitor", "monitor-promise-folder", at("etc/monitor-promise"))

	r.identity(c)
	r.httpd(c, at)
	c.BaseURL = r.baseURL("monitor", "base-url", c.HTTPD)
	return c
}

// identity reads who the partition is to its master.
func (r *reader) identity(c *Config) {
	c.PartitionID = r.line("promises", "partition-id", "")
	c.ComputerID = r.line("promises", "computer-id", "")
	c.MasterURL = r.line("promises", "master-url", "")
	c.MasterCert = r.optionalPath("promises", "partition-cert", "")
	c.MasterKey = r.optionalPath("promises", "partition-key", "")
	c.MasterCA = r.optionalPath("promises", "master-ca-file", "")
	c.MasterInsecure = strings.EqualFold(r.line("promises", "master-verify", ""), "false")
	c.IPv4 = r.line("promises", "ipv4", "")
	c.IPv6 = r.line("promises", "ipv6", "")
	c.SoftwareRelease = r.line("promises", "software-release", "")
	c.SoftwareType = r.line("promises", "software-type", "")
}

// httpd reads what the embedded server listens on and where its files are.
func (r *reader) httpd(c *Config, at func(...string) string) {
	c.HTTPD = HTTPD{
		IP:           r.address("httpd", "listening-ip"),
		Port:         r.port("httpd", "port"),
		PIDFile:      r.path("httpd", "pid-file", at("var/run/monitor-httpd.pid")),
		AccessLog:    r.path("httpd", "access-log", at("var/log/monitor-httpd-access.log")),
		ErrorLog:     r.path("httpd", "error-log", at("var/log/monitor-httpd-error.log")),
		CertFile:     r.path("httpd", "cert-file", at("etc/ssl/certs/monitor-httpd.crt")),
		KeyFile:      r.path("httpd", "key-file", at("etc/ssl/keys/monitor-httpd.key")),
		HtpasswdFile: r.path("httpd", "htpasswd-file", at("etc/monitor-htpasswd")),
		CORSDomains:  strings.Fields(r.text("httpd", "cors-domains", "")),
		IncludeFile:  r.optionalPath("httpd", "httpd-include-file", ""),
		WebDAVWrite:  r.oneOf("httpd", "webdav-write", "config", "all"),
	}
}

// partitionOf is the partition that file configures: the parent of its etc/,
// or its own folder when it does not stand in an etc/.
func partitionOf(file string) string {
	dir := filepath.Dir(file)
	if filepath.Base(dir) == "etc" {
		return filepath.Dir(dir)
	}
	return dir
}
