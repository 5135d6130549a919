package account

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/tg123/go-htpasswd"
)

// entry is one user's password hash and what can check it.
type entry struct {
	hash    string
	matcher htpasswd.EncodedPasswd
}

// parsers are the hashes that are accepted: all of htpasswd's but plain text and
// the crypt of old, which would make any damaged line a password.
var parsers = []htpasswd.PasswdParser{htpasswd.AcceptMd5, htpasswd.AcceptSha, htpasswd.AcceptBcrypt, htpasswd.AcceptSsha, htpasswd.AcceptCryptSha}

func parseHash(hash string) (entry, error) {
	for _, parse := range parsers {
		m, err := parse(hash)
		if err != nil {
			return entry{}, errors.New("malformed password hash") // the library's error shows the hash
		}
		if m != nil {
			return entry{hash, m}, nil
		}
	}
	return entry{}, errors.New("unknown kind of password hash")
}

// parseFile reads user:hash lines. A last line that was not finished is left
// out; an error means that nothing usable is there.
func parseFile(data []byte) (map[string]entry, error) {
	users := map[string]entry{}
	var problem error
	for n := 1; len(data) > 0; n++ {
		line, rest, finished := bytes.Cut(data, []byte("\n"))
		data = rest
		text := strings.TrimSpace(string(line))
		if text == "" || text[0] == '#' {
			continue
		}
		user, hash, ok := strings.Cut(text, ":")
		hash, _, _ = strings.Cut(hash, ":")
		e, err := parseHash(hash)
		switch {
		case !ok || user == "":
			problem = fmt.Errorf("line %d is not user:hash", n)
		case err != nil:
			problem = fmt.Errorf("line %d: %w", n, err)
		case !finished && !complete(hash):
			problem = fmt.Errorf("line %d is cut", n)
		default:
			if _, twice := users[user]; !twice { // the first counts, as with Apache
				users[user] = e
			}
		}
	}
	if len(users) == 0 {
		if problem == nil {
			problem = errors.New("it is empty")
		}
		return nil, problem
	}
	return users, nil
}

// complete reports whether a hash has its full length, for the last line of a
// file that has no newline at its end: cut short it would match nothing and lock
// the user out until the next change.
func complete(hash string) bool {
	switch {
	case strings.HasPrefix(hash, "$2"):
		return len(hash) == 60
	case strings.HasPrefix(hash, "{SHA}"):
		return len(hash) == 33
	case strings.HasPrefix(hash, "$apr1$"), strings.HasPrefix(hash, "$1$"):
		return len(hash)-strings.LastIndexByte(hash, '$') == 23
	}
	return true
}

// file is a password file that is read again when it changes.
type file struct {
	path string

	mu      sync.Mutex
	checked time.Time
	seen    os.FileInfo
	users   map[string]entry
	err     error // why the last change was not taken over
}

// maxFile is how large a password file may be: 40,000 users.
const maxFile = 4 << 20

// load gives the users as of at most age ago. After a change that leaves
// nothing usable, the users stay who they were: htpasswd truncates the file
// before it writes it.
func (f *file) load(now time.Time, age time.Duration) (map[string]entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.users != nil && now.Sub(f.checked) < age && !now.Before(f.checked) {
		return f.users, nil
	}
	f.checked = now
	st, err := os.Stat(f.path)
	if err == nil && f.seen != nil && same(f.seen, st) {
		return f.users, f.err
	}
	var data []byte
	switch {
	case err != nil:
	case !st.Mode().IsRegular() || st.Size() > maxFile: // reading a FIFO never ends
		err = errors.New("it is no file of at most 4 MiB")
	default:
		data, err = os.ReadFile(f.path)
	}
	var users map[string]entry
	if err == nil {
		users, err = parseFile(data)
	}
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			f.seen = nil
		} else {
			f.seen = st
		}
		f.err = fmt.Errorf("password file %s: %w", f.path, err)
		return f.users, f.err
	}
	f.users, f.seen, f.err = users, st, nil
	return f.users, nil
}

func same(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
