package recipes

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slapmonitor/pkg/connection"
	"slapmonitor/pkg/monitorconf"
)

var confSections = []Section{
	{"monitor-conf-parameters", Pairs{
		{"title", "T é 50%"}, {"recipe", ""}, {"public-path-list", ""}, {"private-path-list", "/a\n/b"},
		{"monitor-url-list", ""}, {"own-key", "kept"}, {"_digest", "x"}, {"multi", "a\n\n  [promises]\nb = c"},
	}},
	{"monitor-promise-conf", Pairs{{"partition-id", "slappart0"}}},
	{"monitor-httpd-conf-parameter", Pairs{{"port", "8196"}}},
	{"monitor-base-url-dict", Pairs{{"z", "https://z"}, {"a", " https://a "}, {"empty", ""}}},
}

func TestMonitorConf(t *testing.T) {
	dir := t.TempDir()
	install(t, "monitor-conf", dir, Pairs{{"output", dir + "/etc/monitor.conf"}, {"cors-domains", "a.example b.example"}}, confSections...)
	want := `[monitor]
title = T é 50%
public-path-list = 
private-path-list = /a
  /b
own-key = kept
multi = a
  [promises]
  b = c
monitor-url-list =
  https://z
  https://a


[promises]
partition-id = slappart0

[httpd]
port = 8196
cors-domains = a.example b.example
`
	if diff := cmp.Diff(want, read(t, dir, "etc/monitor.conf")); diff != "" {
		t.Error(diff)
	}
	conf, err := monitorconf.Load(dir + "/etc/monitor.conf")
	if err != nil {
		t.Fatal(err)
	}
	if conf.Title != "T é 50%" || conf.HTTPD.Port != "8196" || !cmp.Equal(conf.MonitorURLs, []string{"https://z", "https://a"}) {
		t.Errorf("read back %+v", conf)
	}
}

func TestURLListWinsOverDictionary(t *testing.T) {
	dir := t.TempDir()
	sections := append([]Section{{"monitor-conf-parameters", Pairs{{"monitor-url-list", "https://1 https://2\nhttps://3"}}}}, confSections[1:]...)
	install(t, "monitor-conf", dir, Pairs{{"output", dir + "/c"}}, sections...)
	if got := read(t, dir, "c"); !strings.Contains(got, "monitor-url-list =\n  https://1\n  https://2\n  https://3\n") || strings.Contains(got, "https://z") {
		t.Error(got)
	}
}

