package standalone_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A client is a browser: it trusts the partition's certificate and nothing else.
type client struct {
	t              *testing.T
	base           string
	user, password string
	http           *http.Client
}

func (s *session) client() *client {
	s.t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(s.read(s.partition("etc/monitor-httpd.crt")))) {
		s.t.Fatal("no certificate in etc/monitor-httpd.crt")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &client{
		t: s.t, base: s.base(),
		user: "admin", password: strings.TrimSpace(s.read(s.partition("etc/.monitor-password"))),
		http: &http.Client{
			Transport: transport, Timeout: patience,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask makes a request; anonymous ones have no password.
func (c *client) ask(method, path, body string, anonymous bool, header ...string) answer {
	c.t.Helper()
	a, err := c.try(method, path, body, anonymous, header...)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func (c *client) try(method, path, body string, anonymous bool, header ...string) (answer, error) {
	r, err := http.NewRequest(method, c.base+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if !anonymous {
		r.SetBasicAuth(c.user, c.password)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, text}, err
}

// get is a body that has to be there: anonymously below /public.
func (c *client) get(path string) []byte {
	c.t.Helper()
	a := c.ask("GET", path, "", strings.HasPrefix(path, "/public/") || strings.HasPrefix(path, "/share/public/"))
	if a.status != http.StatusOK {
		c.t.Fatalf("GET %s: %d %s", path, a.status, a.body)
	}
	return a.body
}

func (c *client) json(path string) map[string]any {
	c.t.Helper()
	var v map[string]any
	if err := json.Unmarshal(c.get(path), &v); err != nil {
		c.t.Fatalf("%s: %v", path, err)
	}
	return v
}

// The parts of RSS 2.0 that readers of the monitor use (contract/app-wire.md 3.2).
type feed struct {
	Channel struct {
		Title         string `xml:"title"`
		Description   string `xml:"description"`
		LastBuildDate string `xml:"lastBuildDate"`
		Items         []item `xml:"item"`
	} `xml:"channel"`
}

type item struct {
	Title       string `xml:"title"`
	Category    string `xml:"category"`
	Link        string `xml:"link"`
	Description string `xml:"description"`
	PubDate     string `xml:"pubDate"`
	Source      struct {
		URL  string `xml:"url,attr"`
		Text string `xml:",chardata"`
	} `xml:"source"`
	GUID struct {
		Permanent string `xml:"isPermaLink,attr"`
		Text      string `xml:",chardata"`
	} `xml:"guid"`
}

func (c *client) feed() feed {
	c.t.Helper()
	var f feed
	if err := xml.Unmarshal(c.get("/public/feed"), &f); err != nil {
		c.t.Fatal(err)
	}
	return f
}

func (f feed) item(t *testing.T, promise string) item {
	t.Helper()
	for _, i := range f.Channel.Items {
		if i.Source.Text == promise {
			return i
		}
	}
	t.Fatalf("the feed has no promise %s: %v", promise, f)
	return item{}
}

// feedDate reads a date as the app does: RFC 822 with +0000.
func feedDate(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse("Mon, 02 Jan 2006 15:04:05 +0000", text)
	if err != nil {
		t.Errorf("%q is no date that the app reads: %v", text, err)
	}
	return d
}

// jsonDate reads a date as the app does: no Z, no colon in the zone.
func jsonDate(t *testing.T, v any) time.Time {
	t.Helper()
	text, _ := v.(string)
	d, err := time.Parse("2006-01-02T15:04:05+0000", text)
	if err != nil {
		t.Errorf("%v is no date that the app reads: %v", v, err)
	}
	return d
}

// wellFormed parses a document by its name: JSON, or XML for feeds.
func wellFormed(name string, text []byte) error {
	if strings.HasSuffix(name, ".json") {
		var v any
		return json.Unmarshal(text, &v)
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
