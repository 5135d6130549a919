package buildout

import (
	"strings"
	"testing"

	"slapmonitor/pkg/buildout/condition"
)

// The error tells where the condition stands.
func TestUnsupportedConditionPlace(t *testing.T) {
	_, err := Open(writeProfile(t, "[buildout]\nparts =\n\n[a:id(1)]\n"), Options{})
	e := checkClass(t, err, UnsupportedCondition)
	if !strings.HasSuffix(e.Error(), "/buildout.cfg:4)") || !strings.Contains(e.Error(), "unsupported condition `id(1)`") {
		t.Error(e)
	}
}

// The python and the machine that profiles are evaluated for are a setting.
func TestFactsSetting(t *testing.T) {
	text := "[buildout]\nparts =\n[a]\n[b:sys.version_info < (3, 8)]\n[c:python27]\n[d:platform.machine() == 'armv7l' and bits32]\n"
	facts := condition.Facts{Version: [3]int{2, 7, 18}, Platform: "linux2", Machine: "armv7l", Bits: 32}
	p := open(t, text, Options{Facts: facts})
	if got := strings.Join(p.raw.names, " "); got != "buildout a b c d versions" {
		t.Errorf("python 2.7 on armv7l: %s", got)
	}
	p = open(t, text, Options{})
	if got := strings.Join(p.raw.names, " "); got != "buildout a versions" {
		t.Errorf("default: %s", got)
	}
}
