package recipes

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func component(t *testing.T, phase, name, dir string, options ...Pair) (*Reply, error) {
	t.Helper()
	return Do(Request{Recipe: Egg + ":component", Name: name, Phase: phase, Options: options, Directory: dir})
}

func TestComponentsStandInForThoseOfSlapOS(t *testing.T) {
	for name, programs := range map[string][]string{
		"dash": {"bin/dash"}, "dcron": {"sbin/crond"}, "apache": {"bin/httpd", "modules"}, "logrotate": {"sbin/logrotate", "usr/sbin/logrotate"},
	} {
		dir := t.TempDir()
		location := filepath.Join(dir, "parts", name)
		known, err := component(t, Init, name, dir)
		if err != nil {
			if !strings.Contains(err.Error(), "install it, or extend component/"+name) {
				t.Error(err)
			}
			continue // this machine lacks it
		}
		if got, _ := known.Options.Lookup("location"); got != location {
			t.Errorf("%s is in %q", name, got)
		}
		if _, err := component(t, Install, name, dir, Pair{"location", location}); err != nil {
			t.Fatal(err)
		}
		for _, p := range programs {
			if _, err := os.Stat(filepath.Join(location, p)); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := component(t, Init, "template-apache-backend-conf", t.TempDir()); err == nil {
		t.Error("a component that the stack does not have")
	}
}

// A release's own section keeps the meaning it has without the stack.
func TestComponentOfTheReleaseItself(t *testing.T) {
	for _, own := range []Pair{{"location", "/opt/apache"}, {"version", "2"}} {
		dir := t.TempDir()
		for _, phase := range []string{Init, Install} {
			reply, err := component(t, phase, "apache", dir, own)
			if err != nil || len(reply.Paths) > 0 {
				t.Errorf("%v: %v, %v", own, reply, err)
				continue
			}
			if got, set := reply.Options.Lookup("location"); set {
				t.Errorf("%v: location became %q", own, got)
			}
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Errorf("%v: made %v, %v", own, entries, err)
		}
	}
}

// dcron's command line, as the cron recipe of slapos.cookbook writes it.
func TestCrondTakesDcronsOptions(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/scheduler", []byte("#!/bin/sh\necho \"$@\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := &Part{Name: "dcron", Directory: dir, Phase: Install}
	plan, err := planComponent(p)
	if err != nil {
		t.Fatal(err)
	}
	scheduler, err := p.program("scheduler", "monitor-standalone")
	if err != nil {
		t.Fatal(err)
	}
	script := strings.ReplaceAll(string(plan[0].Content), quote(scheduler), dir+"/scheduler")
	if err := os.WriteFile(dir+"/crond", []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(dir+"/crond", "-s", "/a b/cron.d", "-c", "/c", "-t", "/t", "-f", "-l", "5", "-M", "/m", "-L", "/log").CombinedOutput()
	if err != nil || string(out) != "cron --directory /a b/cron.d --log /log\n" {
		t.Errorf("%s, %v", out, err)
	}
}
