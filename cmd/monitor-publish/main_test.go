package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"slapmonitor/pkg/document"
)

// asProgram makes this test binary be monitor-publish, so that tests can start
// and kill it.
const asProgram = "MONITOR_PUBLISH_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		os.Exit(0)
	}
	testscript.Main(m, map[string]func(){"monitor-publish": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

// Whenever a pass is killed, every document is whole, and the next pass needs
// no help.
func TestKilledAtAnyInstant(t *testing.T) {
	dir := t.TempDir()
	conf := filepath.Join(dir, "etc", "monitor.conf")
	put(t, conf, "[monitor]\nbase-url = https://[2001:db8::1]:8196\n")
	rounds := 40
	if testing.Short() {
		rounds = 20
	}
	for i := range rounds {
		for n := range 100 { // news in every round, so that documents are written
			put(t, filepath.Join(dir, "srv/monitor/public/promise", fmt.Sprintf("p%d.status.json", n)),
				fmt.Sprintf(`{"status":"OK","message":"round %d","start-date":%q}`, i, document.StartDate(time.Now())))
		}
		cmd := exec.Command(os.Args[0], "-c", conf)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(30 * time.Millisecond))))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		checkWhole(t, dir)
	}
	cmd := exec.Command(os.Args[0], "-c", conf)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n := checkWhole(t, dir); n < 7 {
		t.Errorf("only %d documents after a whole pass", n)
	}
	for _, sub := range []string{"public", "private", "private/documents", "state"} {
		left, err := filepath.Glob(filepath.Join(dir, "srv/monitor", sub, ".*"))
		if err != nil || len(left) > 0 {
			t.Errorf("left over: %v %v", left, err)
		}
	}
}

// checkWhole parses the documents that are there and counts them.
func checkWhole(t *testing.T, dir string) (n int) {
	t.Helper()
	srv := filepath.Join(dir, "srv/monitor")
	for _, name := range []string{"public/feed", "public/feeds", "public/_document_list", "private/_document_list",
		"public/monitor.global.json", "private/monitor.global.json", "private/documents/monitor_state.data.json", "state/publish.json"} {
		data, err := os.ReadFile(filepath.Join(srv, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
		switch {
		case strings.HasSuffix(name, ".json"):
			var v any
			err = json.Unmarshal(data, &v)
		case strings.HasPrefix(name, "public/feed"):
			var v struct{ XMLName xml.Name }
			err = xml.Unmarshal(data, &v)
		case !strings.Contains(string(data), "monitor.global"):
			err = fmt.Errorf("%q", data)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return n
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}
