// Package buildout_test asks the built monitor-generate what profiles mean and
// compares with what real zc.buildout makes of them: one folder per profile
// below cases/, explained in cases/README.md.
package buildout_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var generate string // the built binary

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	folder, err := os.MkdirTemp("", "monitor-generate")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	generate = filepath.Join(folder, "monitor-generate")
	build := exec.Command("go", "build", "-o", generate, "slapmonitor/cmd/monitor-generate")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "cannot build monitor-generate:", err)
		return 1
	}
	return m.Run()
}

func TestCases(t *testing.T) {
	folders, err := filepath.Glob("cases/*/buildout.cfg")
	if err != nil || len(folders) < 150 {
		t.Fatalf("only %d cases found: %v", len(folders), err)
	}
	for _, profile := range folders {
		folder := filepath.Dir(profile)
		for _, dialect := range []string{"upstream", "slapos"} {
			t.Run(filepath.Base(folder)+"/"+dialect, func(t *testing.T) {
				t.Parallel()
				checkCase(t, folder, dialect)
			})
		}
	}
}

func checkCase(t *testing.T, folder, dialect string) {
	directory := t.TempDir()
	copyCase(t, folder, directory)
	args := []string{"query", "--dialect", dialect, filepath.Join(directory, "buildout.cfg")}
	args = append(args, caseArgs(directory)...)
	command := exec.Command(generate, args...)
	command.Dir = directory
	command.Env = []string{"HOME=" + filepath.Join(directory, "home")}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	runError := command.Run()

	want := decode(t, strings.ReplaceAll(expected(t, folder, dialect), "@DIR@", directory))
	got := decode(t, stdout.String())
	if wantsInternalError(want) {
		// buildout dies of these by accident: that they fail is what counts.
		want, got = dropMember(want, "error"), dropMember(got, "error")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s\nstderr: %s", diff, stderr.String())
	}
	checkExit(t, runError, want[0].Name == "error" || want[0].Name == "error_type")
}

// caseArgs are a case's assignments, one a line of its file "args".
func caseArgs(directory string) []string {
	text, err := os.ReadFile(filepath.Join(directory, "args"))
	if err != nil {
		return nil // most have none
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func checkExit(t *testing.T, err error, failure bool) {
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	if failure != (code == 1) || code > 1 {
		t.Errorf("exit code %d, failure expected: %v", code, failure)
	}
}

// expected is the answer for a dialect: SlapOS' own where it differs.
func expected(t *testing.T, folder, dialect string) string {
	if dialect == "slapos" {
		if text, err := os.ReadFile(filepath.Join(folder, "expected.slapos.json")); err == nil {
			return string(text)
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func copyCase(t *testing.T, from, to string) {
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if d.IsDir() {
			return os.MkdirAll(target, 0o750)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, bytes.ReplaceAll(text, []byte("@DIR@"), []byte(to)), 0o640)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Member is a JSON object's member; objects decode to lists of them because
// their order is part of the answer.
type Member struct {
	Name  string
	Value any
}

func decode(t *testing.T, text string) []Member {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	v, err := decodeValue(d)
	if err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	object, ok := v.([]Member)
	if !ok || len(object) == 0 {
		t.Fatalf("not an answer: %q", text)
	}
	return object
}

func decodeValue(d *json.Decoder) (any, error) {
	first, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch first {
	case json.Delim('{'):
		object := []Member{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := decodeValue(d)
			if err != nil {
				return nil, err
			}
			object = append(object, Member{name.(string), v})
		}
		_, err = d.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return first, nil
}

func wantsInternalError(want []Member) bool {
	for _, m := range want {
		if m.Name == "error_type" {
			switch m.Value {
			case "UserError", "MissingSection", "MissingOption", "ParsingError", "MissingSectionHeaderError", "FileNotFoundError":
				return false
			}
			return true
		}
	}
	return false
}

func dropMember(object []Member, name string) []Member {
	var kept []Member
	for _, m := range object {
		if m.Name != name {
			kept = append(kept, m)
		}
	}
	return kept
}
