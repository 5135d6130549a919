package recipes

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"
)

func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	reply := install(t, "directory", dir, Pairs{{"recipe", "r"}, {"a", dir + "/x/y"}, {"b", "rel"}, {"empty", ""}, {"mode", "0700"}})
	if len(reply.Paths) != 0 {
		t.Errorf("folders hold data, so they are never given to buildout to delete: %v", reply.Paths)
	}
	known, err := part(t, "directory", Init, dir, Pairs{{"a", dir + "/x"}, {"b", "rel"}})
	if err != nil {
		t.Fatal(err)
	}
	if path, _ := known.Options.Lookup("b"); path != dir+"/rel" {
		t.Errorf("a relative folder is known as %q", path)
	}
	if path, set := known.Options.Lookup("a"); set {
		t.Errorf("an absolute one was set to %q", path)
	}
	for _, f := range []string{"x", "x/y", "rel"} {
		if m := mode(t, dir, f); m != os.ModeDir|0o750 {
			t.Errorf("%s has mode %v", f, m)
		}
	}
	if err := os.WriteFile(dir+"/file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := part(t, "directory", Init, dir, Pairs{{"a", dir + "/file"}}); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("a file in the way: %v", err)
	}
}

func TestWrapper(t *testing.T) {
	dir := t.TempDir()
	release := filepath.Join(dir, "release.cfg")
	if err := os.WriteFile(release, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	reply := install(t, "wrapper", dir, Pairs{
		{"command-line", `/bin/echo 'two words' "a \"quote\"" plain\ blank`}, {"wrapper-path", dir + "/etc/service/w"},
		{"environment", "A=1\nB=it's"}, {"wait-for-files", "/f 1"}, {"hash-files", release}, {"sig-ign", "SIGHUP"},
	})
	// md5 of "3\nabc", as the recipe of slapos.cookbook names it.
	path := dir + "/etc/service/w-3cec7d0bc4fe2fd21c2bf96136ef659a"
	if diff := cmp.Diff([]string{path}, reply.Paths); diff != "" {
		t.Fatal(diff)
	}
	want := "#!/bin/sh -e\ntrap '' HUP\nexport A=1\nexport B='it'\"'\"'s'\nwhile [ ! -e '/f 1' ]; do sleep 0.2; done\n" +
		"exec /bin/echo 'two words' 'a \"quote\"' 'plain blank' \"$@\"\n"
	if diff := cmp.Diff(want, read(t, path)); diff != "" {
		t.Error(diff)
	}
	if m := mode(t, path); m != 0o700 {
		t.Errorf("mode %v", m)
	}
}

func TestScriptRunsAllAndTellsOfAFailure(t *testing.T) {
	dir := t.TempDir()
	install(t, "script", dir, Pairs{{"output", dir + "/s"}, {"commands", "false\necho done"}, {"pid-file", dir + "/pid"}, {"wait-for-files", dir + "/s"}})
	out, err := exec.Command(dir + "/s").CombinedOutput()
	if err == nil || string(out) != "done\n" {
		t.Errorf("%q, %v", out, err)
	}
	if pid := read(t, dir, "pid"); pid == "" {
		t.Error("no process number")
	}
	install(t, "script", dir, Pairs{{"output", dir + "/s"}, {"commands", "echo 1"}, {"finally", "echo 2"}})
	if out, err := exec.Command(dir + "/s").CombinedOutput(); err != nil || string(out) != "1\n2\n" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestSplitCommand(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
	}{
		{"a  b\n c", []string{"a", "b", "c"}},
		{`'' ""`, []string{"", ""}},
		{`a"b"'c'`, []string{"abc"}},
		{`'a\b' "a\b" a\b`, []string{`a\b`, `a\b`, "ab"}},
		{`"\"\\"`, []string{`"\`}},
		{`'open`, nil}, {`end\`, nil}, {`"open`, nil},
	} {
		got, err := splitCommand(c.line)
		if (err != nil) != (c.want == nil) {
			t.Errorf("%s: %v", c.line, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" && c.want != nil {
			t.Errorf("%s: %s", c.line, diff)
		}
	}
}

func FuzzQuoteReadsBack(f *testing.F) {
	for _, s := range []string{"", "a b", "it's", "\\", "$(x)", "\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, word string) {
		got, err := splitCommand(quote(strings.ToValidUTF8(word, "?")))
		if err != nil || len(got) != 1 || got[0] != strings.ToValidUTF8(word, "?") {
			t.Errorf("%q was quoted %s and read back %q, %v", word, quote(word), got, err)
		}
	})
}

func TestPasswordIsMadeOnceAndNeverSaved(t *testing.T) {
	dir := t.TempDir()
	options := Pairs{{"storage-path", dir + "/etc/.pwd"}}
	reply := install(t, "password", dir, options)
	first, _ := reply.Options.Lookup("passwd")
	if len(first) != 16 || len(reply.Paths) != 0 {
		t.Fatalf("password of %d characters, paths %v", len(first), reply.Paths)
	}
	if diff := cmp.Diff([]string{"passwd"}, reply.Secrets); diff != "" {
		t.Error(diff)
	}
	if m := mode(t, dir, "etc/.pwd"); m != 0o600 {
		t.Errorf("mode %v", m)
	}
	again, err := part(t, "password", Init, dir, options)
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := again.Options.Lookup("passwd"); second != first {
		t.Error("a second run made another password")
	}
}

func TestPasswordOfOlderStacksIsKept(t *testing.T) {
	for _, c := range []struct{ stored, want string }{
		{"old text\n", "old text"}, {`{"": "new", "passwd-x": "h"}`, "new"},
	} {
		path := filepath.Join(t.TempDir(), "pwd")
		if err := os.WriteFile(path, []byte(c.stored), 0o600); err != nil {
			t.Fatal(err)
		}
		reply, err := part(t, "password", Init, "/d", Pairs{{"storage-path", path}})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := reply.Options.Lookup("passwd"); got != c.want {
			t.Errorf("%q gives another password", c.stored)
		}
	}
}

func TestDamagedPasswordIsNotReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pwd")
	if err := os.WriteFile(path, []byte(`{"": `), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := part(t, "password", Init, "/d", Pairs{{"storage-path", path}}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

func TestHtpasswd(t *testing.T) {
	dir := t.TempDir()
	options := Pairs{{"htpasswd-path", dir + "/ht"}, {"password-file", dir + "/text"}, {"user", "admin"}, {"password", "first"}}
	reply := install(t, "htpasswd", dir, options)
	if len(reply.Paths) != 0 {
		t.Errorf("an edited password must survive: %v", reply.Paths)
	}
	if got := read(t, dir, "text"); got != "first\n" || mode(t, dir, "text") != 0o600 {
		t.Errorf("text file %q, %v", got, mode(t, dir, "text"))
	}
	user, hash, _ := strings.Cut(strings.TrimSpace(read(t, dir, "ht")), ":")
	if user != "admin" || bcrypt.CompareHashAndPassword([]byte(hash), []byte("first")) != nil {
		t.Errorf("the password file does not accept the password")
	}
	// Somebody edits the password, then the partition is deployed again.
	if err := os.WriteFile(dir+"/text", []byte("edited\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := read(t, dir, "ht")
	install(t, "htpasswd", dir, options)
	if read(t, dir, "text") != "edited\n" || read(t, dir, "ht") != before {
		t.Error("a deployment changed an edited password")
	}
}

func TestFailedInstallLeavesNothingNew(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/blocked", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := part(t, "symlink", Install, dir, Pairs{{"symlink", "/a = " + dir + "/ok\n/b = " + dir + "/blocked/link"}})
	if err == nil {
		t.Fatal("a link below a file was made")
	}
	if _, err := os.Lstat(dir + "/ok"); err == nil {
		t.Error("the first link of a failed part stays")
	}
}
