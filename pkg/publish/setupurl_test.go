package publish

import (
	"strings"
	"testing"
)

func TestSetupURL(t *testing.T) {
	const base = "https://[2001:db8::1]:8196"
	const tail = "&url=https://[2001:db8::1]:8196/public/feeds&username=admin&password=s3cret"
	for _, tt := range []struct{ page, base, want string }{
		{"https://monitor.app.officejs.com/#page=ojsm_landing", base, "https://monitor.app.officejs.com/#page=ojsm_landing" + tail},
		{"https://m.example.com/#/?page=ojsm_landing", base + "/", "https://m.example.com/#/?page=ojsm_landing" + tail},
		{"https://monitor.app.officejs.com", base, "https://monitor.app.officejs.com/#page=settings_configurator" + tail},
		{"https://monitor.app.officejs.com/", base, "https://monitor.app.officejs.com/#page=settings_configurator" + tail},
		{"https://[2001:db8::1]:8196/app/#", base, "https://[2001:db8::1]:8196/app/#page=settings_configurator" + tail},
	} {
		got, err := SetupURL(tt.page, tt.base, "admin", "s3cret")
		if err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v\nwant %s", tt.page, got, err, tt.want)
		}
	}
}

func TestSetupURLErrors(t *testing.T) {
	const page, base = "https://m.example.com/#page=x", "https://a.example.com"
	for _, tt := range []struct{ page, base, user, password, want string }{
		{"m.example.com", base, "u", "p", "interface-url"},
		{"https://m.example.com/?a=b", base, "u", "p", "interface-url has a query"},
		{"https://m.example.com/#other", base, "u", "p", "fragment that names no page"},
		{page, "http://a.example.com", "u", "p", "begins with https://"},
		{page, "", "u", "p", "base-url"},
		{page, "https://a.example.com/a&b", "u", "p", "base-url"},
		{page, base, "", "p", "username is empty"},
		{page, base, "u", "", "password is empty"},
		{page, base, "u:v", "p", "username holds a character"},
	} {
		if got, err := SetupURL(tt.page, tt.base, tt.user, tt.password); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %q, %v; want an error with %s", tt, got, err, tt.want)
		}
	}
	for _, c := range "&#=+%: \"<>`\n\x00\x7fé\ufffd" {
		password := "SeCrEt" + string(c)
		got, err := SetupURL(page, base, "u", password)
		if err == nil {
			t.Errorf("%q passes: %s", c, got)
			continue
		}
		if !strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), "SeCrEt") {
			t.Errorf("%q: %v", c, err)
		}
	}
}

// What SetupURL gives is read back by the three readers of
// contract/app-wire.md 2.1 as what went in.
func FuzzSetupURL(f *testing.F) {
	f.Add("admin", "insecure")
	f.Add("a.b-c_d~e", "!*'();@,/?[]{}|^$\\")
	f.Fuzz(func(t *testing.T, user, password string) {
		got, err := SetupURL("https://m.example.com/#page=ojsm_landing", "https://h:1", user, password)
		if err != nil {
			return
		}
		parts := strings.Split(got, "#")
		if len(parts) != 2 {
			t.Fatalf("%q has %d parts", got, len(parts))
		}
		values := map[string]string{}
		for _, pair := range strings.Split(parts[1], "&") {
			kv := strings.Split(pair, "=")
			if len(kv) != 2 {
				t.Fatalf("%q: pair %q", got, pair)
			}
			values[kv[0]] = kv[1]
		}
		if values["username"] != user || values["password"] != password || values["url"] != "https://h:1/public/feeds" {
			t.Errorf("%q reads as %v", got, values)
		}
	})
}
