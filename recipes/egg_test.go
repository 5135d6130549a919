package recipes

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"slapmonitor/templates"
)

var update = flag.Bool("update", false, "rewrite generated files")

const eggInfo = "python/slapos.recipe.monitor.egg-info/"

// TestEggHasAllRecipes keeps the egg's entry points the recipes of this
// package; -update writes them.
func TestEggHasAllRecipes(t *testing.T) {
	var install, uninstall strings.Builder
	for _, r := range All() {
		class := "Recipe"
		if r.Name == "toolkit" {
			class = "Toolkit"
		}
		fmt.Fprintf(&install, "%s = slapos_recipe_monitor:%s\n", r.Name, class)
		fmt.Fprintf(&uninstall, "%s = slapos_recipe_monitor:uninstall\n", r.Name)
	}
	want := "[zc.buildout]\n" + install.String() + "\n[zc.buildout.uninstall]\n" + uninstall.String()
	if *update {
		if err := os.WriteFile(eggInfo+"entry_points.txt", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, read(t, eggInfo+"entry_points.txt")); diff != "" {
		t.Errorf("run go test ./recipes -update\n%s", diff)
	}
	if !strings.Contains(read(t, eggInfo+"PKG-INFO"), "\nVersion: "+templates.Release+"\n") {
		t.Error("the egg has another version than the stack")
	}
}

// TestEggStaysThin: what the egg knows, the generator cannot be asked about.
func TestEggStaysThin(t *testing.T) {
	if n := strings.Count(read(t, "python/slapos_recipe_monitor.py"), "\n"); n >= 200 {
		t.Errorf("the egg has %d lines", n)
	}
}
