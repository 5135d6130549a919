// Package limit keeps slow and idle clients from using up the server: how many
// connections there may be, and how long a request may take without getting on
// (four silent connections stop upstream's Apache, contract/httpd.md 1.4). It
// must not know what is served.
package limit

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"
)

// Conns bounds the connections of a listener. When there are too many, the one
// that has been waiting for its next request for the longest time makes room.
type Conns struct {
	Most int

	mu   sync.Mutex
	open map[*conn]struct{}
}

// conn is a connection that Conns knows.
type conn struct {
	net.Conn
	owner   *Conns
	waiting bool // for a handshake, for headers, or idle
	since   time.Time
}

// Close forgets the connection.
func (c *conn) Close() error {
	c.owner.mu.Lock()
	delete(c.owner.open, c)
	c.owner.mu.Unlock()
	return c.Conn.Close()
}

// Listener gives l's connections, bounded. The server has to report their states
// to State.
func (c *Conns) Listener(l net.Listener) net.Listener {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open == nil {
		c.open = map[*conn]struct{}{}
	}
	return &listener{l, c}
}

type listener struct {
	net.Listener
	conns *Conns
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c, ok := l.conns.admit(raw); ok {
			return c, nil
		}
		raw.Close()
	}
}

// admit takes a connection in; when all others are at work, it is refused.
func (c *Conns) admit(raw net.Conn) (*conn, bool) {
	c.mu.Lock()
	var victim *conn
	if len(c.open) >= c.Most {
		if victim = c.longestWaiting(); victim == nil {
			c.mu.Unlock()
			return nil, false
		}
		delete(c.open, victim)
	}
	one := &conn{Conn: raw, owner: c, waiting: true, since: time.Now()}
	c.open[one] = struct{}{}
	c.mu.Unlock()
	if victim != nil {
		victim.Conn.Close()
	}
	return one, true
}

func (c *Conns) longestWaiting() *conn {
	var longest *conn
	for one := range c.open {
		if one.waiting && (longest == nil || one.since.Before(longest.since)) {
			longest = one
		}
	}
	return longest
}

// State is a server's ConnState hook.
func (c *Conns) State(nc net.Conn, state http.ConnState) {
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	one, ok := nc.(*conn)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateActive:
		one.waiting = false
	case http.StateIdle:
		one.waiting, one.since = true, time.Now()
	}
}

// Count is how many connections are open.
func (c *Conns) Count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open)
}
