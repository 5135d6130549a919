package browser_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slapmonitor/pkg/connection"
)

// A partition is one instance, deployed and run by monitor-standalone.
type partition struct {
	dir, title, tree, password string
	port                       int
	children                   []string
	app                        string // base URL of the monitor that serves the interface

	cmd    *exec.Cmd
	output buffer
	ended  chan struct{}
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *buffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *buffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (p *partition) base() string { return fmt.Sprintf("https://127.0.0.1:%d", p.port) }

// path is a file of the partition.
func (p *partition) path(name string) string { return filepath.Join(p.dir, "deployed/partition", name) }

// start deploys and runs the partition, and returns at once.
func (p *partition) start() error {
	profile, err := filepath.Abs("testdata/profile")
	if err != nil {
		return err
	}
	stack, err := filepath.Abs("../../stack")
	if err != nil {
		return err
	}
	values := strings.NewReplacer(
		"@STACK@", stack, "@TITLE@", p.title, "@TREE@", p.tree, "@PORT@", fmt.Sprint(p.port), "@CHILDREN@", strings.Join(p.children, " "),
		"@INTERFACE@", p.app+"/app/", "@ORIGIN@", strings.TrimPrefix(p.app, "https://"), "@PASSWORD@", p.password,
	)
	if err := os.MkdirAll(p.dir, 0o750); err != nil {
		return err
	}
	for _, name := range []string{"software.cfg", "instance.cfg.in"} {
		text, err := os.ReadFile(filepath.Join(profile, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(values.Replace(string(text))), 0o640); err != nil {
			return err
		}
	}
	p.cmd = exec.Command(programs+"monitor-standalone", filepath.Join(p.dir, "software.cfg"), "--directory", filepath.Join(p.dir, "deployed"), "--address", "127.0.0.1")
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	p.ended = make(chan struct{})
	go func() {
		_ = p.cmd.Wait() // its output tells
		close(p.ended)
	}()
	return nil
}

// ready waits for the first whole pass.
func (p *partition) ready() error {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if p.hasPass() {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended:\n%s", p.title, &p.output)
		default:
		}
	}
	return fmt.Errorf("%s made no pass within %v:\n%s", p.title, patience, &p.output)
}

func (p *partition) hasPass() bool {
	feed, err := os.ReadFile(p.path("srv/monitor/public/feed"))
	return err == nil && bytes.Contains(feed, []byte("backup-is-recent"))
}

func (p *partition) stop() {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// program runs one of the partition's programs, as its cron does.
func (p *partition) program(t *testing.T, name string) {
	t.Helper()
	c := exec.Command(p.path("bin/" + name))
	c.WaitDelay = time.Second
	if out, err := c.CombinedOutput(); err != nil && c.ProcessState.ExitCode() != 1 { // 1: a promise is not kept
		t.Fatalf("%s of %s: %v\n%s", name, p.title, err, out)
	}
}

// setupURL is what the instance publishes to its owner.
func (p *partition) setupURL(t *testing.T) string {
	t.Helper()
	published, err := connection.Read(p.path(""))
	if err != nil || published == nil {
		t.Fatalf("%s published nothing: %v", p.title, err)
	}
	return published.Parameters["monitor-setup-url"]
}

// pin is how Chromium is told to trust the partition's certificate.
func (p *partition) pin() (string, error) { return pinOf(p.path("etc/monitor-httpd.crt")) }

func pinOf(certificate string) (string, error) {
	data, err := os.ReadFile(certificate)
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return "", fmt.Errorf("no certificate in %s", certificate)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", err
	}
	return pinOfKey(c), nil
}

func pinOfKey(c *x509.Certificate) string {
	digest := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(digest[:])
}
