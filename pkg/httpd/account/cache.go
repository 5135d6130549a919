package account

import (
	"crypto/rand"
	"crypto/sha256"
	"sync"
	"time"
)

const (
	// cacheTime is how long a credential that is not used stays verified: longer
	// than the pause of a client that looks every five minutes, so that guesses
	// of others never make it wait.
	cacheTime = 15 * time.Minute
	cacheSize = 256
)

// digest stands for one user, password and hash. The salt is the process's own,
// so that a digest is of no use elsewhere.
type digest [sha256.Size]byte

// cache remembers credentials that were right. The hash is part of the digest,
// so that a changed password file empties it by itself. Wrong ones are never
// remembered: they would fill it.
type cache struct {
	salt [sha256.Size]byte

	mu    sync.Mutex
	until map[digest]time.Time
}

func newCache() *cache {
	c := &cache{until: map[digest]time.Time{}}
	rand.Read(c.salt[:]) // never fails since Go 1.24
	return c
}

func (c *cache) digest(user, password, hash string) digest {
	b := make([]byte, 0, 256)
	b = append(b, c.salt[:]...)
	b = append(append(b, user...), 0)
	b = append(append(b, password...), 0)
	return sha256.Sum256(append(b, hash...))
}

func (c *cache) has(d digest, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	until, ok := c.until[d]
	if !ok || !now.Before(until) {
		return false
	}
	c.until[d] = now.Add(cacheTime)
	return true
}

func (c *cache) add(d digest, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.until) >= cacheSize {
		clear(c.until)
	}
	c.until[d] = now.Add(cacheTime)
}
