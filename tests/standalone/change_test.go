package standalone_test

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"time"
)

// nextSecond waits so that dates of one second can be told from the next ones.
func nextSecond() time.Time {
	next := time.Now().Truncate(time.Second).Add(time.Second)
	time.Sleep(time.Until(next))
	return next
}

func TestBrokenPromiseShowsInTheNextPass(t *testing.T) {
	t.Parallel()
	d := example(t, "")
	s := d.well()
	d.quiet()
	c := s.client()
	d.pass()
	keptSince := feedDate(t, c.feed().item(t, "log-folder-size").PubDate)
	healthy := d.read(d.partition("etc/promise/log-folder-size"))

	broken := nextSecond()
	d.write(d.partition("etc/promise/log-folder-size"), "#!/bin/sh\necho 'too big & old'\nexit 3\n", 0o750)
	d.pass()
	done := time.Now()
	change := checkState(t, c, "ERROR", "too big & old")
	if change.Before(broken) || change.After(done) {
		t.Errorf("changed %v, want between %v and %v", change, broken, done)
	}
	if other := feedDate(t, c.feed().item(t, "load-average").PubDate); other.After(broken) {
		t.Errorf("another promise changed too: %v", other)
	}

	later := nextSecond() // still broken: the date of change stays, that of the document goes on
	d.pass()
	if again := checkState(t, c, "ERROR", "too big & old"); !again.Equal(change) {
		t.Errorf("changed %v, then %v", change, again)
	}
	if built := feedDate(t, c.feed().Channel.LastBuildDate); built.Before(later) {
		t.Errorf("the feed is of %v, the pass of %v", built, later)
	}

	mended := nextSecond()
	d.write(d.partition("etc/promise/log-folder-size"), healthy, 0o750)
	d.pass()
	if back := checkState(t, c, "OK", "the logs take"); back.Before(mended) || keptSince.After(broken) {
		t.Errorf("kept since %v, then broken since %v, then kept since %v", keptSince, change, back)
	}
	entries, _ := c.json("/public/log-folder-size.history.json")["data"].([]any)
	var story []string
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		// equal results are one entry; how much the logs take may have changed
		if status := fmt.Sprint(entry["status"]); len(story) == 0 || story[len(story)-1] != status {
			story = append(story, status)
		}
	}
	if got := strings.Join(story, " "); got != "OK ERROR OK" {
		t.Errorf("the history tells %s", got)
	}
}

// checkState expects one status everywhere and returns since when.
func checkState(t *testing.T, c *client, want, message string) time.Time {
	t.Helper()
	i := c.feed().item(t, "log-folder-size")
	// the app shows a description as HTML
	if i.Category != want || i.Title != "["+want+"] log-folder-size" || !strings.Contains(i.Description, html.EscapeString(message)) {
		t.Errorf("feed item %+v, want %s", i, want)
	}
	for _, path := range []string{"/share/private/monitor.global.json", "/private/monitor.global.json", "/public/monitor.global.json", "/private/log-folder-size.status.json"} {
		if got := c.json(path)["status"]; got != want {
			t.Errorf("%s says %v, want %s", path, got, want)
		}
	}
	state, _ := c.json("/share/private/monitor.global.json")["state"].(map[string]any)
	if errors := map[string]float64{"OK": 0, "ERROR": 1}[want]; state["error"] != errors {
		t.Errorf("state %v, want %v errors", state, errors)
	}
	result, _ := c.json("/private/log-folder-size.status.json")["result"].(map[string]any)
	if result["failed"] != (want == "ERROR") {
		t.Errorf("result %v", result)
	}
	return feedDate(t, i.PubDate)
}
