package browser_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestList(t *testing.T) {
	t.Parallel()
	f := tree(t)
	b := arrive(t, f)

	t.Run("status in two clicks", func(t *testing.T) {
		b := &tab{t, b.ctx}
		b.follow("#/promises")
		b.click(".chips .chip", "ERROR")
		b.until("only errors", `location.hash.includes('query=status:=ERROR') && document.querySelectorAll('.table-body .row').length === 3`)
		for _, row := range b.rows() {
			if !strings.HasPrefix(row, "ERROR | backup-is-recent") {
				t.Errorf("the list of errors shows %s", row)
			}
		}
		b.sees(".shown", "3 of ")
		b.follow("#/promises?status=ERROR&instance=Frontend")
		b.until("the scope of a link", `document.querySelectorAll('.table-body .row').length === 1 && document.querySelectorAll('.chip.scope').length === 2`)
		// And in one, from the header of any page.
		b.follow("#/sync")
		b.click(".global a", "error")
		b.until("only errors again", `document.querySelectorAll('.table-body .row').length === 3`)
	})

	t.Run("columns, in part and exactly", func(t *testing.T) {
		b := &tab{t, b.ctx}
		b.follow("#/promises")
		b.fill(".filters .c-promise input", "monitor-h")
		b.until("a partial match", `document.querySelectorAll('.table-body .row').length === 6`)
		b.fill(".filters .c-instance input", "database <b>primary</b>")
		b.click(".filters .c-instance .exact", "=")
		b.until("both filters in the address", `location.hash.includes('promise:monitor-h') && location.hash.includes('instance:=')`)
		b.until("two matches", `document.querySelectorAll('.table-body .row').length === 2`)
		b.fill(".filters .c-instance input", "database")
		b.until("no exact match", `document.querySelectorAll('.table-body .row').length === 0`)
		b.click(".empty button", "Clear")
		b.until("everything again", `document.querySelectorAll('.table-body .row').length > 6`)
	})

	t.Run("free search", func(t *testing.T) {
		b := &tab{t, b.ctx}
		b.follow("#/promises")
		b.fill("[data-search]", "days old frontend")
		b.until("words of several columns", `document.querySelectorAll('.table-body .row').length === 1`)
	})

	t.Run("sorting", func(t *testing.T) {
		b := &tab{t, b.ctx}
		b.follow("#/promises?query=instance:=Frontend")
		b.sees(".table-body", "backup-is-recent")
		b.click(".titles button", "Promise")
		b.until("ascending", `document.querySelector('.titles .c-promise').getAttribute('aria-sort') === 'ascending'`)
		up := b.rows()
		b.click(".titles button", "Promise")
		b.until("descending", `document.querySelector('.titles .c-promise').getAttribute('aria-sort') === 'descending' && location.hash.includes('sort=-promise')`)
		down := b.rows()
		if len(up) != len(down) || up[0] != down[len(down)-1] || !strings.Contains(up[0], "backup-is-recent") {
			t.Errorf("up %q, down %q", up, down)
		}
	})

	t.Run("deep links", func(t *testing.T) {
		b := &tab{t, b.ctx}
		base := f.root.base() + "/app/"
		computer := js[string](b, `(async () => { location.hash = '#/instances?query=instance:=Frontend'; await new Promise(r => setTimeout(r, 500)); return document.querySelector('.table-body .c-computer').innerText })()`)
		for place, want := range map[string]int{
			"#/promises?instance=Frontend&query=status:=ERROR":                                                         1,
			"#/promises?computer=" + url.QueryEscape(computer) + "&query=backup":                                       2, // the third one's computer is not known: another password
			"#/promises?subscription=" + url.QueryEscape("Shop of Ann & Bob") + "&query=backup":                        3,
			"#/promises?instance=front":                                                                                0, // a scope is exact
			"#/?page=ojsm_dispatch&query=" + url.QueryEscape(`portal_type:"Promise" AND status:"ERROR"`):               3,
			"#/?page=ojsm_dispatch&query=" + url.QueryEscape(`portal_type:"Software Instance" AND title:"Mail relay"`): 1,
			"#page=ojsm_landing&query=" + url.QueryEscape(`portal_type:"Instance Tree" AND title:"Shop of Ann & Bob"`): 1,
		} {
			b.goTo("about:blank") // a link opened from elsewhere
			b.goTo(base + place)
			b.until(place, `document.querySelector('.shown') && document.querySelectorAll('.table-body .row').length === %d`, want)
		}
		b.goTo(base + "#/promises?instance=Frontend")
		b.click(".chip.scope", "Frontend")
		b.until("the scope removed", `!location.hash.includes('instance=')`)
	})

	t.Run("keyboard", func(t *testing.T) {
		b := &tab{t, b.ctx}
		b.follow("#/promises?query=instance:=Frontend")
		b.sees(".table-body", "backup-is-recent")
		b.press("/")
		b.until("focus in the search, which stays empty", `document.activeElement.matches('[data-search]') && document.activeElement.value === ''`)
		b.press(kb.ArrowDown)
		b.until("focus on the first line", `document.activeElement.closest('[data-row="0"]')`)
		b.press(kb.ArrowDown + kb.ArrowDown)
		b.until("focus on the third line", `document.activeElement.closest('[data-row="2"]')`)
		b.press(kb.End)
		b.until("focus on the last line", `document.activeElement.closest('[data-row]').dataset.row === String(document.querySelector('[role=table]').ariaRowCount - 2)`)
		b.press(kb.Home)
		b.until("focus on the first line again", `document.activeElement.closest('[data-row="0"]')`)
		b.press(kb.End)
		b.until("focus on the last line", `document.activeElement.closest('[data-row]').dataset.row !== '0'`)
		b.follow("#/promises?query=instance:=Frontend backup-is")
		b.until("focus stays in a list that got shorter", `document.querySelectorAll('[data-row]').length === 1 && document.activeElement.closest('[data-row="0"]')`)
		b.press(kb.Enter)
		b.sees("h1", "backup-is-recent")
		b.press("gi")
		b.sees("h1", "Software Instances")
		b.press("?")
		b.until("the help", `document.querySelector('dialog').open`)
		b.accessible("keyboard help")
		b.press(kb.Escape)
		b.until("the help closed", `!document.querySelector('dialog').open`)
	})
}

