package slapgrid

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"slapmonitor/pkg/slapos"
	"slapmonitor/tests/peers"
)

// node is a computer of its own: a master, and a slapgrid with partitions
// slappart0 and on, all on loopback.
type node struct {
	t      *testing.T
	dir    string
	conf   string
	master string
	attr   *syscall.SysProcAttr
}

const (
	commandTimeout = 3 * time.Minute // of one slapos command on a loaded machine
	endTimeout     = 90 * time.Second
)

func newNode(t *testing.T, partitions int) *node {
	t.Helper()
	peers.Program(t, "slapos")
	// t.TempDir would be too long for supervisord's socket, and out of reach
	// of another user.
	dir, err := os.MkdirTemp("", "node")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	n := &node{t: t, dir: dir, conf: filepath.Join(dir, "slapos.cfg")}
	var owner string
	n.attr, owner = unprivileged(t, dir)
	n.mkdir("soft", "inst")
	n.write("definition.cfg", definition(partitions, owner))
	for i := range partitions {
		n.mkdir(fmt.Sprintf("inst/slappart%d", i))
	}
	port := peers.FreePort(t)
	n.master = fmt.Sprintf("http://127.0.0.1:%d", port)
	n.write("slapos.cfg", fmt.Sprintf(slaposConf, dir, n.master, port, partitions))
	n.startMaster()
	t.Cleanup(n.end)
	n.must("node", "format", "--now")
	return n
}

const slaposConf = `[slapos]
software_root = %[1]s/soft
instance_root = %[1]s/inst
master_url = %[2]s
computer_id = test
root_check = False
pidfile_software = %[1]s/software.pid
pidfile_instance = %[1]s/instance.pid
pidfile_report = %[1]s/report.pid
[slapformat]
input_definition_file = %[1]s/definition.cfg
partition_amount = %[4]d
alter_user = false
alter_network = false
create_tap = false
create_tun = false
computer_xml = %[1]s/slapos.xml
[slapproxy]
host = 127.0.0.1
port = %[3]d
database_uri = %[1]s/proxy.db
local_software_release_root = /
`

// definition gives each partition the loopback addresses, IPv6 where there is.
func definition(partitions int, owner string) string {
	six := ""
	if l, err := net.Listen("tcp6", "[::1]:0"); err == nil {
		_ = l.Close()
		six = " ::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
	}
	text := "[computer]\naddress = 127.0.0.1/255.255.255.255\n"
	for i := range partitions {
		text += fmt.Sprintf("[partition_%d]\naddress = 127.0.0.1/255.255.255.255%s\npathname = slappart%d\nuser = %s\nnetwork_interface =\n", i, six, i, owner)
	}
	return text
}

func (n *node) path(name string) string { return filepath.Join(n.dir, name) }

// owned gives a file to the user that programs run as.
func (n *node) owned(path string) {
	n.t.Helper()
	if c := n.attr.Credential; c != nil {
		if err := os.Chown(path, int(c.Uid), int(c.Gid)); err != nil {
			n.t.Fatal(err)
		}
	}
}

func (n *node) mkdir(names ...string) {
	n.t.Helper()
	for _, name := range names {
		if err := os.Mkdir(n.path(name), 0o750); err != nil {
			n.t.Fatal(err)
		}
		n.owned(n.path(name))
	}
}

func (n *node) write(name, text string) {
	n.t.Helper()
	if err := os.WriteFile(n.path(name), []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
	n.owned(n.path(name))
}

func (n *node) read(name string) string {
	n.t.Helper()
	data, err := os.ReadFile(n.path(name))
	if err != nil {
		n.t.Fatal(err)
	}
	return string(data)
}

func (n *node) command(ctx context.Context, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, peers.Program(n.t, "slapos"), arguments...)
	c.Dir, c.SysProcAttr = n.dir, n.attr
	c.Env = []string{"PATH=/usr/bin:/bin:/usr/sbin:/sbin", "HOME=" + n.dir, "LANG=C.UTF-8"}
	c.WaitDelay = time.Second // supervisord inherits the output and stays
	return c
}

// slapos runs one command of slapos and returns what it says and its exit code.
func (n *node) slapos(arguments ...string) (string, int) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), commandTimeout)
	defer cancel()
	words := append([]string{}, arguments[:2]...)
	c := n.command(ctx, append(append(words, "--cfg", n.conf), arguments[2:]...)...)
	out, err := c.CombinedOutput()
	if err != nil && (c.ProcessState == nil || ctx.Err() != nil) {
		n.t.Fatalf("slapos %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return string(out), c.ProcessState.ExitCode()
}

func (n *node) must(arguments ...string) string {
	n.t.Helper()
	out, code := n.slapos(arguments...)
	if code != 0 {
		n.t.Fatalf("slapos %s: exit code %d\n%s", strings.Join(arguments, " "), code, out)
	}
	return out
}

func (n *node) startMaster() {
	n.t.Helper()
	log, err := os.Create(n.path("proxy.log"))
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	c := n.command(context.Background(), "proxy", "start", "--cfg", n.conf)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		n.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = c.Wait()
		close(ended)
	}()
	n.t.Cleanup(func() {
		_ = c.Process.Kill()
		<-ended
	})
	for {
		select {
		case <-ended:
			n.t.Fatalf("slapproxy did not start:\n%s", n.read("proxy.log"))
		case <-time.After(100 * time.Millisecond):
		}
		if resp, err := http.Get(n.master + "/getRunId"); err == nil {
			_ = resp.Body.Close()
			return
		}
	}
}

