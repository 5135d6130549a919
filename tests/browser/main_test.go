// Package browser_test drives the interface in a real Chromium against real
// monitors: what a person sees and does, from the setup link on.
package browser_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"slapmonitor/pkg/webapp"
)

// patience bounds waits that end within seconds on any healthy machine.
const patience = 2 * time.Minute

// programs is the folder of the binaries under test; shared is made once.
var (
	programs string
	shared   fixture
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	lookAtSources()
	if missing := missingPeers(); missing != "" {
		if os.Getenv("MONITOR_REQUIRE_PEERS") == "1" {
			fmt.Fprintln(os.Stderr, missing)
			return 1
		}
		fmt.Println("skipped:", missing)
		return 0
	}
	dir, err := os.MkdirTemp("", "monitor-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	programs = filepath.Join(dir, "bin") + "/"
	c := exec.Command("go", "build", "-o", programs, "../../cmd/...")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the programs: %v\n%s", err, out)
		return 1
	}
	shared.dir = filepath.Join(dir, "shared")
	defer shared.stop()
	return m.Run()
}

// lookAtSources looks at what the programs are built from: "go test" repeats an
// old result unless something that the test itself looked at has changed.
func lookAtSources() {
	for _, dir := range []string{"../../cmd", "../../pkg", "../../recipes", "../../templates", "../../stack"} {
		_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			_, _ = os.Stat(path)
			return nil // what is gone again is none of ours
		})
	}
}

// missingPeers says what these tests need and this machine lacks.
func missingPeers() string {
	if _, err := chromium(); err != nil {
		return "the browser's tests need Debian's chromium: apt-get install chromium"
	}
	if !webapp.Built() {
		return "the interface is not built: cd pkg/webapp/ui && npm ci && npm run build"
	}
	if _, err := os.Stat(axePath); err != nil {
		return "the tests need axe-core: cd pkg/webapp/ui && npm ci"
	}
	return ""
}

func chromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

// freePort is a port that nobody listens on just now.
func freePort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
