package publish

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// SetupURL is the link that opens the monitoring application at interfaceURL
// with the monitor at baseURL filled in (contract/app-wire.md 2.1). An
// interface URL that names a page in its fragment gets the three keys
// appended; one without a fragment gets the 2017 page before them.
//
// The readers of the link split it at &, # and = without decoding, so values
// stand in it plainly, and one that would not survive that is an error which
// says which one and what to do, never the value of the password.
func SetupURL(interfaceURL, baseURL, user, password string) (string, error) {
	page, err := setupPage(interfaceURL)
	if err != nil {
		return "", err
	}
	base := strings.TrimRight(baseURL, "/")
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("base-url %q cannot be monitored; give an address that begins with https://", baseURL)
	}
	if strings.ContainsFunc(base, func(r rune) bool { return r != ':' && !survives(r) }) {
		return "", fmt.Errorf("base-url %q holds a character that the setup URL cannot carry; use letters, digits and -._~/ in it", baseURL)
	}
	for _, v := range [][2]string{{"username", user}, {"password", password}} {
		if err := CheckCredential(v[0], v[1]); err != nil {
			return "", err
		}
	}
	return page + "&url=" + base + "/public/feeds&username=" + user + "&password=" + password, nil
}

// CheckCredential tells why value, a user name or password as what says, cannot
// stand in a setup URL; the error does not show it.
func CheckCredential(what, value string) error {
	if value == "" {
		return fmt.Errorf("the %s is empty; set one", what)
	}
	if strings.ContainsFunc(value, func(r rune) bool { return !survives(r) }) {
		return fmt.Errorf("the %s holds a character that the setup URL cannot carry; use letters, digits and -._~ in it", what)
	}
	return nil
}

// setupPage is interfaceURL up to and with the page key, which comes first.
func setupPage(interfaceURL string) (string, error) {
	u, err := url.Parse(interfaceURL)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return "", fmt.Errorf("interface-url %q is not a web address; give one like https://monitor.app.officejs.com/#page=ojsm_landing", interfaceURL)
	}
	address, fragment, _ := strings.Cut(interfaceURL, "#")
	switch {
	case strings.ContainsAny(address, "&=?"):
		return "", errors.New("interface-url has a query, which the readers of the setup URL would take for its keys; remove it")
	case fragment == "":
		return strings.TrimRight(address, "/") + "/#page=settings_configurator", nil
	case strings.HasPrefix(fragment, "page=") || strings.HasPrefix(fragment, "/?page="):
		return strings.TrimRight(interfaceURL, "&"), nil
	}
	return "", fmt.Errorf("interface-url %q has a fragment that names no page; write #page=… or nothing after the address", interfaceURL)
}

// survives tells whether r reaches every reader of a setup URL as it is: no
// separator of theirs, nothing that a browser encodes or turns into a blank,
// no colon, at which user:password pairs are split.
func survives(r rune) bool {
	return r > ' ' && r < 0x7f && !strings.ContainsRune("&#=+%:\"<>`", r)
}
