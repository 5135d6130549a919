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

// Logs are rotated, origins edited and certificates renewed while somebody
// downloads: that may take hours, and nobody else waits for it.
func TestGracefulRestartDuringDownload(t *testing.T) {
	p := web.New(t, files)
	if err := os.Truncate(p.Path("public/numbers.txt"), 256<<20); err != nil { // more than sockets hold
		t.Fatal(err)
	}
	for _, s := range []*web.Server{web.StartApache(t, p), web.StartOurs(t, web.New(t, files))} {
		t.Run(s.Name, func(t *testing.T) {
			slow, err := tls.Dial("tcp", strings.TrimPrefix(s.URL, "https://"), &tls.Config{InsecureSkipVerify: true})
			if err != nil {
				t.Fatal(err)
			}
			defer slow.Close()
			if _, err := io.WriteString(slow, "GET /public/numbers.txt HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(slow, make([]byte, 9)); err != nil {
				t.Fatal(err)
			}
			go func() { // it gets on, slowly
				for piece := make([]byte, 16<<10); ; time.Sleep(50 * time.Millisecond) {
					if _, err := slow.Read(piece); err != nil {
						return
					}
				}
			}()
			s.Client.Timeout = time.Minute
			if err := syscall.Kill(s.PID, syscall.SIGUSR1); err != nil {
				t.Fatal(err)
			}
			for range 5 {
				time.Sleep(200 * time.Millisecond)
				s.Client.CloseIdleConnections()
				if got := status(t, s, request{method: "GET", target: "/public/feed"}); got != 200 {
					t.Errorf("%d", got)
				}
			}
		})
	}
}
