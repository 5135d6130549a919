package browser_test

import (
	"net/url"
	"os"
	"strings"
	"testing"
)

func TestPasswordChange(t *testing.T) {
	t.Parallel()
	f := ownTree(t)
	b := arrive(t, f)
	opml := f.root.base() + "/public/feeds"
	b.follow("#/subscription/" + url.PathEscape(opml) + "/password")
	b.fill("input[name=new]", "short")
	b.sees("form", "At least 8")
	const next = "Battery-Staple9"
	b.fill("input[name=new]", next)
	b.sees("form", "differ")
	b.fill("input[name=again]", next)
	b.click("form button", "Change the password")

	// Two are changed, one has another password, two cannot be reached.
	b.sees(".notice.error", "3 instances have not got")
	b.shot("password-partly")
	b.accessible("password, partly changed")
	for title, says := range map[string]string{"Frontend": "changed", "Database": "changed", "Mail relay": "Wrong password", "Backup server": "certificate not trusted"} {
		b.until(title+": "+says, `[...document.querySelectorAll('.outcomes li')].some(e => e.innerText.includes(%s) && e.innerText.includes(%s))`, quote(title), quote(says))
	}
	for _, p := range []*partition{f.root, f.child} {
		eventually(t, "the new password on disk", func() bool {
			got, _ := os.ReadFile(p.path("etc/.monitor-password"))
			return strings.TrimSpace(string(got)) == next
		})
	}

	// Nobody is locked out: those that changed are read with the new one.
	b.follow("#/sync")
	b.click("main button", "Synchronise now")
	b.until("the synchronisation", `!document.querySelector('[role=progressbar]') && document.querySelector('.facts').innerText.includes('2 / 5')`)

	// The ones that failed are mended, and the change is finished.
	f.root.children = f.root.children[:1]
	b.follow("#/instance/" + url.PathEscape(f.other.base()))
	b.fill("input[name=password]", f.other.password)
	b.click("button", "Use this password")
	b.until("the right password", `!document.querySelector('.problem')`)
	b.follow("#/subscription/" + url.PathEscape(opml) + "/password")
	b.fill("input[name=new]", next)
	b.fill("input[name=again]", next)
	b.click("form button", "Change the password")
	b.until("all that can be reached", `[...document.querySelectorAll('.outcomes li')].filter(e => /changed|already/.test(e.className)).length === 3 && document.querySelector('.notice.error')?.innerText.includes('2 instances')`)
}

func TestExportAndImport(t *testing.T) {
	t.Parallel()
	f := tree(t)
	b := arrive(t, f)
	b.follow("#/transfer")
	b.sees("main", "With passwords")
	exported := js[string](b, `document.querySelector('textarea[readonly]').value`)

	other := open(t, f.pins)
	other.goTo(f.root.base() + "/app/")
	other.sees("main", "Nothing is monitored here yet")
	other.shot("welcome-desktop")
	other.accessible("welcome")
	other.click("a", "Import a list")
	other.fill("textarea[name=pasted]", exported)
	other.click("form button", "Import")
	other.sees(".notice.ok", "Imported 1 configuration")
	other.follow("#/promises")
	other.sees(".table-body", "backup-is-recent")
	other.follow("#/transfer")
	other.sees("main", "With passwords")
	if again := js[string](other, `document.querySelector('textarea[readonly]').value`); again != exported {
		t.Errorf("exported\n%s\nand, imported elsewhere,\n%s", exported, again)
	}

	other.fill("textarea[name=pasted]", `{"opml_description_list": 5}`)
	other.click("form button", "Import")
	other.sees(".notice.error", "no export")
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	f := tree(t)
	b := arrive(t, f)
	opml := f.root.base() + "/public/feeds"
	b.follow("#/configuration/" + url.PathEscape(opml))
	b.click("form button", "Verify")
	b.sees(".lines", "Mail relay")
	b.sees("form", "Wrong password")
	b.shot("configuration-verified")
	b.follow("#/configurations")
	b.click("input[type=checkbox]", "Enabled")
	b.until("it disabled", `!document.querySelector('input[type=checkbox]').checked`)
	b.follow("#/configuration/" + url.PathEscape(opml))
	b.click("main > .page > .actions button", "Remove")
	b.click("button", "Remove")
	b.sees("h1", "Monitor Configurations")
	b.follow("#/promises")
	b.sees("main", "Nothing is monitored here yet")
}
