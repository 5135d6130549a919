package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// asProgram makes this test binary be monitor-collect.
const asProgram = "MONITOR_COLLECT_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		os.Exit(0)
	}
	testscript.Main(m, map[string]func(){"monitor-collect": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

// Whenever a pass is killed, every document is whole.
func TestKilledAtAnyInstant(t *testing.T) {
	dir := t.TempDir()
	conf := filepath.Join(dir, "etc/monitor.conf")
	if err := os.MkdirAll(filepath.Dir(conf), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, []byte("[monitor]\ncollector-db =\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0], "-c", conf)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		return cmd
	}
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	for range rounds {
		cmd := start()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(30 * time.Millisecond))))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		checkWhole(t, dir)
	}
	if out, err := start().CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n := checkWhole(t, dir); n != 5 {
		t.Errorf("%d documents after a whole pass", n)
	}
}

func checkWhole(t *testing.T, dir string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "srv/monitor/private/documents/*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(data) {
			t.Fatalf("%s: %q", name, data)
		}
	}
	return len(files)
}
