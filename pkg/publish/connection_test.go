package publish

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slapmonitor/pkg/connection"
	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

// published is a partition that published a setup URL and whose password was
// edited since.
func published(t *testing.T, password, master string) *Publisher {
	t.Helper()
	dir := t.TempDir()
	record := &connection.Record{Parameters: map[string]string{"own": "1", "monitor-setup-url": "https://i/#page=p&username=a&password=old"}}
	data, err := record.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{connection.File: data, "password": []byte(password + "\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, document.SecretMode); err != nil {
			t.Fatal(err)
		}
	}
	return &Publisher{Conf: &monitorconf.Config{
		Partition: dir, MasterURL: master, ComputerID: "c", PartitionID: "p",
		Parameters: []string{"raw monitor-user a", "htpasswd monitor-password " + dir + "/password a " + dir + "/htpasswd"},
	}}
}

func setupURL(t *testing.T, p *Publisher) string {
	t.Helper()
	r, err := connection.Read(p.Conf.Partition)
	if err != nil {
		t.Fatal(err)
	}
	return r.Parameters["monitor-setup-url"]
}

func TestEditedPasswordReachesTheSetupURL(t *testing.T) {
	p := published(t, "edited", "")
	if err := p.refreshConnection(context.Background()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("https://i/#page=p&username=a&password=edited", setupURL(t, p)); diff != "" {
		t.Error(diff)
	}
	if st, err := os.Stat(filepath.Join(p.Conf.Partition, connection.File)); err != nil || st.Mode() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
}

func TestPasswordThatALinkCannotCarryIsNotPublished(t *testing.T) {
	p := published(t, "a&b", "")
	if err := p.refreshConnection(context.Background()); err == nil || strings.Contains(err.Error(), "a&b") {
		t.Errorf("got %v", err)
	}
	if got := setupURL(t, p); !strings.HasSuffix(got, "=old") {
		t.Error(got)
	}
}

func TestMasterThatIsAwayIsToldLater(t *testing.T) {
	p := published(t, "edited", "http://127.0.0.1:1")
	if err := p.refreshConnection(context.Background()); err == nil {
		t.Error("nobody was told, and nothing said so")
	}
	if got := setupURL(t, p); !strings.HasSuffix(got, "=old") {
		t.Errorf("a later pass would not tell the master: %s", got)
	}
}

// A master whose certificate no system authority signed is told of an edited
// password only as monitor.conf says that it can be trusted.
func TestMasterIsVerified(t *testing.T) {
	var told int
	master := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { told++ }))
	master.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are what is tested
	master.StartTLS()
	defer master.Close()
	authority := filepath.Join(t.TempDir(), "ca")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: master.Certificate().Raw}
	if err := os.WriteFile(authority, pem.EncodeToMemory(block), document.PublicMode); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		set  func(*monitorconf.Config)
		told bool
	}{
		{"unknown authority", func(*monitorconf.Config) {}, false},
		{"known authority", func(c *monitorconf.Config) { c.MasterCA = authority }, true},
		{"not verified", func(c *monitorconf.Config) { c.MasterInsecure = true }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := published(t, "edited", master.URL)
			tt.set(p.Conf)
			told = 0
			err := p.refreshConnection(context.Background())
			if (err == nil) != tt.told || (told > 0) != tt.told {
				t.Errorf("told %d times, error %v", told, err)
			}
			if got := setupURL(t, p); strings.HasSuffix(got, "=edited") != tt.told {
				t.Error(got)
			}
		})
	}
}

func TestNothingPublishedNothingToRefresh(t *testing.T) {
	p := &Publisher{Conf: &monitorconf.Config{Partition: t.TempDir()}}
	if err := p.refreshConnection(context.Background()); err != nil {
		t.Error(err)
	}
}
