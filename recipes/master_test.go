package recipes

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slapmonitor/tests/peers"
)

const none = "<marshal><none/></marshal>"

// startMaster is a slapproxy with an instance called "root" in slappart0.
func startMaster(t *testing.T, parameters string) (*peers.Master, Section) {
	t.Helper()
	m := peers.StartMaster(t, 3)
	m.Post(t, "requestComputerPartition", url.Values{
		"software_release": {"/soft.cfg"}, "software_type": {"default"}, "partition_reference": {"root"},
		"partition_parameter_xml": {"<marshal><dictionary>" + parameters + "</dictionary></marshal>"},
		"filter_xml":              {"<marshal><dictionary/></marshal>"}, "shared_xml": {"<marshal><bool>0</bool></marshal>"}, "state": {none},
	})
	return m, connectionTo(m.URL)
}

func connectionTo(master string) Section {
	return Section{"slap-connection", Pairs{
		{"computer-id", "test"}, {"partition-id", "slappart0"}, {"server-url", master}, {"cert-file", ""}, {"key-file", ""},
	}}
}

func lookup(t *testing.T, options Pairs, name string) string {
	t.Helper()
	v, ok := options.Lookup(name)
	if !ok {
		t.Errorf("option %s is not set", name)
	}
	return v
}

func TestPublishToAMaster(t *testing.T) {
	m, connection := startMaster(t, "")
	published := func() map[string]string {
		t.Helper()
		p := &Part{Name: "test", Phase: Init}
		client, err := p.master(connection.Options)
		if err != nil {
			t.Fatal(err)
		}
		known, err := client.Partition(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return known.Connection
	}
	dir := t.TempDir()
	options := Pairs{{"recipe", "x"}, {"monitor-setup-url", "https://x/#page=a&password=b"}, {"-extends", "more"}}
	more := Section{"more", Pairs{{"recipe", "y"}, {"greeting", "é"}, {"monitor-setup-url", "loses"}}}
	reply := install(t, "publish", dir, options, connection, more)
	want := map[string]string{"monitor-setup-url": "https://x/#page=a&password=b", "greeting": "é"}
	if diff := cmp.Diff(want, published()); diff != "" {
		t.Error(diff)
	}
	if !slices.Contains(reply.Secrets, "monitor-setup-url") {
		t.Errorf("secrets are %s", reply.Secrets)
	}

	// An update tells the master only what changed since.
	m.Post(t, "setComputerPartitionConnectionXml", url.Values{
		"computer_id": {"test"}, "computer_partition_id": {"slappart0"}, "connection_xml": {"<marshal><dictionary/></marshal>"}})
	if _, err := part(t, "publish", Update, dir, options, connection, more); err != nil || len(published()) != 0 {
		t.Errorf("nothing changed, yet the master was told %v, %v", published(), err)
	}
	if _, err := part(t, "publish", Update, dir, options.With("greeting", "new"), connection, more); err != nil || published()["greeting"] != "new" {
		t.Errorf("a change was not told: %v, %v", published(), err)
	}

	install(t, "publish.serialised", t.TempDir(), Pairs{{"a", `"`}, {"b", "2"}, {"-publish", "a"}}, connection)
	if diff := cmp.Diff(map[string]string{"_": `{"a":"\""}`}, published()); diff != "" {
		t.Error(diff)
	}
}

func TestRequest(t *testing.T) {
	m, connection := startMaster(t, "")
	dir := t.TempDir()
	options := Pairs{
		{"name", "child"}, {"software-url", "/soft.cfg"}, {"config-monitor-passwd", "pw"},
		{"return", "monitor-base-url monitor-setup-url"},
	}
	reply := install(t, "request", dir, options, connection)
	if v := lookup(t, reply.Options, "connection-monitor-base-url"); v != "" {
		t.Errorf("a child that has published nothing has the URL %q", v)
	}
	if v := lookup(t, reply.Options, "instance-guid"); v != "test-slappart1" {
		t.Errorf("guid %q", v)
	}
	if !slices.Contains(reply.Secrets, "config-monitor-passwd") || !slices.Contains(reply.Secrets, "connection-monitor-setup-url") {
		t.Errorf("secrets are %s", reply.Secrets)
	}
	m.Post(t, "setComputerPartitionConnectionXml", url.Values{
		"computer_id": {"test"}, "computer_partition_id": {"slappart1"},
		"connection_xml": {`<marshal><dictionary><string>_</string><string>{"monitor-base-url": "https://[::1]:1", "monitor-setup-url": 5}</string></dictionary></marshal>`}})
	reply = install(t, "request", dir, options, connection)
	if a, b := lookup(t, reply.Options, "connection-monitor-base-url"), lookup(t, reply.Options, "connection-monitor-setup-url"); a != "https://[::1]:1" || b != "5" {
		t.Errorf("read back %q and %q", a, b)
	}
	if got := mode(t, dir, ".request-part.json"); got != secretMode {
		t.Errorf("the answer is kept with mode %o", got)
	}

	// A short outage changes nothing; without an earlier answer the part fails.
	gone := connectionTo("http://127.0.0.1:1")
	reply = install(t, "request", dir, options, gone)
	if v := lookup(t, reply.Options, "connection-monitor-base-url"); v != "https://[::1]:1" {
		t.Errorf("the last answer became %q", v)
	}
	_, err := initThenInstall(t, "request", t.TempDir(), options, gone)
	if err == nil || !strings.Contains(err.Error(), "section [part] requests an instance that is not there: the master http://127.0.0.1:1/ cannot be asked") {
		t.Errorf("no master, no answer: %v", err)
	}
	_, err = initThenInstall(t, "request", t.TempDir(), options, connectionTo(""))
	if err == nil || !strings.Contains(err.Error(), "there is no master to ask") {
		t.Errorf("no master at all: %v", err)
	}
	options = options.With("name", "a third").With("state", "stopped")
	if _, err := initThenInstall(t, "request", dir, options, connection); err != nil {
		t.Error(err)
	}
	_, err = initThenInstall(t, "request", dir, options.With("name", "a fourth"), connection)
	if err == nil || !strings.Contains(err.Error(), "No free computer partition found for: a fourth") {
		t.Errorf("no free partition: %v", err)
	}
	if reply, err := initThenInstall(t, "requestoptional", dir, options, connection); err != nil || len(reply.Paths) != 0 {
		t.Errorf("an optional instance that is not there: %+v, %v", reply, err)
	}
}

// initThenInstall is install for tests that expect either to fail.
func initThenInstall(t *testing.T, recipe, directory string, options Pairs, sections ...Section) (*Reply, error) {
	t.Helper()
	options = slices.Clone(options)
	reply, err := part(t, recipe, Init, directory, options, sections...)
	if err != nil {
		t.Fatalf("init must succeed: %v", err)
	}
	for _, o := range reply.Options {
		options = options.With(o.Option, o.Value)
	}
	return part(t, recipe, Install, directory, options, sections...)
}

func TestFrontend(t *testing.T) {
	_, connection := startMaster(t, "")
	direct := "https://[::1]:8196"
	options := Pairs{{"name", "Monitor Frontend"}, {"config-url", direct}, {"shared", "true"}, {"return", "domain secure_access"},
		{"software-url", "http://git.erp5.org/gitweb/slapos.git/blob_plain/HEAD:/software/apache-frontend/software.cfg"}}
	dir := t.TempDir()
	reply := install(t, "frontend", dir, options, connection)
	if got := lookup(t, reply.Options, "connection-secure_access"); got != direct { // what slapproxy answers
		t.Errorf("frontend is %q", got)
	}
	kept := read(t, dir, ".request-part.json")
	if err := os.WriteFile(filepath.Join(dir, ".request-part.json"), []byte(strings.Replace(kept, direct, "https://front/", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	reply = install(t, "frontend", dir, options, connectionTo("http://127.0.0.1:1"))
	if got := lookup(t, reply.Options, "connection-secure_access"); got != "https://front" {
		t.Errorf("in an outage the frontend is %q", got)
	}
	for name, s := range map[string]Section{"no master": connectionTo(""), "master gone": connectionTo("http://127.0.0.1:1")} {
		reply := install(t, "frontend", t.TempDir(), options, s)
		if got := lookup(t, reply.Options, "connection-secure_access"); got != direct {
			t.Errorf("%s: %q", name, got)
		}
		if got := lookup(t, reply.Options, "connection-domain"); got != "[::1]:8196" {
			t.Errorf("%s: domain %q", name, got)
		}
	}
	other := options.With("software-url", "https://nobody/has/it.cfg")
	if got := lookup(t, install(t, "frontend", t.TempDir(), other, connection).Options, "connection-secure_access"); got != direct {
		t.Errorf("a frontend that nobody runs: %q", got)
	}
}

func TestSlapconfiguration(t *testing.T) {
	m, _ := startMaster(t, `<string>_</string><string>{"monitor-passwd": "pw", "n": 3}</string><string>plain</string><string>&amp;lt;</string>`)
	options := Pairs{{"url", m.URL}, {"computer", "test"}, {"partition", "slappart0"}, {"root-instance-title", "UNKNOWN H-S"}}
	reply := install(t, "slapconfiguration.serialised", t.TempDir(), options)
	for name, want := range map[string]string{
		"configuration.monitor-passwd": "pw", "configuration.n": "3", "configuration.plain": "<",
		"ipv4": "127.0.0.1", "ipv4-random": "127.0.0.1", "ipv6": "::1", "ipv6-random": "::1",
		"instance-title": "root", "root-instance-title": "root", "slap-software-type": "default",
	} {
		if got := lookup(t, reply.Options, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if !slices.Contains(reply.Secrets, "configuration.monitor-passwd") {
		t.Errorf("secrets are %s", reply.Secrets)
	}
	_, err := part(t, "slapconfiguration", Init, "/d", options.With("partition", "slappart9"))
	if err == nil || !strings.Contains(err.Error(), "section [part]: the master "+m.URL+"/ answers 500 to registerComputerPartition") {
		t.Errorf("unknown partition: %v", err)
	}
}

func TestAddressesWithoutIPv6(t *testing.T) {
	p := &Part{Name: "part"}
	p.setAddresses([][2]string{{"lo", "127.0.0.2"}, {"lo", "127.0.0.1"}, {"lo", "127.0.0.1"}, {"lo", "nonsense"}})
	for name, want := range map[string]string{"ipv4": "127.0.0.1\n127.0.0.2", "ipv6": "", "ipv4-random": "127.0.0.1", "ipv6-random": "127.0.0.1"} {
		if got := lookup(t, p.set, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestAMasterThatRefuses(t *testing.T) {
	for status, want := range map[int]string{
		404: "section [part] could not publish: the master", 408: "the next run asks again", 500: "look at the master's log",
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		_, err := initThenInstall(t, "publish", t.TempDir(), Pairs{{"a", "b"}}, connectionTo(s.URL))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v", status, err)
		}
		s.Close()
	}
	_, err := part(t, "publish", Init, t.TempDir(), Pairs{{"a", "b"}, {"-slave-reference", "SOFTINST-1"}}, connectionTo(""))
	if err == nil || !strings.Contains(err.Error(), "section [part]: this recipe publishes for its own instance, not for the shared instance SOFTINST-1") {
		t.Errorf("somebody else's parameters: %v", err)
	}
	_, err = part(t, "publish", Init, t.TempDir(), Pairs{{"a", "b"}}, connectionTo("nonsense"))
	if err == nil || !strings.Contains(err.Error(), `section [part]: the master's address "nonsense" is not an http or https URL`) {
		t.Errorf("bad address: %v", err)
	}
}

func TestToolkit(t *testing.T) {
	dir, bin := t.TempDir(), t.TempDir()
	options := Pairs{{"binary-directory", dir}, {"bin-directory", bin}}
	for i, name := range Programs {
		_, err := part(t, "toolkit", Init, "/d", options)
		if err == nil || !strings.Contains(err.Error(), "section [part]: "+dir+" has no program "+name) {
			t.Errorf("with %d programs: %v", i, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	reply := install(t, "toolkit", t.TempDir(), options)
	if got := lookup(t, reply.Options, "binary-directory"); got != dir {
		t.Errorf("binary-directory is %q", got)
	}
	if got, err := os.Readlink(filepath.Join(bin, "monitor.runpromise")); err != nil || got != filepath.Join(dir, "monitor-runpromise") {
		t.Errorf("monitor.runpromise is %q, %v", got, err)
	}
	// Programs that stand in bin-directory themselves are not linked to themselves.
	reply = install(t, "toolkit", t.TempDir(), Pairs{{"binary-directory", dir}, {"bin-directory", dir}})
	if got := lookup(t, reply.Options, LinksOption); got != filepath.Join(dir, "monitor.runpromise") {
		t.Errorf("links are %q", got)
	}
}

func TestProgramsAreTheCommands(t *testing.T) {
	entries, err := os.ReadDir("../cmd")
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, e := range entries {
		commands = append(commands, e.Name())
	}
	if diff := cmp.Diff(commands, Programs); diff != "" {
		t.Error(diff)
	}
}

func TestDeserialise(t *testing.T) {
	if diff := cmp.Diff(map[string]string{"_": "{"}, deserialise(map[string]string{"_": "{"})); diff != "" {
		t.Error(diff)
	}
}
