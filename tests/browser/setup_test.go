package browser_test

import (
	"net/url"
	"strings"
	"testing"
)

// arrive opens the setup link of the tree's root and waits for the promises.
func arrive(t *testing.T, f *fixture) *tab {
	t.Helper()
	b := open(t, f.pins)
	b.goTo(f.root.setupURL(t))
	b.sees("h1", "Promises")
	b.until("the end of the synchronisation", `!document.querySelector('[role=progressbar]')`)
	b.sees(".table-body", "backup-is-recent")
	return b
}

func TestSetupLink(t *testing.T) {
	t.Parallel()
	f := tree(t)
	link := f.root.setupURL(t)
	if !strings.HasPrefix(link, f.root.base()+"/app/#page=") || !strings.Contains(link, password) {
		t.Fatalf("the setup link is %s", link)
	}
	fragment := link[strings.IndexByte(link, '&'):]
	for name, form := range map[string]string{
		"as published":              link,
		"of 2024":                   f.root.base() + "/app/#page=ojsm_landing" + fragment,
		"of the panel":              f.root.base() + "/app/#/?page=ojsm_landing" + fragment,
		"encoded, in another order": f.root.base() + "/app/#lang=en&password=" + password + "&username=admin&url=" + url.QueryEscape(f.root.base()+"/public/feeds") + "&page=settings_configurator",
		"to the base":               f.root.base() + "/app/#page=ojsm_landing&url=" + f.root.base() + "/&username=admin&password=" + password,
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, f.pins)
			b.goTo(form)
			b.until("credentials leaving the address bar", `!location.href.includes(%s)`, quote(password))
			b.sees("h1", "Promises")
			for _, title := range []string{"Frontend", "Database <b>primary</b>", "Mail relay"} {
				b.sees(".table-body", title)
			}
		})
	}
}

func TestSetupLinkWithWrongPassword(t *testing.T) {
	t.Parallel()
	f := tree(t)
	wrong := strings.Replace(f.root.setupURL(t), "password="+password, "password=Not.The.One1", 1)

	b := open(t, f.pins)
	b.goTo(wrong)
	b.sees(".notice.error", "could not be verified")
	b.sees(".problem", "Wrong password")
	b.until("the password out of the address bar", `!location.href.includes('Not.The.One1')`)
	b.shot("setup-wrong-password")
	b.follow("#/configurations")
	b.sees("main", "Nothing is configured yet")

	// A link does not replace a password that works by one that does not.
	b = arrive(t, f)
	b.goTo("about:blank")
	b.goTo(wrong)
	b.sees(".notice", "configured already")
	b.sees(".problem", "Wrong password")
	b.follow("#/sync")
	b.click("main button", "Synchronise now")
	b.until("the old password in use", `!document.querySelector('[role=progressbar]') && document.querySelector('.facts').innerText.includes('2 / 5')`)
}

// By hand, with whatever address of the monitor is known.
func TestAddByHand(t *testing.T) {
	t.Parallel()
	f := tree(t)
	b := open(t, f.pins)
	b.goTo(f.root.base() + "/app/#/configurations")
	b.click("a", "Add a monitor")
	for address, says := range map[string]string{
		"no address at all":     "no address that begins with https://",
		"javascript:alert(1)":   "no address that begins with https://",
		"http://127.0.0.2:1/":   "Not encrypted",
		f.nothing + "/feeds":    "Unreachable",
		f.root.base() + "/app/": "Wrong password",
	} {
		b.fill("input[name=url]", address)
		b.fill("input[name=username]", "admin")
		b.fill("input[name=password]", "Not.The.One1")
		b.click("button[type=submit]", "Add")
		b.sees(".form", says)
		if n := js[int](b, `document.querySelectorAll('.form a:not([href^="https://"], [href^="http://"])').length`); n > 0 {
			t.Errorf("%s: a link that leads nowhere", address)
		}
	}
	b.fill("input[name=url]", host(f.root.base()))
	b.fill("input[name=password]", password)
	b.click("button[type=submit]", "Add")
	b.sees("h1", "Promises")
	b.sees(".table-body", "backup-is-recent")
}
