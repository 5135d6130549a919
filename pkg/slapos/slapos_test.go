package slapos

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"slapmonitor/tests/peers"
)

// root requests, as the computer's owner, an instance for the client to act
// for, and returns its client.
func root(t *testing.T, m *peers.Master) *Client {
	t.Helper()
	parameters, err := marshal(map[string]string{"title": "é <&> \"x\"", "empty": ""})
	if err != nil {
		t.Fatal(err)
	}
	m.Post(t, "requestComputerPartition", url.Values{
		"software_release": {"/soft.cfg"}, "software_type": {"default"}, "partition_reference": {"root title"},
		"partition_parameter_xml": {parameters}, "filter_xml": {"<marshal><dictionary/></marshal>"},
		"shared_xml": {"<marshal><bool>0</bool></marshal>"}, "state": {"<marshal><string>started</string></marshal>"},
	})
	return client(t, Config{URL: m.URL, Computer: m.Computer, Partition: "slappart0"})
}

func client(t *testing.T, c Config) *Client {
	t.Helper()
	out, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAgainstSlapproxy(t *testing.T) {
	ctx := context.Background()
	m := peers.StartMaster(t, 2)
	c := root(t, m)

	p, err := c.Partition(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if p.Timestamp == "" {
		t.Error("no timestamp")
	}
	p.Timestamp = ""
	want := &Partition{
		State: "started", Title: "root title", RootTitle: "root title", SoftwareType: "default", Release: "/soft.cfg",
		Parameters: map[string]string{"title": "é <&> \"x\"", "empty": ""}, Connection: map[string]string{},
		Addresses: [][2]string{{"lo", "127.0.0.1"}, {"lo", "::1"}},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}

	parameters := map[string]string{"monitor-setup-url": "https://x/#page=p&url=a&username=<u>", "_": `{"a": "é\n"}`}
	if err := c.Publish(ctx, parameters); err != nil {
		t.Fatal(err)
	}
	if p, err = c.Partition(ctx); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(parameters, p.Connection); diff != "" {
		t.Error(diff)
	}
	if err := c.Bang(ctx, "Promise x is failing"); err != nil {
		t.Error(err)
	}
	if err := c.ReportError(ctx, "Promise 'x' failed"); err != nil {
		t.Error(err)
	}
}

func TestRequestAgainstSlapproxy(t *testing.T) {
	ctx := context.Background()
	m := peers.StartMaster(t, 2)
	c := root(t, m)
	w := Wanted{Name: "child", Software: "/soft.cfg", Parameters: map[string]string{"monitor-passwd": "s3cret"}, State: "started"}
	i, err := c.Request(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	want := &Instance{Computer: "test", Partition: "slappart1", GUID: "test-slappart1", State: "started", Connection: map[string]string{}}
	if diff := cmp.Diff(want, i); diff != "" {
		t.Error(diff)
	}
	child := client(t, Config{URL: m.URL, Computer: i.Computer, Partition: i.Partition})
	if err := child.Publish(ctx, map[string]string{"monitor-base-url": "https://[::1]:8196"}); err != nil {
		t.Fatal(err)
	}
	if i, err = c.Request(ctx, w); err != nil || i.Connection["monitor-base-url"] != "https://[::1]:8196" {
		t.Errorf("asked again: %+v, %v", i, err)
	}
	known, err := child.Partition(ctx)
	if err != nil || known.Title != "child" || known.RootTitle != "root title" || known.Parameters["monitor-passwd"] != "s3cret" {
		t.Errorf("the child is %+v, %v", known, err)
	}

	// slapproxy answers for a frontend that is asked of the usual release.
	front, err := c.Request(ctx, Wanted{
		Name: "frontend", Shared: true, Parameters: map[string]string{"url": "https://[::1]:8196"},
		Software: "http://git.erp5.org/gitweb/slapos.git/blob_plain/HEAD:/software/apache-frontend/software.cfg",
	})
	if err != nil || front.Connection["secure_access"] != "https://[::1]:8196" {
		t.Errorf("frontend %+v, %v", front, err)
	}

	_, err = c.Request(ctx, Wanted{Name: "one too many", Software: "/soft.cfg"})
	var e *Error
	if !errors.Is(err, ErrNotFound) || !errors.As(err, &e) || e.Status != 404 ||
		!strings.Contains(err.Error(), "No free computer partition found for: one too many): check the software URL") {
		t.Errorf("no free partition: %v", err)
	}
	if _, err = c.Request(ctx, Wanted{Name: "slave", Software: "/other.cfg", Shared: true}); !errors.Is(err, ErrNotFound) {
		t.Errorf("no host for a shared instance: %v", err)
	}
	stranger := client(t, Config{URL: m.URL, Computer: "test", Partition: "slappart9"})
	if _, err := stranger.Partition(ctx); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "answers 500 to registerComputerPartition") {
		t.Errorf("unknown partition: %v", err)
	}
}

func TestRequestsAreNotedForSlapgrid(t *testing.T) {
	m := peers.StartMaster(t, 2)
	inst := t.TempDir()
	t.Setenv(instanceRootVariable, inst)
	if err := os.Mkdir(filepath.Join(inst, "slappart0"), 0o750); err != nil {
		t.Fatal(err)
	}
	c := root(t, m)
	for _, name := range []string{"child", "no room"} {
		_, _ = c.Request(context.Background(), Wanted{Name: name, Software: "/soft.cfg"})
	}
	got, err := os.ReadFile(filepath.Join(inst, "slappart0", ".slapos-request-transaction-slappart0"))
	if err != nil || string(got) != "child\nno room\n" {
		t.Errorf("noted %q, %v", got, err)
	}
	// A partition of another root, or a hostile id, is none of slapgrid's.
	for _, id := range []string{"slappart7", "../slappart0", ""} {
		if f := transactionFile(id); f != "" {
			t.Errorf("%q is noted in %s", id, f)
		}
	}
}

func TestFailuresAreSentences(t *testing.T) {
	page := "<html><p>What the master\n says &amp; means.</p>"
	for _, c := range []struct {
		status int
		body   string
		kind   error
		want   string
	}{
		{404, page, ErrNotFound, "answers 404 to softwareInstanceBang (What the master says & means): check the software URL, and that a partition is free for it"},
		{408, "", ErrNotReady, "answers 408 to softwareInstanceBang (Request Timeout): the next run asks again"},
		{403, "", ErrDenied, "answers 403 to softwareInstanceBang (Forbidden): check the partition's certificate"},
		{500, "<p>" + strings.Repeat("x", 300), ErrUnavailable, "(Internal Server Error): look at the master's log, or try again later"},
		{503, page, ErrUnavailable, "answers 503"},
		{302, "", ErrAnswer, "answers 302 to softwareInstanceBang (Found): check server-url of [slap-connection]"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		err := client(t, Config{URL: s.URL, Computer: "c", Partition: "p"}).Bang(context.Background(), "m")
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), s.URL) {
			t.Errorf("%d: %v", c.status, err)
		}
		s.Close()
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>a web site</html>"))
	}))
	defer s.Close()
	if _, err := client(t, Config{URL: s.URL, Computer: "c", Partition: "p"}).Partition(context.Background()); !errors.Is(err, ErrAnswer) {
		t.Errorf("a web site: %v", err)
	}
}

func TestMasterThatDoesNotAnswer(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	slow := client(t, Config{URL: s.URL, Computer: "c", Partition: "p", Timeout: 50 * time.Millisecond})
	if err := slow.Bang(context.Background(), "m"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("slow master: %v", err)
	}
	close(release)
	s.Close()
	if err := slow.Bang(context.Background(), "m"); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "cannot be asked (softwareInstanceBang: dial tcp") {
		t.Errorf("no master: %v", err)
	}
}
