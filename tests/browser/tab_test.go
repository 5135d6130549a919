package browser_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Sizes of the two screens that everything must be usable on.
const (
	desktopWidth, desktopHeight = 1280, 800
	phoneWidth, phoneHeight     = 390, 844
)

// A tab is one page in a browser of its own, with nothing kept from before.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// open starts a browser that trusts the given certificates.
func open(t *testing.T, pins []string) *tab {
	t.Helper()
	path, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("ignore-certificate-errors-spki-list", strings.Join(pins, ",")),
		chromedp.WindowSize(desktopWidth, desktopHeight), chromedp.UserDataDir(t.TempDir()),
	)
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until the browser has let its folder go
		cancel()
		cancelAllocator()
	})
	tb := &tab{t: t, ctx: ctx}
	tb.do(chromedp.Steps())
	return tb
}

// do runs an action within the time that anything may take.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// js evaluates an expression, which may be a promise.
func js[T any](b *tab, format string, a ...any) T {
	b.t.Helper()
	expression := format
	if len(a) > 0 {
		expression = fmt.Sprintf(format, a...)
	}
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func (b *tab) goTo(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
}

// follow goes to a place inside the application.
func (b *tab) follow(fragment string) {
	b.t.Helper()
	js[bool](b, `(location.hash = %s, true)`, quote(fragment))
}

// until waits for an expression to be true.
func (b *tab) until(what, format string, a ...any) {
	b.t.Helper()
	end := time.Now().Add(patience)
	for {
		expression := format
		if len(a) > 0 {
			expression = fmt.Sprintf(format, a...)
		}
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err == nil && ok {
			return
		}
		if time.Now().After(end) {
			b.shot("failed")
			b.t.Fatalf("not within %v: %s (%s), %v\nthe page shows:\n%s", patience, what, expression, err, b.text("body"))
		}
		time.Sleep(30 * time.Millisecond)
	}
}

// sees waits until the page, or a part of it, shows a text.
func (b *tab) sees(selector, want string) {
	b.t.Helper()
	b.until("seeing "+want, `[...document.querySelectorAll(%s)].some(e => e.innerText.includes(%s))`, quote(selector), quote(want))
}

// text is what a part of the page shows.
func (b *tab) text(selector string) string {
	return js[string](b, `document.querySelector(%s)?.innerText ?? ''`, quote(selector))
}

// click presses the first visible element that matches and shows the text.
func (b *tab) click(selector, label string) {
	b.t.Helper()
	b.until("a "+selector+" called "+label, `(() => {
		const e = [...document.querySelectorAll(%s)].find(e => (e.innerText || e.ariaLabel || e.title || '').includes(%s) && e.checkVisibility() && !e.disabled);
		if (e) e.click();
		return e;
	})()`, quote(selector), quote(label))
}

// press types keys as a keyboard does: a key and its character are one event, so
// that a page which takes the key gets no character. chromedp.KeyEvent sends two.
func (b *tab) press(keys string) {
	b.t.Helper()
	for _, r := range keys {
		events := kb.Encode(r)
		if len(events) == 3 {
			events[0].Text, events[0].UnmodifiedText = events[1].Text, events[1].UnmodifiedText
			events = []*input.DispatchKeyEventParams{events[0], events[2]}
		}
		b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			for _, e := range events {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, *e); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// fill types into a field, as input events.
func (b *tab) fill(selector, value string) {
	b.t.Helper()
	b.until("a field "+selector, `(() => {
		const e = document.querySelector(%s);
		if (!e || e.disabled) return false;
		e.focus();
		Object.getOwnPropertyDescriptor(Object.getPrototypeOf(e), 'value').set.call(e, %s);
		e.dispatchEvent(new Event('input', { bubbles: true }));
		e.dispatchEvent(new Event('change', { bubbles: true }));
		e.blur();
		return true;
	})()`, quote(selector), quote(value))
}

// rows are the texts of the visible lines of the list.
func (b *tab) rows() []string {
	return js[[]string](b, `[...document.querySelectorAll('.table-body .row')].map(r => [...r.children].map(c => c.innerText.trim()).join(' | '))`)
}

func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

// dark switches the device's colours.
func (b *tab) dark(on bool) {
	b.t.Helper()
	value := "light"
	if on {
		value = "dark"
	}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// shot writes what the screen shows, for people to look at, to the folder that
// MONITOR_SCREENSHOTS names.
func (b *tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("MONITOR_SCREENSHOTS")
	if dir == "" {
		return
	}
	if js[bool](b, `document.fonts.status !== 'loaded'`) {
		js[bool](b, `document.fonts.ready.then(() => true)`)
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o640); err != nil {
		b.t.Fatal(err)
	}
}

// axePath is the accessibility checker that the interface is locked to.
const axePath = "../../pkg/webapp/ui/node_modules/axe-core/axe.min.js"

// accessible fails on serious findings of axe-core in the page as it is.
func (b *tab) accessible(where string) {
	b.t.Helper()
	axe, err := os.ReadFile(axePath)
	if err != nil {
		b.t.Fatal(err)
	}
	if !js[bool](b, `typeof axe === 'object'`) {
		js[bool](b, "%s", string(axe)+"; true")
	}
	found := js[[]string](b, `axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations
		.filter(v => v.impact === 'serious' || v.impact === 'critical')
		.map(v => v.id + ': ' + v.help + '\n  ' + v.nodes.slice(0, 5).map(n => n.html.slice(0, 200) + ' ' + (n.any[0]?.message ?? '')).join('\n  ')))`)
	for _, f := range found {
		b.t.Errorf("%s: %s", where, f)
	}
}
