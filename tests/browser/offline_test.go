package browser_test

import (
	"net/url"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// offline takes the browser's network away, its service worker's too.
func (b *tab) offline(on bool) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: on, DownloadThroughput: -1, UploadThroughput: -1})
	if err != nil {
		b.t.Fatal(err)
	}
}

func TestOfflineReload(t *testing.T) {
	t.Parallel()
	f := ownTree(t)
	b := arrive(t, f)
	b.follow("#/promise/" + url.PathEscape(f.child.base()) + "/backup-is-recent")
	b.sees(".history", "3 days old")
	b.until("the service worker", `navigator.serviceWorker.controller`)

	// Not only the network of the page: there is no server any more.
	b.offline(true)
	f.stop()
	b.do(chromedp.Reload())
	b.sees(".message", "run bin/backup --now")
	b.sees(".history", "3 days old") // what was last seen of it
	b.shot("offline-promise")
	b.follow("#/promises")
	b.until("all that was known", `Number(document.querySelector('[role=table]')?.ariaRowCount) > 20`)
	b.follow("#/sync")
	b.sees(".notice", "offline")
	b.sees(".sync-state", "Offline")
	b.follow("#/instance/" + url.PathEscape(f.child.base()) + "/files")
	b.sees("main", "not kept in this browser")

	// The network is back, the monitors are not: the last state stays.
	b.offline(false)
	b.follow("#/sync")
	b.until("the header says so", `!document.querySelector('.sync-state').innerText.includes('Offline')`)
	b.click("main button", "Synchronise now")
	b.until("the synchronisation", `!document.querySelector('[role=progressbar]') && document.querySelector('.facts').innerText.includes('0 / 5')`)
	b.sees(".problem", "Unreachable")
	b.follow("#/promises")
	b.until("the last known states", `Number(document.querySelector('[role=table]')?.ariaRowCount) > 20`)
	b.until("said to be old", `document.querySelectorAll('.stale').length > 5`)
	b.shot("unreachable-promises")
}
