package deploy

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestProfiles deploys every consumer's profile and compares the partition's
// files with tests/profiles/NAME/files.txt.
func TestProfiles(t *testing.T) {
	profiles, err := filepath.Glob("../../tests/profiles/*/software.cfg")
	if err != nil || len(profiles) < 10 {
		t.Fatalf("%d profiles, %v", len(profiles), err)
	}
	for _, profile := range profiles {
		t.Run(filepath.Base(filepath.Dir(profile)), func(t *testing.T) {
			dir := t.TempDir()
			s := Standalone{Software: profile, Directory: dir, Address: "127.0.0.1", Log: func(string, ...any) {}}
			if _, err := s.Deploy(context.Background()); err != nil {
				t.Fatal(err)
			}
			got := listing(t, filepath.Join(dir, "partition"))
			golden := filepath.Join(filepath.Dir(profile), "files.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// listing is the mode and path of everything below dir; names that carry a
// hash are cut there.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	for path, what := range tree(t, dir) {
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.LastIndexByte(rel, '-'); i > 0 && len(rel)-i == 33 {
			rel = rel[:i] + "-HASH"
		}
		out = append(out, what[:10]+" "+rel)
	}
	sort.Slice(out, func(i, j int) bool { return out[i][11:] < out[j][11:] })
	return strings.Join(out, "\n") + "\n"
}
