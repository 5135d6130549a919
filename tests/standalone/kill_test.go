package standalone_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// rounds is how often each program is killed.
const rounds = 12

// coin is a promise that is kept or broken by chance, so that every pass has
// something to write.
const coin = "#!/bin/sh\nnow=$(date +%s%N)\necho \"it is $now\"\ntest $(( ${now%????} % 2 )) = 0\n"

// documents parses all that is published, hidden files apart: those are being
// written.
func (d *deployment) documents() {
	d.t.Helper()
	root := d.partition("srv/monitor")
	count := 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a file that was being written
		}
		if err == nil && e.IsDir() && e.Name() == "spare" {
			return fs.SkipDir // a spare is nobody's document until it takes its place
		}
		if err != nil || e.IsDir() {
			return err
		}
		name := e.Name()
		if strings.Contains(name, ".damaged") {
			d.t.Errorf("%s was found damaged", path)
		}
		if strings.HasPrefix(name, ".") || !strings.HasSuffix(name, ".json") && name != "feed" && name != "feeds" {
			return nil
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		count++
		if err := wellFormed(name, text); err != nil {
			d.t.Errorf("%s: %v\n%s", path, err, text)
		}
		return nil
	})
	if err != nil {
		d.t.Error(err)
	}
	if count < 10 {
		d.t.Errorf("only %d documents", count)
	}
}

// litter lists hidden files that killed writers left among the documents.
func (d *deployment) litter() []string {
	var all []string
	for _, folder := range []string{"public", "public/promise", "private", "private/documents", "private/config/.jio_documents"} {
		hidden, _ := filepath.Glob(d.partition("srv/monitor/" + folder + "/.?*"))
		all = append(all, slices.DeleteFunc(hidden, func(f string) bool {
			st, err := os.Lstat(f)
			return err != nil || !st.Mode().IsRegular()
		})...)
	}
	return all
}

