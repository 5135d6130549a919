package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// asProgram makes this test binary be monitor-configwrite.
const asProgram = "MONITOR_CONFIGWRITE_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		os.Exit(0)
	}
	testscript.Main(m, map[string]func(){"monitor-configwrite": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error { // monitor.conf holds absolute paths
			path := filepath.Join(e.WorkDir, "etc/monitor.conf")
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, []byte(strings.ReplaceAll(string(data), "$WORK", e.WorkDir)), 0o640)
		},
	})
}

// Whenever a pass is killed, the next one leaves both values of an upload: it
// stays on disk until it is applied.
func TestKilledAtAnyInstant(t *testing.T) {
	dir := t.TempDir()
	conf := filepath.Join(dir, "etc/monitor.conf")
	upload := filepath.Join(dir, "srv/monitor/private/config/.jio_documents/config.tmp.json")
	put(t, conf, "[monitor]\nparameter-list =\n  file a "+dir+"/a\n  file b "+dir+"/b\n")
	put(t, filepath.Join(dir, "a"), "0")
	put(t, filepath.Join(dir, "b"), "0")
	pass := func(after time.Duration) {
		cmd := exec.Command(os.Args[0], "-c", conf)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if after > 0 {
			time.Sleep(after)
			_ = cmd.Process.Kill()
		}
		if err := cmd.Wait(); err != nil && after == 0 {
			t.Fatal(err)
		}
	}
	rounds := 25
	if testing.Short() {
		rounds = 8
	}
	for i := range rounds {
		value := fmt.Sprint(i)
		put(t, upload, fmt.Sprintf(`[{"key":"a","value":%q},{"key":"b","value":%q}]`, value, value))
		pass(time.Duration(1 + rand.Int64N(int64(25*time.Millisecond))))
		pass(0)
		for _, name := range []string{"a", "b"} {
			if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != value {
				t.Fatalf("round %d: %s is %q, %v", i, name, got, err)
			}
		}
		data, err := os.ReadFile(filepath.Join(filepath.Dir(upload), "config.json"))
		var v []any
		if err != nil || json.Unmarshal(data, &v) != nil {
			t.Fatalf("round %d: config.json %q, %v", i, data, err)
		}
	}
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
