package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"monitor-httpd": main})
}

// TestScripts runs monitor-httpd as an operator does. The scripts have a free
// port in $PORT, and two commands of their own: "await FILE" waits until a file
// has content, "get STATUS PATH [USER:PASSWORD]" asks the server and prints the
// body to $WORK/body.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			defer l.Close()
			_, port, err := net.SplitHostPort(l.Addr().String())
			e.Setenv("PORT", port)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"await": await, "get": get, "taken": taken},
	})
}

// await waits for what a server writes when it listens.
func await(ts *testscript.TestScript, negated bool, arguments []string) {
	if negated || len(arguments) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	path := ts.MkAbs(arguments[0])
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if st, err := os.Stat(path); err == nil && st.Size() > 0 {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s has no content", path)
		}
	}
}

func get(ts *testscript.TestScript, negated bool, arguments []string) {
	if negated || len(arguments) < 2 {
		ts.Fatalf("usage: get STATUS PATH [USER:PASSWORD]")
	}
	r, err := http.NewRequest("GET", "https://127.0.0.1:"+ts.Getenv("PORT")+arguments[1], nil)
	ts.Check(err)
	if len(arguments) > 2 {
		user, password, _ := strings.Cut(arguments[2], ":")
		r.SetBasicAuth(user, password)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	resp, err := client.Do(r)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("body"), body, 0o644))
	if got := fmt.Sprint(resp.StatusCode); got != arguments[0] {
		ts.Fatalf("%s: %s, want %s\n%s", arguments[1], got, arguments[0], body)
	}
}

// taken listens on $PORT itself for the rest of the script.
func taken(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := net.Listen("tcp", "127.0.0.1:"+ts.Getenv("PORT"))
	ts.Check(err)
	ts.Defer(func() { l.Close() })
}