// stopped has no server and no scheduler: passes are the test's own.
func stopped(t *testing.T) *deployment {
	d := example(t, "")
	s := d.start("--once")
	if code := s.wait(); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, &s.out, &s.err)
	}
	d.write(d.partition("etc/monitor-promise/coin"), coin, 0o750)
	// Promises that ask the server are not what this is about.
	for _, f := range []string{"etc/promise/monitor-asks-for-password", "etc/plugin/monitor-http-frontend.py",
		"etc/plugin/monitor-httpd-listening-on-tcp.py", "etc/plugin/check-monitor-frontend-password.py"} {
		if err := os.Remove(d.partition(f)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestKilledPassLeavesNoDamage(t *testing.T) {
	t.Parallel()
	d := stopped(t)
	conf := d.partition("etc/monitor.conf")
	passes := []struct {
		program   string
		arguments []string
		before    func()
	}{
		{"monitor-runpromise", []string{"-c", conf, "-f"}, func() {}},
		{"monitor-publish", []string{"-c", conf}, d.pass},
		{"monitor-runpromise", []string{"reports", "-c", conf, "-f"}, func() {}},
		{"monitor-configwrite", []string{"-c", conf}, func() { d.edit(fmt.Sprint("edited ", rand.Int())) }},
	}
	for _, c := range passes {
		took := d.timed(c.program, c.arguments)
		for range rounds {
			c.before()
			d.killed(c.program, c.arguments, rand.N(took))
			d.documents()
		}
	}
	d.pass()
	for _, c := range passes { // each removes what its own killed passes left
		d.timed(c.program, c.arguments)
	}
	d.documents()
	if left := d.litter(); len(left) > 0 {
		t.Errorf("killed writers' files are left: %q", left)
	}
	if left := d.living(); len(left) > 0 {
		t.Errorf("processes are left: %q", left)
	}
	s := d.start("--once")
	s.wait()
	s.line(`(OK \d+ kept|ERROR 1 of \d+: coin: .*)$`)
}

// edit leaves edited parameters for monitor-configwrite, as an upload does.
func (d *deployment) edit(greeting string) {
	d.t.Helper()
	folder := d.partition("srv/monitor/private/config/.jio_documents")
	d.write(filepath.Join(folder, "config.tmp.json"), string(edited(d.t, []byte(d.read(filepath.Join(folder, "config.json"))), greeting)), 0o640)
}

// edited changes the greeting among the parameters that the interface shows.
func edited(t *testing.T, config []byte, greeting string) []byte {
	t.Helper()
	var parameters []map[string]any
	if err := json.Unmarshal(config, &parameters); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, p := range parameters {
		if p["key"] == "greeting" {
			p["value"], found = greeting, true
		}
	}
	if !found {
		t.Fatalf("no greeting among %v", parameters)
	}
	text, err := json.Marshal(parameters)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// timed tells how long a program takes.
func (d *deployment) timed(program string, arguments []string) time.Duration {
	d.t.Helper()
	began := time.Now()
	c := exec.Command(filepath.Join(programs, program), arguments...)
	c.Dir = d.partition("")
	if out, err := c.CombinedOutput(); err != nil && c.ProcessState.ExitCode() != 1 {
		d.t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return time.Since(began)
}

// killed starts a program and kills it after a while.
func (d *deployment) killed(program string, arguments []string, after time.Duration) {
	d.t.Helper()
	c := exec.Command(filepath.Join(programs, program), arguments...)
	c.Dir = d.partition("")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		d.t.Fatal(err)
	}
	time.Sleep(after)
	if err := kill(c.Process.Pid); err != nil {
		d.t.Fatal(err)
	}
	_ = c.Wait() // it was killed, or had ended before
}

func TestKilledServerComesBack(t *testing.T) {
	t.Parallel()
	d := example(t, "")
	s := d.well()
	c := s.client()
	ctx, cancel := context.WithCancel(context.Background())
	writing := make(chan struct{})
	written := map[string]bool{"hello": true}
	go func() {
		defer close(writing)
		for i := 0; ctx.Err() == nil; i++ {
			greeting := fmt.Sprintf("greeting %d %s", i, strings.Repeat("x", i%5000))
			config, err := c.try("GET", "/share/private/config/.jio_documents/config.json", "", false)
			if err != nil || config.status != 200 {
				time.Sleep(10 * time.Millisecond) // it is down
				continue
			}
			written[greeting] = true
			_, _ = c.try("PUT", "/share/private/config/.jio_documents/config.tmp.json", string(edited(t, config.body, greeting)), false)
		}
	}()
	for range 3 {
		pid := 0
		s.eventually("a server that answers", func() bool {
			a, err := c.try("GET", "/public/feed", "", true)
			pid = d.pidOf("monitor-httpd")
			return err == nil && a.status == 200 && pid != 0
		})
		time.Sleep(rand.N(300 * time.Millisecond)) // somewhere in the uploads
		if err := kill(pid); err != nil {
			t.Fatal(err)
		}
		d.documents()
	}
	s.eventually("a server that answers", func() bool {
		a, err := c.try("GET", "/share/private/", "", false)
		return err == nil && a.status == 200
	})
	cancel()
	<-writing
	d.documents()
	if got := strings.TrimSuffix(d.read(d.partition("etc/greeting")), "\n"); !written[got] {
		t.Errorf("the greeting is %q, which nobody wrote", got)
	}
	if len(written) < 5 {
		t.Errorf("only %d uploads: nothing was tested", len(written))
	}
	s.line(`service monitor-httpd\S* ended \(killed by SIGKILL after .*it is started again in`)
}

func TestKilledStandaloneTakesAllWithIt(t *testing.T) {
	t.Parallel()
	d := example(t, "")
	s := d.well()
	password := d.read(d.partition("etc/.monitor-password"))
	if err := kill(s.cmd.Process.Pid); err != nil {
		t.Fatal(err)
	}
	<-s.ended
	s.gone()
	d.documents()
	d.well()
	if d.read(d.partition("etc/.monitor-password")) != password {
		t.Error("the password changed")
	}
}

// gone waits until no process of the deployment is left.
func (s *session) gone() {
	s.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		left := s.living()
		if len(left) == 0 {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("left: %q", left)
		}
	}
}

func TestKilledDeploymentCanBeRepeated(t *testing.T) {
	t.Parallel()
	d := example(t, "")
	for range rounds {
		s := d.start()
		time.Sleep(rand.N(400 * time.Millisecond))
		if err := kill(s.cmd.Process.Pid); err != nil {
			t.Fatalf("it ended by itself: %v\n%s%s", err, &s.out, &s.err)
		}
		<-s.ended
		s.gone()
	}
	s := d.start("--once")
	if code := s.wait(); code != 0 {
		t.Errorf("exit %d\n%s%s", code, &s.out, &s.err)
	}
	d.documents()
}
