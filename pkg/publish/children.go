package publish

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// How sub-instances are asked for their titles: never so often that it costs,
// never so long that it holds up the pass.
const (
	titleAge     = time.Hour        // a known title is asked for again
	titleRetry   = 2 * time.Minute  // a child that gave none is asked again
	titleBudget  = 10 * time.Second // for all children of one pass
	titleTimeout = 5 * time.Second  // for one of them
	titleAtOnce  = 8
	titleBytes   = 1 << 20
)

// askTitles refreshes the titles of sub-instances in mem, as many as the
// budget allows, the ones that were not asked for longest first. A child that
// does not answer keeps its last title; that is logged, never an error.
func (p *Publisher) askTitles(ctx context.Context, mem *memory, now time.Time) {
	for _, base := range p.Conf.MonitorURLs {
		if !isAddress(base) {
			p.Log.Warn("monitor-url-list holds what is not a web address without credentials; left out", "value", withoutUser(base))
		}
	}
	children := p.children()
	for base := range mem.Children {
		if !slices.Contains(children, base) {
			delete(mem.Children, base)
		}
	}
	due := mem.due(children, now)
	if len(due) == 0 {
		return
	}
	ask := p.Titles
	if ask == nil {
		client := newTitleClient()
		defer client.CloseIdleConnections()
		ask = client.title
	}
	ctx, cancel := context.WithTimeout(ctx, titleBudget)
	defer cancel()

	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		queue = make(chan string, len(due))
	)
	for _, base := range due {
		queue <- base
	}
	close(queue)
	for range min(titleAtOnce, len(due)) {
		wg.Go(func() {
			for base := range queue {
				if ctx.Err() != nil {
					return // asked in the next pass
				}
				t, err := ask(ctx, base)
				mu.Lock()
				mem.Children[base].answer(t, err, now)
				mu.Unlock()
				if err != nil {
					p.Log.Warn("a sub-instance does not say its title", "url", base, "reason", err)
				}
			}
		})
	}
	wg.Wait()
}

// withoutUser is base without what may be a password.
func withoutUser(base string) string {
	if i := strings.LastIndexByte(base, '@'); i >= 0 {
		return "…" + base[i:]
	}
	return base
}

// due are the children to ask now, longest unasked first.
func (m *memory) due(children []string, now time.Time) []string {
	var due []string
	for _, base := range children {
		c := m.Children[base]
		if c == nil {
			c = &child{}
			m.Children[base] = c
		}
		tried, read := now.Sub(c.Tried), now.Sub(c.Read)
		// A negative age: the clock was set back.
		if (tried < 0 || tried >= titleRetry) && (read < 0 || read >= titleAge) {
			due = append(due, base)
		}
	}
	slices.SortStableFunc(due, func(a, b string) int { return m.Children[a].Tried.Compare(m.Children[b].Tried) })
	return due
}

func (c *child) answer(t string, err error, now time.Time) {
	c.Tried = now.UTC().Truncate(time.Second)
	if err == nil {
		c.Title, c.Read = t, c.Tried
	}
}

type titleClient struct{ *http.Client }

// newTitleClient does not verify certificates: sub-instances sign their own,
// and a title is no secret.
func newTitleClient() *titleClient {
	return &titleClient{&http.Client{
		Timeout: titleTimeout,
		Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
			DisableKeepAlives: true,
		},
	}}
}

// title reads the title in the public global state of the monitor at base.
func (c *titleClient) title(ctx context.Context, base string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/public/monitor.global.json", nil)
	if err != nil {
		return "", err
	}
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("it answers %s", resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, titleBytes))
	if err != nil {
		return "", err
	}
	var d struct {
		Title string `json:"title"`
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return "", fmt.Errorf("its global state is not JSON: %w", err)
	}
	t := title(d.Title)
	if t == "" {
		return "", errors.New("its global state has no title")
	}
	return t, nil
}
