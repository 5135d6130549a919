package browser_test

import (
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
	f := tree(t)
	link := f.root.setupURL(t)
	if !strings.HasPrefix(link, f.root.base()+"/app/#page=") || !strings.Contains(link, password) {
		t.Fatalf("the setup link is %s", link)
	}
	fragment := link[strings.IndexByte(link, '&'):]
	for name, form := range map[string]string{
		"as published": link,
		"of 2024":      f.root.base() + "/app/#page=ojsm_landing" + fragment,
		"of the panel": f.root.base() + "/app/#/?page=ojsm_landing" + fragment,
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