// end stops supervisord, which stops what it started, and then whatever of
// this node is still there.
func (n *node) end() {
	if pid, err := os.ReadFile(n.path("inst/var/run/supervisord.pid")); err == nil {
		if p, err := strconv.Atoi(strings.TrimSpace(string(pid))); err == nil && n.ours(p) {
			_ = syscall.Kill(p, syscall.SIGTERM)
		}
	}
	for deadline := time.Now().Add(endTimeout); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if len(n.processes()) == 0 {
			return
		}
	}
	for pid, command := range n.processes() {
		n.t.Errorf("still running, killed: %s", command)
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// processes are those whose command line names this node's folder, but for
// the master.
func (n *node) processes() map[int]string {
	out := map[int]string{}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		n.t.Fatal(err)
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if command := strings.ReplaceAll(string(line), "\x00", " "); err == nil && strings.Contains(command, n.dir+"/") && !strings.Contains(command, " proxy start ") {
			out[pid] = command
		}
	}
	return out
}

func (n *node) ours(pid int) bool { return n.processes()[pid] != "" }

// post calls a method of the master as its owner would.
func (n *node) post(method string, form url.Values) {
	n.t.Helper()
	resp, err := http.PostForm(n.master+"/"+method, form)
	if err != nil {
		n.t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		n.t.Fatalf("%s: %s\n%s", method, resp.Status, n.read("proxy.log"))
	}
}

// supply asks for a software release to be built, or destroyed.
func (n *node) supply(release, state string) {
	n.t.Helper()
	n.post("supplySupply", url.Values{"url": {release}, "computer_id": {"test"}, "state": {state}})
}

// request asks for the root instance.
func (n *node) request(release, state string, parameters map[string]int) {
	n.t.Helper()
	text := ""
	for name, value := range parameters {
		text += fmt.Sprintf("<string>%s</string><string>%d</string>", name, value)
	}
	n.post("requestComputerPartition", url.Values{
		"software_release": {release}, "software_type": {"default"}, "partition_reference": {"Root of all"},
		"partition_parameter_xml": {"<marshal><dictionary>" + text + "</dictionary></marshal>"},
		"filter_xml":              {"<marshal><dictionary/></marshal>"}, "shared_xml": {"<marshal><bool>0</bool></marshal>"},
		"state": {"<marshal><string>" + state + "</string></marshal>"},
	})
}

// client talks to the master as a partition does.
func (n *node) client(partition int) *slapos.Client {
	n.t.Helper()
	c, err := slapos.New(slapos.Config{URL: n.master, Computer: "test", Partition: fmt.Sprintf("slappart%d", partition)})
	if err != nil {
		n.t.Fatal(err)
	}
	return c
}

// known is what the master knows of a partition.
func (n *node) known(partition int) *slapos.Partition {
	n.t.Helper()
	p, err := n.client(partition).Partition(context.Background())
	if err != nil {
		n.t.Fatal(err)
	}
	return p
}

const processing = "Processing Computer Partition"

// settle runs slapgrid as cron would until it has nothing to do: a child that
// publishes makes its parent due.
func (n *node) settle() {
	n.t.Helper()
	var said string
	for range 8 {
		out, code := n.slapos("node", "instance")
		if code == 0 && !strings.Contains(out, processing) {
			return
		}
		said = out
	}
	n.t.Fatalf("slapgrid does not come to an end; at last it said\n%s", said)
}

// programs are supervisord's programs of a partition: name to state and pid.
func (n *node) programs(partition int) map[string][2]string {
	n.t.Helper()
	out, _ := n.slapos("node", "status") // its exit code is supervisorctl's: 3 when something has ended
	programs := map[string][2]string{}
	for line := range strings.Lines(out) {
		words := strings.Fields(strings.ReplaceAll(line, ",", ""))
		name, ok := strings.CutPrefix(line, fmt.Sprintf("slappart%d:", partition))
		if !ok || len(words) < 2 {
			continue
		}
		pid := ""
		if len(words) > 3 && words[2] == "pid" {
			pid = words[3]
		}
		programs[strings.Fields(name)[0]] = [2]string{words[1], pid}
	}
	return programs
}