func TestMonitorLinks(t *testing.T) {
	dir := t.TempDir()
	conf := func(private string) Section {
		return Section{"monitor-conf-parameters", Pairs{
			{"public-folder", dir + "/public"}, {"private-folder", dir + "/private"}, {"webdav-folder", dir + "/webdav/"},
			{"public-path-list", ""}, {"private-path-list", private},
		}}
	}
	reply := install(t, "monitor-links", dir, nil, conf(dir+"/var/log/ "+dir+"/x\n"+dir+"/x"))
	got := map[string]string{}
	if len(reply.Paths) > 0 {
		t.Errorf("links are not for buildout to delete: %s", reply.Paths)
	}
	made, _ := reply.Options.Lookup(LinksOption)
	for _, p := range lines(made) {
		target, err := os.Readlink(p)
		if err != nil {
			t.Fatal(err)
		}
		got[strings.TrimPrefix(p, dir)] = strings.TrimPrefix(target, dir)
	}
	want := map[string]string{
		"/webdav/public": "/public", "/webdav/private": "/private",
		"/webdav/jio_public/.jio_documents": "/public", "/webdav/jio_private/.jio_documents": "/private",
		"/webdav/jio_private/config": "/private/config",
		"/private/log":               "/var/log", "/private/x": "/x",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{"relative", "/", "/a/log /b/log"} {
		if _, err := part(t, "monitor-links", Init, dir, nil, conf(bad)); err == nil {
			t.Errorf("private-path-list = %s was accepted", bad)
		}
	}
}

func TestTemplate(t *testing.T) {
	for _, c := range []struct {
		name, text, want, err string
	}{
		{"references", "a ${s:k} ${:own} $HOME $(x)", "a v mine $HOME $(x)", ""},
		{"later references", "$${s:k} $$ $$${s:k}", "${s:k} $$ $$v", ""},
		{"inserted text is not read again", "${s:ref}", "${s:k}", ""},
		{"missing option", "${s:ghost}", "", "Referenced option does not exist: s ghost"},
		{"missing own option", "${:ghost}", "", "Referenced option does not exist: part ghost"},
		{"not a reference", "${a/b:c} ${x", "${a/b:c} ${x", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(dir+"/text", []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			options := Pairs{{"url", dir + "/text"}, {"own", "mine"}, {"output", dir + "/out"}}
			section := Section{"s", Pairs{{"k", "v"}, {"ref", "${s:k}"}}}
			_, err := part(t, "template", Init, dir, options, section)
			if c.err != "" {
				if err == nil || err.Error() != c.err {
					t.Fatalf("got %v", err)
				}
				return
			}
			install(t, "template", dir, options, section)
			if diff := cmp.Diff(c.want, read(t, dir, "out")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTemplateOfAKnownContent(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/text", []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	options := Pairs{{"url", dir + "/text"}, {"output", dir + "/out"}, {"md5sum", "0CC175B9c0f1b6a831c399e269772661"}}
	install(t, "template", dir, options)
	_, err := part(t, "template", Init, dir, options.With("md5sum", "d41d8cd98f00b204e9800998ecf8427e"))
	if err == nil || !strings.Contains(err.Error(), "has the md5sum 0cc175b9c0f1b6a831c399e269772661, not d41d8cd98f00b204e9800998ecf8427e") {
		t.Error(err)
	}
}

func TestTextInTheProfileIsResolvedAlready(t *testing.T) {
	dir := t.TempDir()
	for option, text := range map[string]string{"inline": "${a:b} $${c:d}", "input": "inline: ${a:b} $${c:d}"} {
		install(t, "template", dir, Pairs{{option, text}, {"output", dir + "/" + option}})
		if got := read(t, dir, option); got != "${a:b} ${c:d}" {
			t.Errorf("%s: %q", option, got)
		}
	}
}

func TestTemplateModes(t *testing.T) {
	for _, c := range []struct {
		text, given string
		want        os.FileMode
	}{
		{"text", "", 0o640}, {"#!/bin/sh", "", 0o750}, {"text", "600", 0o600}, {"#!/bin/sh", "0744", 0o744},
	} {
		dir := t.TempDir()
		install(t, "template", dir, Pairs{{"inline", c.text}, {"output", dir + "/out"}, {"mode", c.given}})
		if got := mode(t, dir, "out"); got != c.want {
			t.Errorf("%q with mode %q: %v", c.text, c.given, got)
		}
	}
}

func TestTemplateAsksForAllSectionsAtOnce(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/text", []byte("${b:k} ${a:k} ${b:j}"), 0o600); err != nil {
		t.Fatal(err)
	}
	reply, err := part(t, "template", Init, dir, Pairs{{"url", "file://" + dir + "/text"}, {"output", "f"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b", "a"}, reply.Sections); diff != "" {
		t.Error(diff)
	}
}

func TestCronEntry(t *testing.T) {
	for _, c := range []struct {
		options Pairs
		want    string // "" is an error
	}{
		{Pairs{{"frequency", "*/5 * * * *"}, {"command", "a | b"}}, "*/5 * * * * a | b\n"},
		{Pairs{{"frequency", "@daily"}, {"command", "a"}}, "@daily a\n"},
		{Pairs{{"time", "hourly"}, {"command", "a"}}, "0 * * * * a\n"},
		{Pairs{{"time", "sometimes"}, {"command", "a"}}, ""},
		{Pairs{{"frequency", "61 * * * *"}, {"command", "a"}}, ""},
		{Pairs{{"command", "a"}}, ""},
		{Pairs{{"frequency", "@daily"}, {"command", "a\nb"}}, "@daily a\n@daily b\n"},
		{Pairs{{"frequency", "@daily"}, {"command", "a"}, {"name", "x/y"}}, ""},
	} {
		dir := t.TempDir()
		options := append(Pairs{{"cron-entries", dir}, {"name", "entry"}}, c.options...)
		for _, o := range c.options {
			options = options.With(o.Option, o.Value)
		}
		_, err := part(t, "cron.d", Init, dir, options)
		if (err == nil) != (c.want != "") {
			t.Errorf("%v: %v", c.options, err)
		}
		if err == nil {
			install(t, "cron.d", dir, options)
			if got := read(t, dir, "entry"); got != c.want {
				t.Errorf("%v: %q", c.options, got)
			}
		}
	}
}

func TestAddressAndSetupURL(t *testing.T) {
	for _, c := range []struct{ ip, port, want string }{
		{"::1", "8196", "https://[::1]:8196"}, {"127.0.0.1", "1", "https://127.0.0.1:1"},
		{"nowhere", "1", ""}, {"::1", "0", ""}, {"::1", "65536", ""},
	} {
		reply, err := part(t, "address", Init, "/d", Pairs{{"ip", c.ip}, {"port", c.port}})
		if err != nil {
			if c.want != "" {
				t.Errorf("%v: %v", c, err)
			}
			continue
		}
		if got, _ := reply.Options.Lookup("url"); got != c.want {
			t.Errorf("%v: %q", c, got)
		}
	}
	options := Pairs{{"interface-url", "https://i/#page=ojsm_landing"}, {"base-url", "https://[::1]:1"}, {"user", "admin"}, {"password", "abc"}}
	reply, err := part(t, "setup-url", Init, "/d", options)
	if err != nil {
		t.Fatal(err)
	}
	want := "https://i/#page=ojsm_landing&url=https://[::1]:1/public/feeds&username=admin&password=abc"
	if got, _ := reply.Options.Lookup("url"); got != want {
		t.Error(got)
	}
	_, err = part(t, "setup-url", Init, "/d", options.With("password", "a&b=c"))
	if err == nil || strings.Contains(err.Error(), "a&b=c") || !strings.Contains(err.Error(), "password") {
		t.Errorf("a password that breaks the link: %v", err)
	}
}

func TestPromise(t *testing.T) {
	dir := t.TempDir()
	config := Pairs{{"config-url", "https://x/'\n☃"}, {"config-password", "secret"}}
	plugin := install(t, "promise", dir, append(Pairs{{"name", "x.py"}, {"promise", "check_url_available"}, {"module", "slapos.promise.plugin.check_url_available"}, {"output", dir + "/etc/plugin/x.py"}, {"eggs-path", "/egg one\n/egg two"}}, config...))
	if diff := cmp.Diff([]string{dir + "/etc/plugin/x.py"}, plugin.Paths); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"config-password"}, plugin.Secrets); diff != "" {
		t.Error(diff)
	}
	text := read(t, dir, "etc/plugin/x.py")
	for _, want := range []string{
		"sys.path[0:0] = (\n  '/egg one',\n  '/egg two',\n)\n", "extra_config_dict = {'password': 'secret', 'url': \"https://x/'\\n☃\"}\n",
		"\nfrom slapos.promise.plugin.check_url_available import RunPromise\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	check := install(t, "promise", dir, append(Pairs{{"name", "x"}, {"promise", "check_url_available"}, {"promise-folder", dir + "/etc/promise"}}, config...))
	script := read(t, check.Paths[0])
	if filepath.Base(check.Paths[0]) != "x" || mode(t, check.Paths[0]) != 0o700 {
		t.Errorf("%v has mode %v", check.Paths, mode(t, check.Paths[0]))
	}
	command, _, _ := strings.Cut(script, "<<")
	if strings.Contains(command, "secret") || !strings.Contains(script, `"password":"secret"`) {
		t.Errorf("the configuration belongs on standard input:\n%s", script)
	}
	for _, bad := range []Pairs{
		{{"name", "x"}}, {{"name", "a/b"}, {"promise", "check_url_available"}},
		{{"name", "x"}, {"module", "own.module"}}, {{"name", "x.py"}, {"promise", "no good"}},
	} {
		if _, err := part(t, "promise", Init, dir, bad); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
}

// A plugin's configuration is text that consumers' tests look for: sorted, and
// broken as Python's pprint breaks it.
func TestPluginConfigurationIsAsPprintWritesIt(t *testing.T) {
	dir := t.TempDir()
	install(t, "promise", dir, Pairs{
		{"name", "x.py"}, {"promise", "check_surykatka_json"}, {"eggs-path", "/e"}, {"config-url", "https://path.example.com/path"},
		{"config-report", "http_query"}, {"config-enabled-sense-list", "dns_query tcp_server http_query ssl_certificate elapsed_time"},
		{"config-text", "one line that is too long for what is left of this line of the page, é\nand another"},
	})
	want := `extra_config_dict = { 'enabled-sense-list': 'dns_query tcp_server http_query ssl_certificate '
                        'elapsed_time',
  'report': 'http_query',
  'text': 'one line that is too long for what is left of this line of the '
          'page, é\n'
          'and another',
  'url': 'https://path.example.com/path'}
`
	if got := read(t, dir, "etc/plugin/x.py"); !strings.Contains(got, want) {
		t.Errorf("no %s in\n%s", want, got)
	}
}

func TestPromiseOfItsOwnClassOrFile(t *testing.T) {
	dir := t.TempDir()
	base := Pairs{{"output", dir + "/etc/plugin/x.py"}, {"eggs-path", "/e"}}
	for _, c := range []struct {
		more       Pairs
		want, fail string
	}{
		{Pairs{{"module", "own.module"}, {"class", "Own"}}, "\nfrom own.module import Own as RunPromise\n", ""},
		{Pairs{{"module", "own.module"}, {"class", "RunPromise"}}, "\nfrom own.module import RunPromise\n", ""},
		{Pairs{{"module", ""}, {"file", "bin/it's.py"}}, "\nwith open(\"" + dir + "/bin/it's.py\") as _file:\n  exec(compile(_file.read(), \"" + dir + "/bin/it's.py\", 'exec'))\n", ""},
		{Pairs{{"name", "said otherwise"}, {"module", "own.module"}}, "\nfrom own.module import RunPromise\n", ""},
		{Pairs{{"module", "own.module"}, {"file", "/x"}}, "", "leave one of them empty"},
		{Pairs{{"module", "own.module"}, {"class", "a b"}}, "", "name of a Python class"},
		{Pairs{{"name", "executable"}, {"output", "etc/x"}, {"file", "/x"}}, "", "end its name \"executable\" in .py"},
		{Pairs{{"module", "own.module"}, {"mode", "rw"}}, "", "a mode is octal"},
	} {
		options := slices.Clone(base)
		for _, o := range c.more {
			options = options.With(o.Option, o.Value)
		}
		if _, err := part(t, "promise", Init, dir, options); (err == nil) != (c.fail == "") || err != nil && !strings.Contains(err.Error(), c.fail) {
			t.Errorf("%v: %v", c.more, err)
		}
		if c.fail != "" {
			continue
		}
		install(t, "promise", dir, append(options, Pair{"mode", "600"}))
		if got := read(t, dir, "etc/plugin/x.py"); !strings.Contains(got, c.want) || mode(t, dir, "etc/plugin/x.py") != 0o600 {
			t.Errorf("%v: mode %v\n%s", c.more, mode(t, dir, "etc/plugin/x.py"), got)
		}
	}
}

func TestPublishWithoutMaster(t *testing.T) {
	dir := t.TempDir()
	settings := Section{"slap-connection", Pairs{{"server-url", ""}}}
	reply := install(t, "publish", dir, Pairs{{"recipe", "r"}, {"monitor-setup-url", "u&password=p"}, {"-extends", "more"}, {"own", "1"}}, settings,
		Section{"more", Pairs{{"recipe", "r"}, {"own", "2"}, {"other", "3"}}})
	want := "{\n  \"parameters\": {\n    \"monitor-setup-url\": \"u&password=p\",\n    \"other\": \"3\",\n    \"own\": \"1\"\n  },\n  \"serialised\": false\n}\n"
	if diff := cmp.Diff(want, read(t, dir, connection.File)); diff != "" {
		t.Error(diff)
	}
	if mode(t, dir, connection.File) != 0o600 {
		t.Error("everybody may read the setup URL")
	}
	if diff := cmp.Diff([]string{"monitor-setup-url", "-extends", "own"}, reply.Secrets); diff != "" {
		t.Error(diff)
	}
}

func TestLogrotateEntry(t *testing.T) {
	dir := t.TempDir()
	install(t, "logrotate.d", dir, Pairs{{"logrotate-entries", dir}, {"name", "n"}, {"log", "/a.log /b*.log"}, {"post", "kill -USR1 1"}, {"copytruncate", "true"}, {"rotate-num", "7"}, {"frequency", "weekly"}})
	want := "/a.log /b*.log {\n  weekly\n  rotate 7\n  missingok\n  notifempty\n  dateext\n  copytruncate\n  compress\n  sharedscripts\n  postrotate\n    kill -USR1 1\n  endscript\n}\n"
	if diff := cmp.Diff(want, read(t, dir, "n")); diff != "" {
		t.Error(diff)
	}
}

func TestApacheConfiguration(t *testing.T) {
	dir := t.TempDir()
	httpd := Pairs{{"listening-ip", "::1"}, {"port", "8196"}, {"httpd-include-file", ""}, {"webdav-write", ""}}
	for _, o := range []string{"pid-file", "access-log", "error-log", "cert-file", "key-file", "htpasswd-file", "httpd-cors-config-file"} {
		httpd = append(httpd, Pair{o, dir + "/" + o})
	}
	var monitor Pairs
	for _, o := range []string{"state-folder", "public-folder", "private-folder", "webdav-folder"} {
		monitor = append(monitor, Pair{o, dir + "/" + o})
	}
	sections := []Section{{"monitor-httpd-conf-parameter", httpd}, {"monitor-conf-parameters", monitor}}
	install(t, "httpd-conf", dir, Pairs{{"output", dir + "/httpd.conf"}}, sections...)
	text := read(t, dir, "httpd.conf")
	for _, want := range []string{"\nListen [::1]:8196 https\n", "\nServerName localhost\n", `PidFile "` + dir + `/pid-file"`, `Include "` + dir + `/httpd-cors-config-file"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	bad := []Section{sections[0], {"monitor-conf-parameters", append(monitor[:3:3], Pair{"webdav-folder", "/a\"b"})}}
	if _, err := part(t, "httpd-conf", Init, dir, Pairs{{"output", dir + "/x"}}, bad...); err == nil {
		t.Error("a path with a quote was written into Apache's configuration")
	}
}

func TestCORSFirstLineIsAsConsumersKnowIt(t *testing.T) {
	dir := t.TempDir()
	install(t, "httpd-cors", dir, Pairs{{"output", dir + "/c"}, {"domain", "monitor.app.officejs.com"}})
	first, _, _ := strings.Cut(read(t, dir, "c"), "\n")
	if want := `SetEnvIf Origin "^http(s)?://(.+\.)?(monitor\.app\.officejs\.com)$" ORIGIN_DOMAIN=$0`; first != want {
		t.Error(first)
	}
}

func TestHttpdWrapper(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(dir+"/apache/bin", 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/apache/bin/httpd", nil, 0o700); err != nil {
		t.Fatal(err)
	}
	options := func(more ...Pair) Pairs {
		out := Pairs{{"wrapper-path", dir + "/w"}, {"apache-location", dir + "/apache"}}
		for _, o := range []string{"monitor-conf", "httpd-conf", "pid-file", "lock-folder", "cert-file", "key-file"} {
			out = append(out, Pair{o, dir + "/" + o})
		}
		return append(out, more...)
	}
	install(t, "httpd-wrapper", dir, options())
	if got := read(t, dir, "w"); !strings.Contains(got, "/monitor-httpd -c "+dir+"/monitor-conf ") {
		t.Error(got)
	}
	install(t, "httpd-wrapper", dir, options(Pair{"server", "apache"}, Pair{"httpd-include-file", "/x"}))
	if got := read(t, dir, "w"); !strings.Contains(got, "exec "+dir+"/apache/bin/httpd -f "+dir+"/httpd-conf -DFOREGROUND") || !strings.Contains(got, "exec 9> "+dir+"/lock-folder/monitor-httpd.lock\nif ! flock -n 9") {
		t.Error(got)
	}
	for _, c := range []struct {
		more Pairs
		want string
	}{
		{Pairs{{"httpd-include-file", "/x"}}, "monitor-httpd-server = apache"},
		{Pairs{{"server", "nginx"}}, `embedded or apache, not "nginx"`},
	} {
		if _, err := part(t, "httpd-wrapper", Init, dir, options(c.more...)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.more, err)
		}
	}
	nowhere := options(Pair{"server", "apache"}).With("apache-location", dir+"/nowhere")
	if _, err := part(t, "httpd-wrapper", Init, dir, nowhere); err == nil || !strings.Contains(err.Error(), "[apache]") {
		t.Errorf("no Apache there: %v", err)
	}
}

func TestStackFile(t *testing.T) {
	dir := t.TempDir()
	reply := install(t, "stack-file", dir, Pairs{{"file", "monitor/httpd-wrapper.sh.in"}})
	location, _ := reply.Options.Lookup("location")
	filename, _ := reply.Options.Lookup("filename")
	if got := read(t, location, filename); !strings.Contains(got, "{{ monitor_httpd_wrapper_path }}") {
		t.Errorf("%s is not the template as it is:\n%s", filename, got)
	}
	if _, err := part(t, "stack-file", Init, dir, Pairs{{"file", "monitor/ghost"}}); err == nil {
		t.Error("a file that the stack lacks")
	}
}

func TestInterface(t *testing.T) {
	for _, c := range []struct{ url, netloc string }{
		{"https://monitor.app.officejs.com/#page=ojsm_landing", "monitor.app.officejs.com"},
		{"https://[2001:db8::1]:8401/app/#page=ojsm_landing", "[2001:db8::1]:8401"},
		{"https://own:8196/app/#page=ojsm_landing", "monitor.app.officejs.com"},
		{"monitor", ""}, {"ftp://x/", ""},
	} {
		reply, err := part(t, "interface", Init, "/d", Pairs{{"url", c.url}, {"base-url", "https://own:8196"}})
		if err != nil {
			if c.netloc != "" {
				t.Error(err)
			}
			continue
		}
		if got, _ := reply.Options.Lookup("netloc"); got != c.netloc {
			t.Errorf("%s: %q", c.url, got)
		}
	}
	for parameter, want := range map[string][]string{
		"https://given/": {"https://given/"},
		"":               {"https://own:8196/app/#page=ojsm_landing", "https://monitor.app.officejs.com/#page=ojsm_landing"}, // built with the interface, or without
	} {
		reply, err := part(t, "default-interface", Init, "/d", Pairs{{"parameter", parameter}, {"base-url", "https://own:8196/"}})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := reply.Options.Lookup("url"); got != want[0] && got != want[len(want)-1] {
			t.Errorf("%q: %q", parameter, got)
		}
	}
}
