package slapgrid

import (
	"context"
	"crypto/md5"
	"crypto/tls"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"slapmonitor/tests/peers"
)

// release writes a software profile as a site would that has zc.buildout
// without SlapOS' changes: it says where the egg, the programs and the
// extended profile are.
func release(n *node, name string) string {
	n.t.Helper()
	here := filepath.Join(peers.Checkout(), "tests", "slapgrid")
	n.write(name+".cfg", "[buildout]\nextends = "+here+"/software.cfg\noffline = true\n"+
		"[monitor-egg]\nlocation = "+filepath.Join(peers.Checkout(), "recipes", "python")+"\n"+
		"[monitor-toolkit]\nbinary-directory = "+n.path("programs")+"\n"+
		"[instance-profile]\n_profile_base_location_ = "+here+"\n")
	return n.path(name + ".cfg")
}

func TestDeployment(t *testing.T) {
	n := newNode(t, 3)
	n.mkdir("programs")
	if err := peers.BuildPrograms(n.path("programs")); err != nil {
		t.Fatal(err)
	}
	first := release(n, "first")
	ports := map[string]int{"monitor-httpd-port": peers.FreePort(t), "port-of-child-one": peers.FreePort(t), "port-of-child-two": peers.FreePort(t)}
	n.supply(first, "available")
	n.must("node", "software")
	n.request(first, "started", ports)
	n.settle()
	bang(t, n) // this slapproxy does not tell a parent that a child published
	n.settle()

	// Each step needs what the one before left.
	for _, step := range []struct {
		name string
		run  func(*testing.T, *node)
	}{
		{"programs", checkPrograms},
		{"promises", checkPromises},
		{"connection parameters", checkConnection},
		{"secrets", checkSecrets},
		{"feeds", checkFeeds},
		{"broken promise", breakPromise},
		{"upgrade", func(t *testing.T, n *node) { upgrade(t, n, release(n, "second"), ports) }},
		{"stop", func(t *testing.T, n *node) { stop(t, n, ports) }},
		{"destroy", func(t *testing.T, n *node) { destroy(t, n, ports) }},
	} {
		if !t.Run(step.name, func(t *testing.T) {
			n.t = t
			step.run(t, n)
		}) {
			break
		}
	}
	n.t = t
}

// hash is what services are called after: the release's profile.
func hash(t *testing.T, n *node, partition int) string {
	t.Helper()
	data := n.read(fmt.Sprintf("inst/slappart%d/software_release/buildout.cfg", partition))
	return fmt.Sprintf("%x", md5.Sum(fmt.Appendf(nil, "%d\n%s", len(data), data)))
}

