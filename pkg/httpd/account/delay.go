package account

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Limits of the answer to wrong passwords. A failure is answered late, the later
// the more there were from one address for one user; a right password is
// answered at once whatever happened before, so that nobody can lock out who
// shares an address with him, as all clients of a frontend do.
const (
	delayStep   = 100 * time.Millisecond // after the second failure, doubled by each further one
	delayMost   = 4 * time.Second
	delayForget = 10 * time.Minute // without a failure
	delaySlots  = 4                // attempts of one address and user under way at once
	delayQueue  = 64               // and those that may wait for that
	delaySize   = 4096             // addresses and users remembered
)

type source struct {
	network netip.Prefix
	user    string
}

// record is what is known of one source that failed.
type record struct {
	failures int
	last     time.Time
	slots    chan struct{}
	queue    chan struct{}
}

// enter waits for the turn of one more attempt. The caller calls leave after it.
func (r *record) enter(ctx context.Context) (leave func(), err error) {
	select {
	case r.queue <- struct{}{}:
		defer func() { <-r.queue }()
	default:
		return nil, ErrBusy
	}
	select {
	case r.slots <- struct{}{}:
		return func() { <-r.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type delays struct {
	mu      sync.Mutex
	records map[source]*record
}

// sourceOf is the address as far as one attacker cannot change it at will: a
// whole /64 with IPv6.
func sourceOf(remote, user string) source {
	addr, err := netip.ParseAddr(remote)
	if err != nil {
		return source{user: user}
	}
	addr = addr.Unmap()
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	network, _ := addr.WithZone("").Prefix(bits)
	if len(user) > 64 {
		user = user[:64]
	}
	return source{network, user}
}

// find is the source's record, nil when it never failed.
func (d *delays) find(s source) *record {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.records[s]
}

// failed counts a failure and says how long its answer has to wait.
func (d *delays) failed(s source, now time.Time) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.records[s]
	if r == nil || now.Sub(r.last) > delayForget {
		if r == nil && len(d.records) >= delaySize {
			d.evict(now)
		}
		r = &record{slots: make(chan struct{}, delaySlots), queue: make(chan struct{}, delayQueue)}
		d.records[s] = r
	}
	r.failures++
	r.last = now
	if r.failures < 2 {
		return 0
	}
	return min(delayStep<<min(r.failures-2, 10), delayMost)
}

// evict makes room: what is forgotten anyway, else, of some, the one with the
// fewest failures, so that a flood of invented users cannot wash away the one
// that is being guessed.
func (d *delays) evict(now time.Time) {
	var least source
	seen := 0
	for s, r := range d.records {
		if now.Sub(r.last) > delayForget {
			delete(d.records, s)
			continue
		}
		if seen == 0 || r.failures < d.records[least].failures {
			least = s
		}
		if seen++; seen == 64 {
			break
		}
	}
	if len(d.records) >= delaySize {
		delete(d.records, least)
	}
}

func (d *delays) succeeded(s source) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.records, s)
}
