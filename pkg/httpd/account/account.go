// Package account answers whether a user and a password are right, from an
// htpasswd file that may change at any time, without telling by its time which
// users there are, and slowly to those who guess. It must not know HTTP, nor
// who changes passwords.
package account

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// ErrBusy means that so many attempts wait that this one was not looked at.
var ErrBusy = errors.New("too many log-ins at once")

// Accounts are the users of one monitor.
type Accounts struct {
	file     file
	previous previous
	cache    *cache
	delays   delays
	checking chan struct{} // bounds the processor time that guesses take
	waiting  chan struct{} // bounds how many wait for their answer
	log      *slog.Logger

	mu       sync.Mutex
	lastTold string
	sleep    func(context.Context, time.Duration)
}

// waitingMost is how many attempts without a known password may be under way.
const waitingMost = 256

// checkEvery is how old the knowledge of the password file may be for a
// credential that was verified before; any other looks at the file first.
const checkEvery = time.Second

// New serves the users of an htpasswd file, and the previous password that the
// state folder may hold. The file need not exist yet: then nobody has access.
func New(htpasswdFile, stateFolder string, log *slog.Logger) *Accounts {
	return &Accounts{
		file:     file{path: htpasswdFile},
		previous: previous{path: filepath.Join(stateFolder, PreviousFile)},
		cache:    newCache(),
		delays:   delays{records: map[source]*record{}},
		checking: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
		waiting:  make(chan struct{}, waitingMost),
		log:      log,
		sleep:    sleep,
	}
}

// Check reports whether the password is the user's. remote is the client's
// address. A wrong password is answered late; the error is ErrBusy or ctx's.
func (a *Accounts) Check(ctx context.Context, user, password, remote string) (bool, error) {
	now := time.Now()
	if a.known(user, password, now) {
		return true, nil
	}
	select {
	case a.waiting <- struct{}{}:
		defer func() { <-a.waiting }()
	default:
		return false, ErrBusy
	}
	from := sourceOf(remote, user)
	if r := a.delays.find(from); r != nil {
		leave, err := r.enter(ctx)
		if err != nil {
			return false, err
		}
		defer leave()
	}
	ok, err := a.verify(ctx, user, password)
	if err != nil {
		return false, err
	}
	if ok {
		a.delays.succeeded(from)
		return true, nil
	}
	a.sleep(ctx, a.delays.failed(from, time.Now()))
	return false, ctx.Err()
}

// known reports whether the credential was verified lately.
func (a *Accounts) known(user, password string, now time.Time) bool {
	users, err := a.file.load(now, checkEvery)
	a.tell(err)
	if e, ok := users[user]; ok && a.cache.has(a.cache.digest(user, password, e.hash), now) {
		return true
	}
	e, ok := a.previous.lookup(user, now, checkEvery)
	return ok && a.cache.has(a.cache.digest(user, password, e.hash), now)
}

// verify compares with the hashes as the files say them at this moment.
func (a *Accounts) verify(ctx context.Context, user, password string) (bool, error) {
	select {
	case a.checking <- struct{}{}:
		defer func() { <-a.checking }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	now := time.Now()
	users, err := a.file.load(now, 0)
	a.tell(err)
	e, known := users[user]
	if !known {
		e = standIn(users)
	}
	ok := e.matcher.MatchesPassword(password) && known
	if !ok {
		if p, has := a.previous.lookup(user, now, 0); has {
			e, ok = p, p.matcher.MatchesPassword(password)
		}
	}
	if ok {
		a.cache.add(a.cache.digest(user, password, e.hash), now)
	}
	return ok, nil
}

// nobody is compared with when there are no users: bcrypt as we write it.
var nobody = func() entry {
	e, err := parseHash("$2y$10$22QP2M5pKGNBxtgxUEkYYOPa7KniqilSHoNoW1S5eCyW5qYqmhL6O")
	if err != nil {
		panic(err)
	}
	return e
}()

// standIn is the hash that an unknown user's password is compared with, so that
// the time of the answer is that of a known one.
func standIn(users map[string]entry) entry {
	for _, e := range users {
		return e
	}
	return nobody
}

// tell logs why the password file cannot be used, once per reason.
func (a *Accounts) tell(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if text != a.lastTold && err != nil {
		a.log.Error("accounts stay as they were", "error", err)
	}
	a.lastTold = text
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