func checkPrograms(t *testing.T, n *node) {
	for i := range 3 {
		h := hash(t, n, i)
		want := map[string]string{
			"bootstrap-monitor":                        "EXITED",
			"monitor-httpd-graceful":                   "EXITED",
			"monitor-httpd-" + h + "-on-watch":         "RUNNING",
			"crond-" + h + "-on-watch":                 "RUNNING",
			"certificate_authority-" + h + "-on-watch": "RUNNING",
		}
		got := map[string]string{}
		waitFor(t, "the bootstrap to end", func() bool {
			clear(got)
			for name, state := range n.programs(i) {
				got[name] = state[0]
			}
			return got["bootstrap-monitor"] != "RUNNING" && got["monitor-httpd-graceful"] != "RUNNING"
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("slappart%d: %s", i, diff)
		}
	}
}

// waitFor gives programs of their own schedule time; the deadline is for
// machines that have other things to do.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !done(); time.Sleep(500 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// checkPromises: slapgrid and the monitor ran both kinds, and all are kept.
func checkPromises(t *testing.T, n *node) {
	for i := range 3 {
		for _, name := range []string{"no-broken-promise-file", "no-broken-promise-file-either", "monitor-httpd-listening-on-tcp", "check-monitor-frontend-password"} {
			var r struct{ Result struct{ Failed bool } }
			if err := json.Unmarshal([]byte(n.read(fmt.Sprintf("inst/slappart%d/.slapgrid/promise/result/%s.status.json", i, name))), &r); err != nil || r.Result.Failed {
				t.Errorf("slapgrid says of %s in slappart%d: %+v, %v", name, i, r, err)
			}
			path := fmt.Sprintf("inst/slappart%d/srv/monitor/public/promise/%s.status.json", i, name)
			waitFor(t, path, func() bool {
				var s struct{ Status string }
				data, err := os.ReadFile(n.path(path))
				return err == nil && json.Unmarshal(data, &s) == nil && s.Status == "OK"
			})
		}
	}
}

func checkConnection(t *testing.T, n *node) {
	password := strings.TrimSpace(n.read("inst/slappart0/etc/.monitor-password"))
	for i := range 3 {
		c := n.known(i).Connection
		_, keys, ok := strings.Cut(c["monitor-setup-url"], "#")
		if want := "&url=" + c["monitor-base-url"] + "/public/feeds&username=admin&password=" + password; !ok || !strings.HasSuffix(keys, want) || len(password) != 16 {
			t.Errorf("slappart%d publishes %v, want a setup URL that ends with %s", i, c, want)
		}
		if own := n.read(fmt.Sprintf("inst/slappart%d/etc/.monitor-password", i)); strings.TrimSpace(own) != password {
			t.Errorf("slappart%d has another password than the root", i)
		}
	}
}

// checkSecrets: no file that others may read holds the password.
func checkSecrets(t *testing.T, n *node) {
	password := strings.TrimSpace(n.read("inst/slappart0/etc/.monitor-password"))
	err := filepath.WalkDir(n.path("inst"), func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		st, err := d.Info()
		if err != nil || st.Mode().Perm()&0o077 == 0 {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), password) {
			t.Errorf("%s (mode %o) holds the password", path, st.Mode().Perm())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

type opml struct {
	Outlines []struct {
		Title string `xml:"title,attr"`
		URL   string `xml:"url,attr"`
		Feed  string `xml:"xmlUrl,attr"`
	} `xml:"body>outline>outline"`
}

func checkFeeds(t *testing.T, n *node) {
	setup := n.known(0).Connection["monitor-setup-url"]
	key := map[string]string{}
	for _, pair := range strings.Split(setup[strings.IndexByte(setup, '#')+1:], "&") {
		name, value, _ := strings.Cut(pair, "=")
		key[name] = value
	}
	var feeds opml
	t.Cleanup(func() {
		if t.Failed() {
			body, code := get(t, key["url"], "", "")
			t.Logf("%s: %d %s\nthe last passes said:\n%s", key["url"], code, body, n.read("inst/slappart0/var/log/crond.log"))
		}
	})
	waitFor(t, "the titles of the children", func() bool {
		feeds = opml{}
		body, code := get(t, key["url"], "", "")
		if code != http.StatusOK || xml.Unmarshal([]byte(body), &feeds) != nil || len(feeds.Outlines) != 3 {
			return false
		}
		return feeds.Outlines[0].Title == "Root of all" && feeds.Outlines[1].Title == "Child one" && feeds.Outlines[2].Title == "Child <two> & more"
	})
	for i, o := range feeds.Outlines {
		if base := n.known(i).Connection["monitor-base-url"]; o.Feed != base+"/public/feed" {
			t.Errorf("feed %d is %s, want that of %s", i, o.Feed, base)
		}
		if _, code := get(t, o.URL, key["username"], key["password"]); code != http.StatusOK {
			t.Errorf("%s with the credentials of the setup URL: %d", o.URL, code)
		}
		if _, code := get(t, o.URL, "", ""); code != http.StatusUnauthorized {
			t.Errorf("%s without credentials: %d", o.URL, code)
		}
		if body, code := get(t, o.Feed, "", ""); code != http.StatusOK || !strings.Contains(body, "no-broken-promise-file") {
			t.Errorf("%s: %d %s", o.Feed, code, body)
		}
	}
}

func get(t *testing.T, url, user, password string) (string, int) {
	t.Helper()
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true, // the monitors sign for themselves
	}}
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if user != "" {
		req.SetBasicAuth(user, password)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var body strings.Builder
	buffer := make([]byte, 1<<16)
	for {
		k, err := resp.Body.Read(buffer)
		body.Write(buffer[:k])
		if err != nil {
			return body.String(), resp.StatusCode
		}
	}
}

func breakPromise(t *testing.T, n *node) {
	n.write("inst/slappart1/broken-promise", "")
	bang(t, n)
	out, code := n.slapos("node", "instance", "--only-cp", "slappart1")
	if code != 2 || !strings.Contains(out, "slappart1[child]: Promise 'no-broken-promise-file") {
		t.Errorf("with a broken promise slapgrid ends with %d and\n%s", code, out)
	}
	if err := os.Remove(n.path("inst/slappart1/broken-promise")); err != nil {
		t.Fatal(err)
	}
}

// bang has the whole instance tree processed again.
func bang(t *testing.T, n *node) {
	t.Helper()
	if err := n.client(1).Bang(context.Background(), "Promise x is failing"); err != nil {
		t.Fatal(err)
	}
}

// upgrade: all services are called after the new release, and are new processes.
func upgrade(t *testing.T, n *node, second string, ports map[string]int) {
	old, oldHash := n.programs(1), hash(t, n, 1)
	n.supply(second, "available")
	n.must("node", "software")
	n.request(second, "started", ports)
	n.settle()
	checkPrograms(t, n)
	h := hash(t, n, 1)
	if h == oldHash {
		t.Fatalf("the child was not upgraded: %s", n.known(1).Release)
	}
	was, is := old["monitor-httpd-"+oldHash+"-on-watch"], n.programs(1)["monitor-httpd-"+h+"-on-watch"]
	if was[1] == "" || is[1] == "" || was[1] == is[1] {
		t.Errorf("the server was %s and is %s", was, is)
	}
	if pid, err := strconv.Atoi(was[1]); err == nil && n.ours(pid) {
		t.Errorf("the old server still runs: %s", n.processes()[pid])
	}
}

func stop(t *testing.T, n *node, ports map[string]int) {
	n.request(n.known(0).Release, "stopped", ports)
	n.settle()
	for i := range 3 {
		if p := n.programs(i); len(p) > 0 {
			t.Errorf("slappart%d is stopped and has %v", i, p)
		}
		if got := n.known(i).State; got != "stopped" {
			t.Errorf("slappart%d is asked to be %s", i, got)
		}
	}
	for name, port := range ports {
		if c, err := net.DialTimeout("tcp", net.JoinHostPort("localhost", strconv.Itoa(port)), time.Second); err == nil {
			_ = c.Close()
			t.Errorf("%s: somebody listens on %d", name, port)
		}
	}
}

func destroy(t *testing.T, n *node, ports map[string]int) {
	n.request(n.known(0).Release, "destroyed", ports)
	for range 2 { // the master gives up the children once the root is gone
		n.must("node", "report")
	}
	for i := range 3 {
		entries, err := os.ReadDir(n.path(fmt.Sprintf("inst/slappart%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			t.Errorf("slappart%d still has %s", i, e.Name())
		}
	}
	for _, command := range n.processes() {
		if !strings.Contains(command, "supervisord.main") {
			t.Errorf("still running: %s", command)
		}
	}
}
