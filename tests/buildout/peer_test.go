package buildout_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slapmonitor/pkg/buildout"
	"slapmonitor/tests/peers"
)

// reference is real zc.buildout, which answers one profile after the other.
type reference struct {
	in  io.WriteCloser
	out *bufio.Reader
}

func startReference(t *testing.T) *reference {
	t.Helper()
	command := exec.Command(peers.Python(t), "testdata/reference.py")
	command.Env = []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"}
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := command.Wait(); err != nil {
			t.Error("zc.buildout: ", err)
		}
	})
	return &reference{in, bufio.NewReader(out)}
}

func (r *reference) ask(t *testing.T, directory string, args []string) string {
	t.Helper()
	question, err := json.Marshal(map[string]any{
		"dir": directory, "args": append([]string{}, args...), "home": filepath.Join(directory, "home"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(r.in, "%s\n", question); err != nil {
		t.Fatal(err)
	}
	answer, err := r.out.ReadString('\n')
	if err != nil {
		t.Fatal("zc.buildout does not answer: ", err)
	}
	return answer
}

// What the cases say is what real buildout says.
func TestCasesAreReal(t *testing.T) {
	r := startReference(t)
	profiles, err := filepath.Glob("cases/*/buildout.cfg")
	if err != nil || len(profiles) == 0 {
		t.Fatal("no cases: ", err)
	}
	for _, profile := range profiles {
		folder, directory := filepath.Dir(profile), t.TempDir()
		copyCase(t, folder, directory)
		want := decode(t, strings.ReplaceAll(expected(t, folder, "upstream"), "@DIR@", directory))
		got := decode(t, r.ask(t, directory, caseArgs(directory)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -case +buildout:\n%s", folder, diff)
		}
	}
}

// Profiles that nobody thought of get the same answers too. More of them, or
// others: MONITOR_GENERATED_PROFILES=10000 MONITOR_SEED=7.
func TestGeneratedProfiles(t *testing.T) {
	r := startReference(t)
	seed, count := setting("MONITOR_SEED", 1), setting("MONITOR_GENERATED_PROFILES", 400)
	g := generator{rand.New(rand.NewPCG(uint64(seed), 0))}
	answered := 0
	for i := range count {
		directory := t.TempDir()
		files, args := g.profile()
		for name, text := range files {
			write(t, directory, name, strings.ReplaceAll(text, "@DIR@", directory))
		}
		real := decode(t, r.ask(t, directory, args))
		text, _, _ := buildout.Answer(filepath.Join(directory, "buildout.cfg"), buildout.Options{
			Dialect: buildout.Upstream, Home: filepath.Join(directory, "home"), Assignments: args,
		})
		ours := decode(t, string(text))
		if wantsInternalError(real) && ours[0].Name == "error" {
			continue // it fails in both, which is all that counts
		}
		if diff := cmp.Diff(real, ours); diff != "" {
			t.Errorf("profile %d of seed %d: -buildout +ours:\n%s\n%s\nassignments %q", i, seed, diff, show(files), args)
		}
		if real[0].Name != "error" {
			answered++
		}
	}
	if answered < count/20 {
		t.Errorf("only %d of %d generated profiles are valid, which compares too little", answered, count)
	}
}

func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

func show(files map[string]string) string {
	var b strings.Builder
	for name, text := range files {
		b.WriteString("-- " + name + " --\n" + text)
	}
	return b.String()
}
