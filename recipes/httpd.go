package recipes

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"

	"slapmonitor/pkg/httpd/cors"
	"slapmonitor/templates"
)

func init() {
	register(&Recipe{
		Name:    "httpd-conf",
		Summary: "the configuration of Apache httpd for a monitor, whether Apache serves it or not",
		Options: []Option{
			{Name: "output", Meaning: "the file", Required: true},
			{Name: "apache-location", Meaning: "the folder of Apache httpd", Default: "/usr"},
			{Name: "httpd", Meaning: "the section of the server's settings", Default: "monitor-httpd-conf-parameter"},
			{Name: "monitor", Meaning: "the section of the monitor's folders", Default: "monitor-conf-parameters"},
		},
		Plan: planHttpdConf,
	})
	register(&Recipe{
		Name:    "httpd-cors",
		Summary: "which web pages may read the monitor, for Apache",
		Options: []Option{
			{Name: "output", Meaning: "the file", Required: true},
			{Name: "domain", Meaning: "hosts or origins, with blanks between them"},
		},
		Plan: planHttpdCORS,
	})
}

func planHttpdConf(p *Part) ([]Artifact, error) {
	output, err := p.Path("output")
	if err != nil {
		return nil, err
	}
	httpd, err := p.Section(p.Default("httpd", "monitor-httpd-conf-parameter"))
	if err != nil {
		return nil, err
	}
	monitor, err := p.Section(p.Default("monitor", "monitor-conf-parameters"))
	if err != nil {
		return nil, err
	}
	// Without an Apache the file says where Debian's would be.
	_, modules, err := apacheOf(p.Default("apache-location", "/usr"))
	if err != nil {
		modules = "/usr/lib/apache2/modules"
	}
	context := templates.Context{
		"modules":      modules,
		"include_file": value(httpd, "httpd-include-file"),
		"webdav_write": value(httpd, "webdav-write"),
	}
	address := value(httpd, "listening-ip")
	context["listen"] = net.JoinHostPort(strings.Trim(address, "[]"), value(httpd, "port"))
	// Apache takes no IPv6 literal here; what clients see is their own Host.
	context["server_name"] = "localhost"
	for _, path := range []struct {
		name    string
		options Pairs
		option  string
	}{
		{"pid_file", httpd, "pid-file"}, {"access_log", httpd, "access-log"}, {"error_log", httpd, "error-log"},
		{"cert_file", httpd, "cert-file"}, {"key_file", httpd, "key-file"}, {"htpasswd_file", httpd, "htpasswd-file"},
		{"cors_file", httpd, "httpd-cors-config-file"}, {"runtime", monitor, "state-folder"},
		{"public", monitor, "public-folder"}, {"private", monitor, "private-folder"}, {"webdav", monitor, "webdav-folder"},
	} {
		v := value(path.options, path.option)
		if !filepath.IsAbs(v) || strings.ContainsAny(v, "\"\n") {
			return nil, fmt.Errorf("section [%s]: Apache needs %q to be an absolute path without quotes, not %q", p.Name, path.option, v)
		}
		context[path.name] = filepath.Clean(v)
	}
	content, err := templates.Render("monitor-httpd.conf", context)
	return []Artifact{{Path: output, Content: content}}, err
}

func value(options Pairs, option string) string {
	v, _ := options.Lookup(option)
	return strings.TrimSpace(v)
}

func planHttpdCORS(p *Part) ([]Artifact, error) {
	output, err := p.Path("output")
	if err != nil {
		return nil, err
	}
	rules, err := cors.Parse(strings.Fields(p.Default("domain", "")))
	if err != nil {
		return nil, fmt.Errorf("section [%s]: %w", p.Name, err)
	}
	content, err := templates.Render("httpd-cors.cfg", templates.Context{
		"hosts": rules.ApacheHosts(), "origins": rules.ApacheOrigins(),
	})
	return []Artifact{{Path: output, Content: content}}, err
}
