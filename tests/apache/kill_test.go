package apache_test

import (
	"crypto/tls"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"slapmonitor/tests/web"
)

// A server that is killed amidst an upload leaves the old file; the next start
// removes what had come of the new one.
func TestKilledDuringUpload(t *testing.T) {
	p := web.New(t, map[string]string{"srv/monitor/private/config/.jio_documents/doc.json": "old"})
	doc := p.Path("private/config/.jio_documents/doc.json")
	folder := p.Path("private/config/.jio_documents")
	t.Run("first", func(t *testing.T) {
		s := web.StartOurs(t, p)
		c, err := tls.Dial("tcp", strings.TrimPrefix(s.URL, "https://"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = io.WriteString(c, "PUT "+parameter+"doc.json HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46c2VjcmV0\r\nContent-Length: 1000000\r\n\r\n"+strings.Repeat("n", 500_000))
		if err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			if entries, _ := os.ReadDir(folder); len(entries) == 2 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the upload never began")
			}
		}
		if err := syscall.Kill(s.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	})
	if text, err := os.ReadFile(doc); string(text) != "old" {
		t.Errorf("%q %v", text, err)
	}
	s := web.StartOurs(t, p)
	if v, _ := ask(t, s, request{method: "GET", target: parameter + "doc.json"}); v.Body != "old" {
		t.Errorf("%+v", v)
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("left: %v", entries)
	}
}
