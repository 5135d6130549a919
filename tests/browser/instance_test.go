package browser_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPromisePage(t *testing.T) {
	t.Parallel()
	f := tree(t)
	b := arrive(t, f)
	b.follow("#/promises?query=backup&instance=" + url.QueryEscape("Database <b>primary</b>"))
	b.click(".table-body a", "backup-is-recent")
	b.sees(".message", "run bin/backup --now")
	b.sees(".history", "the last one is 3 days old")
	b.until("a timeline of both statuses", `document.querySelectorAll('.timeline rect.ok').length > 0 && document.querySelectorAll('.timeline rect.error').length > 0`)
	b.sees(".facts", "Status since")
	b.click(".siblings a", "") // the next promise
	b.until("another promise", `!location.hash.includes('backup-is-recent')`)

	// Addresses in a message are links, and nothing else in it is anything.
	b.follow("#/promise/" + url.PathEscape(f.child.base()) + "/service-answers")
	b.until("a link", `document.querySelector('.message a')?.href === 'https://example.com/manual?page=1'`)
}

func TestCharts(t *testing.T) {
	t.Parallel()
	f := tree(t)
	b := arrive(t, f)
	b.follow("#/instance/" + url.PathEscape(f.child.base()))
	b.until("the progression", `document.querySelector('.chart canvas')?.width > 100 && document.querySelector('.chart [role=img]').ariaLabel.includes('Error: latest')`)
	b.follow("#/instance/" + url.PathEscape(f.child.base()) + "/resources")
	b.until("five charts of what was sampled", `[...document.querySelectorAll('.chart [role=img]')].filter(e => e.ariaLabel.includes('latest')).length >= 5`)
	b.sees(".charts", "Memory (MiB)")
	drawn := `(() => { const c = document.querySelector('.chart canvas'); return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v !== 0) })()`
	b.until("something drawn", "%s", drawn)
	b.click(".chips .chip", "1 h")
	b.until("something drawn in another range", "%s", drawn)
}

func TestFilesAndLogs(t *testing.T) {
	t.Parallel()
	f := tree(t)
	b := arrive(t, f)
	log := f.child.path("var/log/application.log")
	appendTo(t, log, strings.Repeat("an old line\n", 20_000)+"the last line\n")

	b.follow("#/instance/" + url.PathEscape(f.child.base()) + "/files")
	b.click(".listing a", "log")
	b.click(".listing a", "application.log")
	b.sees(".log", "the last line")
	if n := js[int](b, `document.querySelector('.log').innerText.length`); n > 70_000 {
		t.Errorf("%d characters of the log were fetched to show its end", n)
	}
	b.until("its end in sight", `(e => e.scrollHeight - e.scrollTop - e.clientHeight < 5)(document.querySelector('.log'))`)
	appendTo(t, log, "<b>something</b> happened\n")
	b.sees(".log", "<b>something</b> happened")
	b.until("its end in sight again", `(e => e.scrollHeight - e.scrollTop - e.clientHeight < 5)(document.querySelector('.log'))`)

	before := js[int](b, `document.querySelector('.log').innerText.length`)
	b.click("button", "Load earlier")
	b.until("more of it", `document.querySelector('.log').innerText.length > %d`, before+60_000)
	b.fill("main [data-search]", "something")
	b.until("only lines with the word", `document.querySelector('.log').innerText.trim() === '<b>something</b> happened'`)

	// A file that took its place, as after a rotation.
	if err := os.WriteFile(log+".new", []byte("a new file\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(log+".new", log); err != nil {
		t.Fatal(err)
	}
	b.fill("main [data-search]", "")
	b.sees(".log", "a new file")
	b.sees(".notice", "replaced")

	b.follow("#/instance/" + url.PathEscape(f.child.base()) + "/files?file=nothing-here.txt")
	b.sees(".problem", "Not there")

	// Whatever its name says, what is not text is not shown as text.
	appendTo(t, f.child.path("var/log/core"), strings.Repeat("\x00\x01\xfe\xff", 5000))
	b.follow("#/instance/" + url.PathEscape(f.child.base()) + "/files/log?file=core")
	b.sees(".files", "This file is not text")
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	f := tree(t)
	b := arrive(t, f)
	target := f.root.path("etc/greeting")
	b.follow("#/instance/" + url.PathEscape(f.root.base()) + "/parameters")
	b.sees("form", "greeting")
	edit := func(name, value string) {
		t.Helper()
		b.until("the field "+name, `(() => {
			const e = [...document.querySelectorAll('form .field')].find(e => e.querySelector('label span').innerText === %s)?.querySelector('input');
			if (!e || e.disabled) return false;
			Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(e, %s);
			e.dispatchEvent(new Event('input', { bubbles: true }));
			return true;
		})()`, quote(name), quote(value))
	}
	edit("greeting", "good evening")
	b.click("form button", "Save")
	b.sees(".notice.ok", "In effect: greeting")
	if got, err := os.ReadFile(target); err != nil || strings.TrimSpace(string(got)) != "good evening" {
		t.Errorf("the target file has %q, %v", got, err)
	}

	// The server's reason is shown, and the value stays in the form.
	edit("greeting", "\u0001")
	b.click("form button", "Save")
	b.sees(".notice.error", "Refused")
	b.shot("parameters-refused")
	b.click("form button", "Discard")

	// Somebody else edits while the form is open.
	if err := os.WriteFile(target, []byte("good night\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	f.root.program(t, "monitor-configurator")
	edit("greeting", "good morning")
	b.click("form button", "Save")
	b.until("an outcome", `document.querySelector('form .notice')?.innerText.match(/changed meanwhile|In effect/)`)
	if js[bool](b, `document.querySelector('form .notice').innerText.includes('In effect')`) {
		t.Error("an edit of somebody else was overwritten")
	}
	if got, _ := os.ReadFile(target); strings.TrimSpace(string(got)) != "good night" {
		t.Errorf("the target file has %q", got)
	}
}
