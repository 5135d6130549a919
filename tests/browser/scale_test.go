package browser_test

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"slapmonitor/pkg/document"
	"slapmonitor/tests/peers"
)

const many = 10_000

// manyPromises is a partition with ten thousand results, published and served by
// the real programs; only the promises were not run.
func manyPromises(t *testing.T) *partition {
	t.Helper()
	p := &partition{dir: t.TempDir(), title: "Large", port: freePort()}
	public := filepath.Join(p.dir, "srv/monitor/public")
	for _, dir := range []string{"etc", "var/run/monitor", "var/log", "srv/monitor/public/promise", "srv/monitor/private/config/.jio_documents", "srv/monitor/webdav"} {
		if err := os.MkdirAll(filepath.Join(p.dir, dir), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	p.account(t)
	write(t, filepath.Join(p.dir, "etc/monitor.conf"), strings.ReplaceAll(fmt.Sprintf(`[monitor]
base-url = %s
title = Large
root-title = Large tree
promise-source = slapgrid
[promises]
partition-folder = DIR
[httpd]
listening-ip = 127.0.0.1
port = %d
cert-file = DIR/etc/monitor-httpd.crt
key-file = DIR/etc/monitor-httpd.key
`, p.base(), p.port), "DIR", p.dir))
	for _, link := range [][2]string{{"public", public}, {"private", filepath.Join(p.dir, "srv/monitor/private")}} {
		if err := os.Symlink(link[1], filepath.Join(p.dir, "srv/monitor/webdav", link[0])); err != nil {
			t.Fatal(err)
		}
	}
	for i := range many {
		name := fmt.Sprintf("check-service-%05d", i)
		now := time.Now()
		status := document.PromiseStatus{
			Status: document.OK, Type: "status", Title: name, Name: name, ChangeTime: document.Epoch(now.Add(-time.Duration(i) * time.Second)),
			Message: fmt.Sprintf("port %d answers within %d ms, as it did in all of the last runs", 1024+i, i%97),
			Result:  &document.PromiseResult{Type: "Test Result", Date: document.Date(now)},
		}
		if i%500 == 7 {
			status.Status, status.Result.Failed, status.Message = document.Error, true, "connection refused"
		}
		status.Result.Message = status.Message
		if _, err := document.WriteJSON(filepath.Join(public, "promise", name+".status.json"), status, document.PublicMode); err != nil {
			t.Fatal(err)
		}
	}
	conf := filepath.Join(p.dir, "etc/monitor.conf")
	if out, err := exec.Command(programs+"monitor-publish", "-c", conf).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p.serve(t, conf)
	return p
}

// account makes the one that everybody uses.
func (p *partition) account(t *testing.T) {
	t.Helper()
	digest := sha1.Sum([]byte(password))
	write(t, filepath.Join(p.dir, "etc/monitor-htpasswd"), "admin:{SHA}"+base64.StdEncoding.EncodeToString(digest[:])+"\n")
}

func (p *partition) serve(t *testing.T, conf string) {
	t.Helper()
	p.cmd = exec.Command(programs+"monitor-httpd", "-c", conf)
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.ended = make(chan struct{})
	go func() {
		_ = p.cmd.Wait() // its output tells
		close(p.ended)
	}()
	t.Cleanup(p.stop)
	eventually(t, "the server's certificate", func() bool {
		_, running := os.Stat(filepath.Join(p.dir, "var/run/monitor-httpd.pid"))
		_, certified := os.Stat(filepath.Join(p.dir, "etc/monitor-httpd.crt"))
		return running == nil && certified == nil
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

// slowness is how much longer than on an idle machine of two cores some fixed
// work takes in the page: the limits below grow with it.
func (b *tab) slowness() float64 {
	const idle = 60 // milliseconds
	took := js[float64](b, `(() => {
		const t = performance.now();
		for (let i = 0; i < 12; i++) JSON.parse(JSON.stringify(Array.from({ length: 8000 }, (_, n) => ({ n, s: 'text ' + n }))));
		return performance.now() - t;
	})()`)
	return max(1, took/idle)
}

func TestTenThousandPromises(t *testing.T) {
	p := manyPromises(t)
	pin, err := pinOf(filepath.Join(p.dir, "etc/monitor-httpd.crt"))
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, []string{pin})
	b.goTo(p.base() + "/app/")
	b.sees("main", "Nothing is monitored")
	// Notes when the feed had arrived, and when the list showed it.
	js[bool](b, `(() => {
		window.drawn = 0;
		const look = () => {
			const rows = document.querySelector('[role=table]')?.ariaRowCount;
			if (Number(rows) > 10000) window.drawn = performance.now(); else requestAnimationFrame(look);
		};
		look();
		window.long = [];
		new PerformanceObserver(l => { for (const e of l.getEntries()) window.long.push(e.duration) }).observe({ entryTypes: ['longtask'] });
		return true;
	})()`)
	slow := b.slowness()
	b.follow("#page=settings_configurator&url=" + p.base() + "/public/feeds&username=admin&password=" + password)
	b.until("ten thousand promises", `window.drawn > 0`)
	slow = max(slow, b.slowness()) // others use the machine, too, at one time or the other
	wait := js[float64](b, `window.drawn - Math.max(...performance.getEntriesByType('resource').filter(e => e.name.endsWith('/public/feed')).map(e => e.responseEnd))`)
	report := []string{fmt.Sprintf("list drawn %.0f ms after the feed of %d promises (machine %.1f times as slow as an idle one)", wait, many, slow)}
	defer func() {
		t.Log(strings.Join(report, "\n"))
		peers.Report("interface", strings.Join(report, "\n")+"\n")
	}()
	if wait > 1000*slow {
		t.Errorf("the list was drawn %.0f ms after its data", wait)
	}
	if rows := js[int](b, `document.querySelectorAll('.table-body .row').length`); rows > 80 {
		t.Errorf("%d of the rows exist, of which a screen shows 20", rows)
	}
	b.shot("large-desktop")

	b.until("the end of the synchronisation", `!document.querySelector('[role=progressbar]')`)
	longest := math.Inf(1)
	for range 8 { // the machine may be busy with other things
		longest = min(longest, js[float64](b, "%s", `(async () => {
			window.long = [];
			const e = document.querySelector('.scroller');
			for (let i = 0; i <= 150; i++) {
				e.scrollTop = i % 2 ? i / 150 * e.scrollHeight : e.scrollTop + 300;
				await new Promise(requestAnimationFrame);
			}
			e.scrollTop = e.scrollHeight;
			await new Promise(r => setTimeout(r, 200));
			return Math.max(0, ...window.long);
		})()`))
		if longest <= 100 {
			break
		}
		slow = max(slow, b.slowness())
	}
	report = append(report, fmt.Sprintf("longest task while scrolling %.0f ms (0: none above 50)", longest))
	if longest > 100*slow {
		t.Errorf("scrolling held the page up for %.0f ms", longest)
	}
	b.until("the last rows", `[...document.querySelectorAll('.table-body .row')].some(r => r.ariaRowIndex === '10001')`)

	for what, act := range map[string]string{
		"filter by column": `document.querySelectorAll('.chips .chip')[1].click()`,
		"sort":             `document.querySelectorAll('.titles button')[5].click()`,
	} {
		took := js[float64](b, `(async () => {
			location.hash = '#/promises';
			await new Promise(r => setTimeout(r, 300));
			const before = document.querySelector('.table-body').innerText;
			const t = performance.now();
			%s;
			while (document.querySelector('.table-body').innerText === before && performance.now() - t < 5000) await new Promise(requestAnimationFrame);
			return performance.now() - t;
		})()`, act)
		report = append(report, fmt.Sprintf("%s: %.0f ms", what, took))
		if took > 1000*slow {
			t.Errorf("%s took %.0f ms", what, took)
		}
	}

	// What was kept is there at once.
	b.goTo("about:blank")
	b.goTo(p.base() + "/app/#/promises")
	b.until("the list again", `Number(document.querySelector('[role=table]')?.ariaRowCount) > 10000`)
	report = append(report, fmt.Sprintf("opened again with all of it: %.0f ms", js[float64](b, `performance.now()`)))
}
