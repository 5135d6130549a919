package connection

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPasswordGetsIntoEveryParameterThatHoldsIt(t *testing.T) {
	for _, c := range []struct {
		name    string
		before  map[string]string
		after   map[string]string
		changed bool
	}{
		{"both", map[string]string{"monitor-password": "old", "monitor-setup-url": "https://i/#page=p&url=https://b/public/feeds&username=admin&password=old", "own": "old"},
			map[string]string{"monitor-password": "new", "monitor-setup-url": "https://i/#page=p&url=https://b/public/feeds&username=admin&password=new", "own": "old"}, true},
		{"fields behind the password", map[string]string{"monitor-setup-url": "https://i/#page=p&password=old&url=https://b/public/feeds"},
			map[string]string{"monitor-setup-url": "https://i/#page=p&password=new&url=https://b/public/feeds"}, true},
		{"as it was", map[string]string{"monitor-setup-url": "u&password=new"}, map[string]string{"monitor-setup-url": "u&password=new"}, false},
		{"a setup URL of the profile's own making", map[string]string{"monitor-setup-url": "https://i/"}, map[string]string{"monitor-setup-url": "https://i/"}, false},
		{"no monitor", map[string]string{"url": "x"}, map[string]string{"url": "x"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &Record{Parameters: c.before}
			now, changed := r.WithPassword("new")
			if diff := cmp.Diff(c.after, now.Parameters); diff != "" || changed != c.changed {
				t.Errorf("changed: %v\n%s", changed, diff)
			}
		})
	}
}

func TestRecordReadsBack(t *testing.T) {
	dir := t.TempDir()
	if r, err := Read(dir); r != nil || err != nil {
		t.Errorf("nothing published: %v, %v", r, err)
	}
	want := &Record{map[string]string{"a": "<&>", "b": "é\n"}, true}
	data, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, File), data, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(filepath.Join(dir, File), data[:9], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil {
		t.Error("half a record was read")
	}
}

func TestWire(t *testing.T) {
	r := &Record{Parameters: map[string]string{"b": "<1>", "a": "é"}}
	for serialised, want := range map[bool]map[string]string{false: r.Parameters, true: {"_": `{"a":"é","b":"<1>"}`}} {
		r.Serialised = serialised
		got, err := r.Wire()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}