func TestProblemsAreToldApart(t *testing.T) {
	t.Parallel()
	f := tree(t)
	b := arrive(t, f)
	b.follow("#/sync")
	for _, p := range []struct{ title, says, address string }{
		{"Mail relay", "Wrong password", f.other.base()},
		{"Backup server", "certificate not trusted", f.untrusted.base()},
		{host(f.nothing), "Unreachable", f.nothing},
	} {
		b.until(p.title+": "+p.says, `[...document.querySelectorAll('.problem')].filter(e => e.innerText.includes(%s)).map(e => e.innerText.split('\n')[0]).some(s => s.includes(%s) && s.includes(%s))`,
			quote(p.address), quote(p.title), quote(p.says))
	}
	b.until("a link to accept the certificate", `[...document.querySelectorAll('.problem a[target=_blank]')].some(a => a.href.startsWith(%s) && a.rel.includes('noreferrer'))`, quote(f.untrusted.base()))
	b.sees(".facts", "2 / 5")

	// The password is wrong, its promises are public all the same.
	b.follow("#/promises?instance=" + url.PathEscape("Mail relay"))
	b.sees(".table-body", "backup-is-recent")

	// The instance's own password is given on its page.
	b.follow("#/instance/" + url.PathEscape(f.other.base()))
	b.fill("input[name=password]", f.other.password)
	b.click("button", "Use this password")
	b.until("the problem gone", `!document.querySelector('.problem') && document.querySelector('.facts')?.innerText.includes('slappart')`)
}
