package faults

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/promise"
)

// TestEvilPromises runs promises that misbehave in every way, all at once,
// beside a good one.
func TestEvilPromises(t *testing.T) {
	evil := map[string]struct{ script, says string }{
		"gigabyte":      {"head -c 1000000000 /dev/zero | tr '\\0' x; echo; echo end", "bytes)"},
		"binary":        {"head -c 3000 /dev/urandom", ""},
		"never-ends":    {"echo begun; sleep 300", "timed out after 5 seconds\nbegun"},
		"ignores-term":  {"trap '' TERM HUP INT; while :; do sleep 1; done", "timed out after 5 seconds"},
		"floods":        {"while :; do echo x; done", "timed out after 5 seconds"},
		"daemon":        {"setsid sleep 300 & echo started", "started"},
		"double-daemon": {"(setsid sh -c '(sleep 300 &) ; sleep 300' &) ; echo started", "started"},
		// Each generation forks twice, so far as a limit that stands for that of users.
		"fork-bomb":     {`bomb() { test "$1" -gt 0 || exec sleep 300; bomb $(($1 - 1)) & bomb $(($1 - 1)) & wait; }; bomb 6`, "timed out after 5 seconds"},
		"closes-output": {"exec >&- 2>&-; sleep 1; exit 3", "exit status 3 and no output"},
		"stops-itself":  {"kill -STOP $$", "timed out after 5 seconds"},
		"kills-itself":  {"kill -SEGV $$", "killed by signal 11"},
		"changes-file":  {`echo '#!/bin/sh' > "$0.new"; chmod +x "$0.new"; mv "$0.new" "$0"; echo changed`, "changed"},
		"not-utf8":      {`printf '\377\376 \0 \033[1mx'`, "\uFFFD"},
		"reads-stdin":   {"cat; echo read", "read"},
	}
	p := newPartition(t, t.TempDir())
	p.write("etc/promise_timeout", "5", 0o640)
	for name, e := range evil {
		p.promise(name, e.script)
	}
	p.promise("good", "echo fine")
	begin := time.Now()
	_, out := p.pass()
	took := time.Since(begin)
	lost, longest := 0, 0.0
	evil["good"] = struct{ script, says string }{"", "fine"}
	for name, e := range evil {
		doc, err := p.status(name)
		if err != nil || !strings.Contains(doc.Message, e.says) || !utf8.ValidString(doc.Message) || len(doc.Message) > 50_000 {
			lost++
			t.Errorf("%s: %q %v", name, doc.Message[:min(200, len(doc.Message))], err)
		}
		longest = max(longest, doc.ExecutionTime)
	}
	report(t, "evil promises beside a good one", len(evil), lost,
		fmt.Sprintf("deadline 5 s, the longest run took %.1f s, the pass %.1f s", longest, took.Seconds()))
	report(t, "  processes left over", len(evil), p.gone(), "")
	// One deadline and a lot of patience with a slow machine, not two deadlines.
	if took > 30*time.Second {
		t.Errorf("the pass took %v: %s", took, out)
	}
}

func TestPromiseThatRemovesTheFolder(t *testing.T) {
	p := newPartition(t, t.TempDir())
	p.promise("good", "echo fine")
	p.pass()
	p.promise("remover", "sleep 0.3; rm -r etc/promise; echo removed")
	p.pass()
	doc, err := p.status("remover")
	report(t, "a promise that removes the folder", 1, count(err != nil || doc.Message != "removed"), "")
	if code, out := p.pass(); code != 0 {
		t.Errorf("afterwards: exit %d: %s", code, out)
	}
	p.promise("remover", "rm -r srv; echo removed")
	p.pass()
	p.promise("remover", "echo back")
	code, out := p.pass()
	doc, err = p.status("remover")
	report(t, "a promise that removes the documents", 1, count(err != nil || code != 0 || doc.Message != "back"), out)
}

func TestFiveThousandPromises(t *testing.T) {
	const n = 5000
	p := newPartition(t, t.TempDir())
	for i := range n {
		p.promise(fmt.Sprintf("p%04d", i), "echo fine")
	}
	begin := time.Now()
	code, out := p.pass()
	took := time.Since(begin)
	if code != 0 {
		t.Errorf("exit %d: %.1000s", code, out)
	}
	lost := 0
	for i := range n {
		doc, err := p.status(fmt.Sprintf("p%04d", i))
		lost += count(err != nil || doc.Message != "fine")
	}
	report(t, "5,000 promises", n, lost, fmt.Sprintf("%.1f s", took.Seconds()))
}

// TestClockJumpsBack runs passes in this process, with a clock of its own.
func TestClockJumpsBack(t *testing.T) {
	p := newPartition(t, t.TempDir())
	p.promise("a", "cat number")
	conf, err := monitorconf.Load(p.at("etc/monitor.conf"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 19, 12, 0, 0, 0, time.UTC)
	jumps := []time.Duration{0, time.Minute, -24 * time.Hour, time.Minute, 25 * time.Hour, time.Minute, -30 * 24 * time.Hour, 365 * 24 * time.Hour}
	for i, jump := range jumps {
		now = now.Add(jump)
		p.write("number", fmt.Sprint(i), 0o640)
		if _, err := (&promise.Pass{Config: conf, Now: func() time.Time { return now }}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if i == 2 { // what is older than the archive's days is dropped at the last jump
			if got := len(p.messages("a")); got != 3 {
				t.Errorf("%d of 3 entries after the jump back", got)
			}
		}
		if h, err := p.history("a"); err != nil || h.Data[len(h.Data)-1].Date != document.Date(now) {
			t.Errorf("jump %v: %+v, %v", jump, h, err)
		}
	}
	report(t, "clock jumps back and forth", len(jumps), len(p.damaged()), "")
	if _, err := os.Stat(p.at("srv/monitor/public/a.history.json.damaged")); err == nil {
		t.Error("a sound history was taken for damaged")
	}
}
