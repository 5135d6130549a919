// Package faults does to monitor-runpromise what befalls a program in
// production, and counts what is lost. Only the sample in flight may be.
package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/tests/peers"
)

// table is what was tried and what was lost, printed when all is done.
var table struct {
	sync.Mutex
	rows []string
}

// report adds a row to the table; anything lost is a failure.
func report(t *testing.T, what string, tried, lost int, remark string) {
	t.Helper()
	table.Lock()
	defer table.Unlock()
	table.rows = append(table.rows, fmt.Sprintf("%-48s %6d %6d  %s", what, tried, lost, remark))
	if lost > 0 {
		t.Errorf("%s: %d of %d lost", what, lost, tried)
	}
}

var runpromise string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "faults")
	if err != nil {
		panic(err)
	}
	runpromise = filepath.Join(dir, "monitor-runpromise")
	if out, err := exec.Command("go", "build", "-o", runpromise, "slapmonitor/cmd/monitor-runpromise").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v: %s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	if len(table.rows) > 0 {
		text := fmt.Sprintf("%-48s %6s %6s\n%s\n", "fault", "tried", "lost", strings.Join(table.rows, "\n"))
		fmt.Print(text)
		peers.Report("faults", text)
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// partition is one on disk.
type partition struct {
	t   *testing.T
	dir string
}

func newPartition(t *testing.T, dir string) *partition {
	p := &partition{t, dir}
	p.write("etc/monitor.conf", "[monitor]\ntitle = t\nroot-title = r\nbase-url = https://[::1]:8196\n", 0o640)
	return p
}

func (p *partition) at(name string) string { return filepath.Join(p.dir, name) }

func (p *partition) write(name, content string, mode os.FileMode) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.at(name)), 0o750); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.at(name), []byte(content), mode); err != nil {
		p.t.Fatal(err)
	}
}

func (p *partition) promise(name, script string) {
	p.t.Helper()
	p.write("etc/promise/"+name, "#!/bin/sh\n"+script+"\n", 0o750)
}

// command is a pass, not yet started.
func (p *partition) command(args ...string) *exec.Cmd {
	return exec.Command(runpromise, append([]string{"-c", p.at("etc/monitor.conf")}, args...)...)
}

// pass runs a pass and returns its exit code and what it said.
func (p *partition) pass(args ...string) (int, string) {
	p.t.Helper()
	c := p.command(args...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); c.ProcessState == nil {
		p.t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String()
}

func (p *partition) decode(name string, v any) error {
	raw, err := os.ReadFile(p.at(name))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%s: %w in %.200q", name, err, raw)
	}
	return nil
}

func (p *partition) status(name string) (doc document.PromiseStatus, err error) {
	return doc, p.decode("srv/monitor/public/promise/"+name+".status.json", &doc)
}

func (p *partition) history(name string) (doc document.History, err error) {
	return doc, p.decode("srv/monitor/public/"+name+".history.json", &doc)
}

// messages are those of a promise's history, archived or not.
func (p *partition) messages(name string) map[string]bool {
	p.t.Helper()
	found := map[string]bool{}
	h, err := p.history(name)
	if err != nil && !os.IsNotExist(err) {
		p.t.Error(err)
	}
	for _, e := range h.Data {
		found[e.Message] = true
	}
	a := document.Archive{Folder: p.at("srv/monitor/state/history")}
	days, err := a.Days()
	if err != nil {
		p.t.Fatal(err)
	}
	for _, day := range days {
		entries, err := a.Read(day)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, e := range entries {
			if e.Name == name {
				found[e.Message] = true
			}
		}
	}
	return found
}

// damaged lists the documents of the partition that a client could not read.
func (p *partition) damaged() (list []string) {
	p.t.Helper()
	for _, pattern := range []string{"public/*.json", "public/promise/*.json", "private/*.json", "private/documents/*.json", "state/*.json", "state/*/*.json"} {
		files, err := filepath.Glob(p.at("srv/monitor/" + pattern))
		if err != nil {
			p.t.Fatal(err)
		}
		for _, f := range files {
			// A spare is nobody's document until it takes its place.
			if raw, err := os.ReadFile(f); err == nil && !json.Valid(raw) && filepath.Base(filepath.Dir(f)) != "spare" {
				list = append(list, fmt.Sprintf("%s: %.100q", f, raw))
			}
		}
	}
	return list
}

// processes counts those that run something below the partition, or were
// started from there.
func (p *partition) processes() (n int) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil || !bytes.Contains(raw, []byte("MONITOR_PROMISE_PASS="+p.dir+":")) {
			continue
		}
		stat, err := os.ReadFile(filepath.Join(filepath.Dir(f), "stat"))
		if err == nil && !bytes.Contains(stat, []byte(") Z ")) {
			n++
		}
	}
	return n
}

// gone waits for killed processes to disappear and returns how many did not.
func (p *partition) gone() (left int) {
	for range 200 {
		if left = p.processes(); left == 0 {
			return 0
		}
		time.Sleep(10 * time.Millisecond)
	}
	return left
}
