package account

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hashes of "secret" as htpasswd -m, -s, -B and openssl passwd -5, -6 make them.
var hashes = map[string]string{
	"apr1":   "$apr1$HCaMcQJN$3YtlIlraezvzjb6dsG6nz1",
	"sha":    "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
	"bcrypt": "$2y$04$qygd/nYVVU33oHlWdWTLYe4EKhD1VUt4MfWfDIYdmJkZJyqf.5zca",
	"sha256": "$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.",
	"sha512": "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.",
}

// newAccounts has a password file and a record of how long failures waited.
func newAccounts(t *testing.T, lines ...string) (a *Accounts, path string, waits *[]time.Duration) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "monitor-htpasswd")
	write(t, path, strings.Join(lines, "\n")+"\n")
	a = New(path, filepath.Dir(path), slog.New(slog.DiscardHandler))
	var mu sync.Mutex
	waits = &[]time.Duration{}
	a.sleep = func(_ context.Context, d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		*waits = append(*waits, d)
	}
	return a, path, waits
}

// write replaces a file, with a time that differs from the one before.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(time.Duration(clock.Add(1)) * time.Millisecond)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

var clock atomic.Int64

func check(t *testing.T, a *Accounts, user, password string) bool {
	t.Helper()
	ok, err := a.Check(context.Background(), user, password, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestKindsOfHashes(t *testing.T) {
	for kind, hash := range hashes {
		a, _, _ := newAccounts(t, "# comment", "other:"+hashes["sha"], "admin:"+hash)
		if !check(t, a, "admin", "secret") {
			t.Errorf("%s: the right password is refused", kind)
		}
		for user, password := range map[string]string{"admin": "Secret", "Admin": "secret", "": "secret", "admin:": "secret"} {
			if check(t, a, user, password) {
				t.Errorf("%s: %q with %q is accepted", kind, user, password)
			}
		}
	}
}

// A line that is no hash is no password either.
func TestNoPlainText(t *testing.T) {
	for _, line := range []string{"admin:secret", "admin:", "admin:{PLAIN}secret", "admin:rl0uE3ZLbnGxQ", "admin:$apr1$short", "admin"} {
		a, _, _ := newAccounts(t, line, "other:"+hashes["sha"])
		for _, password := range []string{"secret", "", "{PLAIN}secret"} {
			if check(t, a, "admin", password) {
				t.Errorf("%q lets %q in", line, password)
			}
		}
	}
}

// Of two lines for one user the first counts, as with Apache.
func TestSameUserTwice(t *testing.T) {
	a, _, _ := newAccounts(t, "admin:"+hashes["apr1"], "admin:{SHA}t+xmX4FjgAvJ8V5xLb0WDYcvBLM=", "other:"+hashes["sha"])
	if !check(t, a, "admin", "secret") || !check(t, a, "other", "secret") {
		t.Error("refused")
	}
}

// Reading what is no file might never end, or take all memory.
func TestNoRegularFile(t *testing.T) {
	a, path, _ := newAccounts(t, "admin:"+hashes["sha"])
	if !check(t, a, "admin", "secret") {
		t.Fatal("refused")
	}
	for name, replace := range map[string]func() error{
		"fifo":   func() error { return syscall.Mkfifo(path, 0o640) },
		"device": func() error { return os.Symlink("/dev/zero", path) },
		"folder": func() error { return os.Mkdir(path, 0o750) },
		"huge":   func() error { return os.WriteFile(path, make([]byte, maxFile+1), 0o640) },
	} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := replace(); err != nil {
			t.Fatal(err)
		}
		if !check(t, a, "admin", "secret") || check(t, a, "admin", "wrong") {
			t.Errorf("%s: accounts are not as they were", name)
		}
		if a.file.err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestReload(t *testing.T) {
	sha := "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="   // secret
	other := "{SHA}t+xmX4FjgAvJ8V5xLb0WDYcvBLM=" // not "secret" nor "new"
	a, path, _ := newAccounts(t, "admin:"+sha)
	if !check(t, a, "admin", "secret") {
		t.Fatal("refused")
	}
	full := "$2y$05$" + strings.Repeat("a", 53)
	for name, text := range map[string]string{
		"truncated": "", "cut in the hash": "admin:" + sha[:20], "cut bcrypt": "admin:" + full[:40],
		"cut apr1": "admin:$apr1$1234567", "only blanks": "\n \n", "no hash": "admin:what\n",
	} {
		write(t, path, text)
		a.file.checked = time.Time{}
		if !check(t, a, "admin", "secret") {
			t.Errorf("%s: the old password is forgotten", name)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	a.file.checked = time.Time{}
	if !check(t, a, "admin", "secret") {
		t.Error("the file is away for a moment: the old password is forgotten")
	}
	write(t, path, "admin:"+other+"\n")
	a.file.checked = time.Time{}
	if check(t, a, "admin", "secret") {
		t.Error("the old password is still good, from the cache")
	}
	write(t, path, "someone:"+sha+"\n")
	if !check(t, a, "someone", "secret") {
		t.Error("a new user is not known at once")
	}
}

func TestNoFile(t *testing.T) {
	a := New(filepath.Join(t.TempDir(), "none"), t.TempDir(), slog.New(slog.DiscardHandler))
	a.sleep = func(context.Context, time.Duration) {}
	if check(t, a, "admin", "") || check(t, a, "", "") {
		t.Error("somebody has access without a password file")
	}
}

func TestPreviousPassword(t *testing.T) {
	sha := hashes["sha"]
	for _, c := range []struct {
		document string
		want     bool
	}{
		{fmt.Sprintf(`{"user":"admin","hash":%q,"until":%q}`, sha, time.Now().UTC().Add(time.Minute).Format("2006-01-02T15:04:05+0000")), true},
		{fmt.Sprintf(`{"user":"admin","hash":%q,"until":%d}`, sha, time.Now().Add(time.Minute).Unix()), true},
		{fmt.Sprintf(`{"user":"admin","hash":%q,"until":%q}`, sha, time.Now().Add(time.Minute).Format(time.RFC3339)), true},
		{fmt.Sprintf(`{"user":"admin","hash":%q,"until":%q}`, sha, time.Now().UTC().Add(-time.Minute).Format("2006-01-02T15:04:05+0000")), false},
		{fmt.Sprintf(`{"user":"other","hash":%q,"until":%d}`, sha, time.Now().Add(time.Minute).Unix()), false},
		{fmt.Sprintf(`{"user":"admin","hash":%q}`, sha), false},
		{fmt.Sprintf(`{"user":"admin","hash":"secret","until":%d}`, time.Now().Add(time.Minute).Unix()), false},
		{`{"user":"admin","ha`, false},
	} {
		a, path, _ := newAccounts(t, "admin:{SHA}t+xmX4FjgAvJ8V5xLb0WDYcvBLM=")
		write(t, filepath.Join(filepath.Dir(path), PreviousFile), c.document)
		for range 2 { // verified, then from the cache
			if got := check(t, a, "admin", "secret"); got != c.want {
				t.Errorf("%s: %v", c.document, got)
			}
		}
		if c.want {
			a.previous.until = time.Now().Add(-time.Second)
			if check(t, a, "admin", "secret") {
				t.Errorf("%s: still good when its time is over", c.document)
			}
		}
	}
}

// counting counts comparisons, and can hold them up.
type counting struct {
	count *atomic.Int64
	right string
	gate  chan struct{}
}

func (c counting) MatchesPassword(password string) bool {
	c.count.Add(1)
	if c.gate != nil {
		<-c.gate
	}
	return password == c.right
}

func withMatcher(t *testing.T, m counting) (*Accounts, *[]time.Duration) {
	a, _, waits := newAccounts(t, "admin:"+hashes["sha"])
	check(t, a, "admin", "secret") // reads the file
	a.cache = newCache()
	a.file.users = map[string]entry{"admin": {"hash", m}}
	return a, waits
}

// An unknown user costs a comparison as a known one does.
func TestUnknownUserTakesAsLong(t *testing.T) {
	var count atomic.Int64
	a, _ := withMatcher(t, counting{count: &count, right: "r"})
	for n, user := range []string{"admin", "nobody", "", strings.Repeat("x", 1000)} {
		if check(t, a, user, "wrong") {
			t.Errorf("%q is accepted", user)
		}
		if got := count.Load(); got != int64(n+1) {
			t.Errorf("after %d attempts %d comparisons", n+1, got)
		}
	}
	if check(t, a, "nobody", "r") {
		t.Error("an unknown user has the password of another")
	}
}

func TestVerifiedCredentialIsRemembered(t *testing.T) {
	var count atomic.Int64
	a, waits := withMatcher(t, counting{count: &count, right: "r"})
	for range 10 {
		if !check(t, a, "admin", "r") {
			t.Fatal("refused")
		}
	}
	if got := count.Load(); got != 1 {
		t.Errorf("%d comparisons for ten requests", got)
	}
	for range 3 {
		check(t, a, "admin", "w")
	}
	if got := count.Load(); got != 4 {
		t.Errorf("failures are cached: %d comparisons", got)
	}
	if len(*waits) != 3 {
		t.Errorf("waits: %v", *waits)
	}
}

func TestFailuresWaitLongerAndLonger(t *testing.T) {
	var count atomic.Int64
	a, waits := withMatcher(t, counting{count: &count, right: "r"})
	for range 9 {
		check(t, a, "admin", "w")
	}
	want := []time.Duration{0, 100, 200, 400, 800, 1600, 3200, 4000, 4000}
	for i := range want {
		if got := (*waits)[i]; got != want[i]*time.Millisecond {
			t.Errorf("failure %d waits %v, want %v ms", i+1, got, want[i])
		}
	}
	// Never a lock-out: the right password is answered at once, and forgives.
	if !check(t, a, "admin", "r") || len(*waits) != 9 {
		t.Error("the right password had to wait")
	}
	check(t, a, "admin", "w")
	if got := (*waits)[9]; got != 0 {
		t.Errorf("after a success a failure waits %v", got)
	}
	if ok, _ := a.Check(context.Background(), "other", "w", "192.0.2.1"); ok || (*waits)[10] != 0 {
		t.Error("another user of that address pays")
	}
	if ok, _ := a.Check(context.Background(), "admin", "w", "192.0.2.2"); ok || (*waits)[11] != 0 {
		t.Error("another address pays")
	}
}

// However many connections an attacker uses, few of his attempts run at once.
func TestAttemptsOfOneSourceQueue(t *testing.T) {
	var count atomic.Int64
	a, _ := withMatcher(t, counting{count: &count, right: "r"})
	check(t, a, "admin", "w")
	held := make(chan struct{})
	var waiting atomic.Int64
	a.sleep = func(ctx context.Context, _ time.Duration) {
		waiting.Add(1)
		<-held
	}
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() { a.Check(context.Background(), "admin", "w", "192.0.2.1") })
	}
	for waiting.Load() < delaySlots {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond)
	if got := count.Load(); got != 1+delaySlots {
		t.Errorf("%d comparisons while %d answers wait", got-1, delaySlots)
	}
	// Those that do not even find a place to wait are told so.
	var busy atomic.Int64
	for range 2 * delayQueue {
		all.Go(func() {
			if _, err := a.Check(context.Background(), "admin", "w", "192.0.2.1"); err == ErrBusy {
				busy.Add(1)
			}
		})
	}
	for busy.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(held)
	all.Wait()
}

func TestTooManyAttempts(t *testing.T) {
	var count atomic.Int64
	gate := make(chan struct{})
	a, _ := withMatcher(t, counting{count: &count, right: "r", gate: gate})
	a.cache.add(a.cache.digest("admin", "known", "hash"), time.Now())
	var all sync.WaitGroup
	for i := range waitingMost {
		all.Go(func() { a.Check(context.Background(), fmt.Sprint("u", i), "w", "192.0.2.1") })
	}
	for len(a.waiting) < waitingMost {
		time.Sleep(time.Millisecond)
	}
	if _, err := a.Check(context.Background(), "admin", "r", "192.0.2.9"); err != ErrBusy {
		t.Errorf("one too many: %v", err)
	}
	if ok, err := a.Check(context.Background(), "admin", "known", "192.0.2.9"); !ok || err != nil {
		t.Errorf("who was verified before has to wait, too: %v", err)
	}
	close(gate)
	all.Wait()
}

func TestClientThatLeaves(t *testing.T) {
	a, _, _ := newAccounts(t, "admin:"+hashes["sha"])
	a.sleep = sleep
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 20 { // would take a minute
		if ok, err := a.Check(ctx, "admin", "w", "192.0.2.1"); ok || err == nil {
			t.Fatalf("%v %v", ok, err)
		}
	}
}

func TestSources(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"2001:db8::1", "2001:db8::ffff:1", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
		{"fe80::1%eth0", "fe80::2", true},
		{"@", "", true},
	} {
		if got := sourceOf(c.a, "u") == sourceOf(c.b, "u"); got != c.same {
			t.Errorf("%s %s: same %v", c.a, c.b, got)
		}
	}
}

// The memory of failures is bounded, and a flood of invented users does not
// wash away the one that is being guessed.
func TestDelaysAreBounded(t *testing.T) {
	d := delays{records: map[source]*record{}}
	now := time.Now()
	guessed := sourceOf("192.0.2.1", "admin")
	for range 5 {
		d.failed(guessed, now)
	}
	for i := range 3 * delaySize {
		d.failed(sourceOf("192.0.2.1", fmt.Sprint(i)), now)
	}
	if len(d.records) > delaySize {
		t.Errorf("%d records", len(d.records))
	}
	if got := d.failed(guessed, now); got != 1600*time.Millisecond {
		t.Errorf("the sixth failure waits %v", got)
	}
	if got := d.failed(guessed, now.Add(delayForget+time.Second)); got != 0 {
		t.Errorf("a failure long after the others waits %v", got)
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := newCache()
	now := time.Now()
	for i := range 3 * cacheSize {
		c.add(c.digest("u", fmt.Sprint(i), "h"), now)
	}
	if len(c.until) > cacheSize {
		t.Errorf("%d credentials remembered", len(c.until))
	}
	d := c.digest("u", "p", "h")
	c.add(d, now)
	// Every use starts its time again.
	if !c.has(d, now) || !c.has(d, now.Add(cacheTime-1)) || !c.has(d, now.Add(2*cacheTime-2)) || c.has(d, now.Add(4*cacheTime)) {
		t.Error("a credential is forgotten too early or too late")
	}
	if newCache().digest("u", "p", "h") == d || c.digest("u", "p", "i") == d || c.digest("up", "", "h") == d {
		t.Error("digests collide")
	}
}

func FuzzParseFile(f *testing.F) {
	for _, hash := range hashes {
		f.Add([]byte("admin:" + hash + "\n"))
	}
	f.Add([]byte("a:b:c\n#\n:\nx"))
	f.Fuzz(func(t *testing.T, data []byte) {
		users, err := parseFile(data)
		if (len(users) == 0) != (err != nil) {
			t.Fatalf("%d users, %v", len(users), err)
		}
		for user, e := range users {
			if user == "" || strings.Contains(user, ":") || e.matcher == nil {
				t.Fatalf("user %q: %+v", user, e)
			}
			if err != nil && strings.Contains(err.Error(), e.hash) {
				t.Fatalf("the error shows a hash: %v", err)
			}
		}
	})
}
