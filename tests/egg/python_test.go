package egg

import (
	"os/exec"
	"strings"
	"testing"

	"slapmonitor/tests/peers"
)

// TestValuesOfSlapOSBuildout: its options may be other things than strings.
func TestValuesOfSlapOSBuildout(t *testing.T) {
	program := `
from slapos_recipe_monitor import text
for value in ['a\n b', None, True, False, 5, 1.5, {'::1', '10.0.0.1'}, ['b', 1, True], ('x',), {'b': 1, 'a': {'z', 'y'}}, frozenset()]:
  print(repr(text(value)))
`
	c := exec.Command(peers.Python(t), "-W", "ignore", "-c", program)
	c.Dir = eggHome
	c.Env = []string{"PYTHONDONTWRITEBYTECODE=1"}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := `'a\n b'
''
'true'
'false'
'5'
'1.5'
'10.0.0.1\n::1'
'b\n1\ntrue'
'x'
'{"a": "y\\nz", "b": 1}'
''
`
	if string(out) != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

const promises = "[buildout]\nparts = plugin plain\n" + toolkit + `
[plugin]
recipe = slapos.recipe.monitor:promise
promise = check_file_state
name = file.py
eggs = EGGS
config-filename = /x
[plain]
recipe = slapos.recipe.monitor:promise
promise = check_file_state
name = file
eggs = EGGS
config-filename = /x
`

func TestEggsOfPromises(t *testing.T) {
	s := newSite(t)
	s.must(strings.ReplaceAll(promises, "EGGS", "slapos.toolbox"))
	plugin := s.read("etc/plugin/file.py")
	start, end := strings.Index(plugin, "sys.path[0:0] = "), strings.Index(plugin, "extra_config_dict")
	if start < 0 || end < start {
		t.Fatal(plugin)
	}
	// What slapgrid needs of these paths.
	program := "import sys\n" + plugin[start:end] + "import slapos.grid.promise.generic, slapos.promise.plugin.check_file_state\n"
	c := exec.Command(peers.Python(t), "-I", "-S", "-W", "ignore", "-c", program)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, program)
	}
	if text := s.read("etc/promise/file"); !strings.Contains(text, "monitor-runpromise check check_file_state") {
		t.Error(text)
	}

	s = newSite(t)
	s.fails(strings.ReplaceAll(promises, "EGGS", "no.such.egg"), "section [plugin]: a promise whose name ends in .py needs the eggs no.such.egg, which this software release lacks (")
	s.must(strings.Replace(strings.ReplaceAll(promises, "EGGS", "no.such.egg"), "plugin plain", "plain", 1))
}
