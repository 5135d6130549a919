package promise

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"slapmonitor/pkg/document"
)

// pluginScript runs plugins that have no native check, all in one interpreter.
//
//go:embed plugins.py
var pluginScript string

// bootstrap makes the interpreter read the script from its standard input,
// before the job.
const bootstrap = "import sys, json; exec(json.loads(sys.stdin.readline()))"

// pluginJob is what the script is told.
type pluginJob struct {
	Path     []string        `json:"path"` // sys.path of the first plugin, whose modules are kept warm
	Launcher map[string]any  `json:"launcher"`
	Anomaly  bool            `json:"anomaly"`
	Timeout  float64         `json:"timeout"` // seconds
	Places   int             `json:"places"`
	Promises []pluginRequest `json:"promises"`
}

type pluginRequest struct {
	ID     int            `json:"id"`
	Title  string         `json:"title"`
	File   string         `json:"file"`
	Module string         `json:"module"`
	Path   []string       `json:"path"`
	Config map[string]any `json:"config"`
}

// pluginReply is what the script says about one promise.
type pluginReply struct {
	ID      int     `json:"id"`
	Skipped bool    `json:"skipped"`
	Failed  bool    `json:"failed"`
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Minutes float64 `json:"minutes"`
	Bang    bool    `json:"bang"`
	Seconds float64 `json:"seconds"`
	began   time.Time
}

// python runs plugins in one Python child and hands over their results.
func (r *runner) python(promises []*Promise, results chan<- Result) {
	if len(promises) == 0 {
		return
	}
	said := make([]bool, len(promises))
	failure, err := r.child(promises, func(reply pluginReply) {
		said[reply.ID] = true
		results <- reply.result(promises[reply.ID])
	})
	for i, p := range promises {
		if said[i] {
			continue
		}
		message := fmt.Sprintf("Error: the plugin could not be run in Python: %v", err)
		if failure != "" {
			message += "\n" + failure
		}
		results <- Result{Promise: p, Status: document.Error, Message: message, Start: r.now(), interrupted: r.ctx.Err() != nil}
	}
}

// result is what a reply says about p.
func (reply pluginReply) result(p *Promise) Result {
	res := Result{
		Promise: p, Status: document.OK, Start: reply.began, Message: reply.Message,
		Duration: time.Duration(reply.Seconds * float64(time.Second)),
		kind:     reply.Type, skipped: reply.Skipped, mayBang: reply.Bang && reply.Type == anomalyResult,
		period: time.Duration(reply.Minutes * float64(time.Minute)),
	}
	// Upstream cuts messages to the same length itself, and puts this before.
	if rest, cut := strings.CutPrefix(reply.Message, "..."); !cut || utf8.RuneCountInString(rest) > MessageLimit {
		res.Message = limitText(Clean([]byte(reply.Message)))
	} else {
		res.Message = Clean([]byte(reply.Message))
	}
	if reply.Failed {
		res.Status = document.Error
	}
	return res
}

// child runs the Python child and calls take with each reply; failure is the end
// of what the child printed.
func (r *runner) child(promises []*Promise, take func(pluginReply)) (failure string, err error) {
	logs := filepath.Join(r.config.StateFolder, "plugin-log")
	if err := os.MkdirAll(logs, 0o750); err != nil {
		return "", err
	}
	// Each round of places takes a deadline at most.
	rounds := time.Duration(len(promises)/places() + 2)
	ctx, cancel := context.WithTimeout(r.ctx, rounds*(r.timeout+time.Second)+10*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, r.interpreter(), "-c", bootstrap)
	c.Dir, c.Env = r.dir, r.env
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = time.Second
	input, err := r.job(promises, logs)
	if err != nil {
		return "", err
	}
	c.Stdin = input
	var stderr bytes.Buffer
	c.Stderr = &limited{&stderr, 64 << 10}
	out, err := c.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := c.Start(); err != nil {
		return "", err
	}
	begin := r.now()
	missing := readReplies(out, len(promises), func(reply pluginReply) {
		reply.began = begin
		take(reply)
	})
	err = c.Wait()
	if err == nil && missing > 0 {
		err = fmt.Errorf("%d plugins have no result", missing)
	}
	return Clean(tailBytes(stderr.Bytes(), 2000)), err
}

// job is what the child reads: the script and what to do.
func (r *runner) job(promises []*Promise, logs string) (io.Reader, error) {
	c := r.config
	job := pluginJob{
		Path: []string{}, Anomaly: r.anomaly, Timeout: r.timeout.Seconds(), Places: places(),
		Launcher: map[string]any{
			"log-folder": logs, "partition-folder": c.Partition, "master-url": c.MasterURL,
			"partition-cert": c.MasterCert, "partition-key": c.MasterKey, "partition-id": c.PartitionID,
			"computer-id": c.ComputerID, "promise-timeout": int(r.timeout.Seconds()), "debug": false,
		},
	}
	for i, p := range promises {
		if p.Plugin.Module != "" && len(job.Path) == 0 {
			job.Path = append(job.Path, p.Plugin.Path...)
		}
		job.Promises = append(job.Promises, pluginRequest{
			ID: i, Title: strings.TrimSuffix(filepath.Base(p.Path), ".py"), File: p.Path,
			Module: p.Plugin.Module, Path: append([]string{}, p.Plugin.Path...), Config: p.Plugin.Config,
		})
	}
	var b bytes.Buffer
	for _, v := range []any{pluginScript, job} {
		if err := json.NewEncoder(&b).Encode(v); err != nil {
			return nil, err
		}
	}
	return &b, nil
}

// readReplies calls take with each of n replies, or until the child ends, and
// returns how many are missing.
func readReplies(out io.Reader, n int, take func(pluginReply)) (missing int) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 4<<20)
	seen := make([]bool, n)
	for n > 0 && lines.Scan() {
		var reply pluginReply
		if json.Unmarshal(lines.Bytes(), &reply) == nil && reply.ID >= 0 && reply.ID < len(seen) && !seen[reply.ID] {
			seen[reply.ID] = true
			n--
			take(reply)
		}
	}
	return n
}

// interpreter is the Python that plugins are for: the one of the software
// release's own buildout, as slapgrid takes it, or the system's.
func (r *runner) interpreter() string {
	if python := os.Getenv("MONITOR_PYTHON"); python != "" {
		return python
	}
	raw, err := os.ReadFile(filepath.Join(r.config.Partition, "software_release", "bin", "buildout"))
	if err == nil {
		for line := range strings.Lines(string(raw[:min(len(raw), 4096)])) {
			for _, word := range strings.Fields(strings.TrimPrefix(line, "#!")) {
				word = strings.Trim(word, `"'`)
				if strings.HasPrefix(filepath.Base(word), "python") && filepath.IsAbs(word) {
					return word
				}
			}
		}
	}
	return "python3"
}

// limited is a writer that keeps the first bytes and swallows the rest.
type limited struct {
	w    *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	l.w.Write(p[:n])
	return len(p), nil
}

func tailBytes(b []byte, n int) []byte { return b[max(0, len(b)-n):] }
