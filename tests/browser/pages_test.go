package browser_test

import (
	"net/url"
	"slices"
	"testing"
)

// TestPages opens every page on both screens, in both colours, looks for faults
// that a machine can find, and writes pictures for people.
func TestPages(t *testing.T) {
	t.Parallel()
	f := tree(t)
	b := arrive(t, f)
	want := []string{"Promises", "Software Instances", "Hosting Subscriptions", "Monitor Configurations", "Synchronisation", "OPML Import / Export"}
	if got := js[[]string](b, `[...document.querySelectorAll('nav[aria-label=Pages] a')].map(a => a.textContent)`); !slices.Equal(got, want) {
		t.Errorf("the side panel has %q", got)
	}
	child := "#/instance/" + url.PathEscape(f.child.base())
	for _, page := range []struct{ name, place, shows string }{
		{"promises", "#/promises", "backup-is-recent"},
		{"promises-filtered", "#/promises?query=status:=ERROR", "backup-is-recent"},
		{"promise", "#/promise/" + url.PathEscape(f.child.base()) + "/backup-is-recent", "run bin/backup"},
		{"long-message", "#/promise/" + url.PathEscape(f.child.base()) + "/prints-markup", "onerror="},
		{"instances", "#/instances", "Backup server"},
		{"instance", child, "slappart"},
		{"resources", child + "/resources", "CPU"},
		{"processes", child + "/processes", "Processes"},
		{"files", child + "/files", "monitor.global.json"},
		{"log", child + "/files/log?file=monitor-httpd-access.log", "GET"},
		{"parameters", child + "/parameters", "greeting"},
		{"subscriptions", "#/subscriptions", "Shop of Ann & Bob"},
		{"subscription", "#/subscription/" + url.PathEscape(f.root.base()+"/public/feeds"), "Mail relay"},
		{"password", "#/subscription/" + url.PathEscape(f.root.base()+"/public/feeds") + "/password", "New password"},
		{"configurations", "#/configurations", "Enabled"},
		{"configuration", "#/configuration/" + url.PathEscape(f.root.base()+"/public/feeds"), "User name"},
		{"setup", "#/setup", "Add and synchronise"},
		{"sync", "#/sync", "Wrong password"},
		{"transfer", "#/transfer", "With passwords"},
		{"nowhere", "#/nowhere", "no such page"},
	} {
		t.Run(page.name, func(t *testing.T) {
			b := &tab{t, b.ctx}
			for _, screen := range []struct {
				name          string
				width, height int64
				dark          bool
			}{{"desktop", desktopWidth, desktopHeight, false}, {"dark", desktopWidth, desktopHeight, true}, {"phone", phoneWidth, phoneHeight, false}} {
				b.size(screen.width, screen.height)
				b.dark(screen.dark)
				b.follow(page.place)
				b.sees("main", page.shows)
				b.accessible(page.name + " on " + screen.name)
				if n := js[int](b, `document.querySelectorAll('h1').length`); n != 1 {
					t.Errorf("%s has %d headings of the first level", page.name, n)
				}
				if wide := js[int](b, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
					t.Errorf("%s: %d pixels wider than the %s", page.name, wide, screen.name)
				}
				b.shot(page.name + "-" + screen.name)
			}
		})
	}
	b.size(phoneWidth, phoneHeight)
	b.follow("#/promises")
	b.sees("h1", "Promises")
	b.click(".menu-button", "Menu")
	b.until("the menu", `document.querySelector('.panel').getBoundingClientRect().left >= 0`)
	b.accessible("menu on phone")
	b.shot("menu-phone")
}
