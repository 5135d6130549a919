package recipes

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// part asks for a phase as a front end would, giving sections when asked for.
func part(t *testing.T, recipe, phase, directory string, options Pairs, sections ...Section) (*Reply, error) {
	t.Helper()
	req := Request{Recipe: Egg + ":" + recipe, Name: "part", Phase: phase, Options: options, Sections: sections, Directory: directory}
	return Do(req)
}

// install runs init and install, with the options that init set, and fails
// the test when either does.
func install(t *testing.T, recipe, directory string, options Pairs, sections ...Section) *Reply {
	t.Helper()
	reply, err := part(t, recipe, Init, directory, options, sections...)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range reply.Options {
		options = options.With(o.Option, o.Value)
	}
	done, err := part(t, recipe, Install, directory, options, sections...)
	if err != nil {
		t.Fatal(err)
	}
	done.Options = reply.Options
	return done
}

func read(t *testing.T, elements ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func mode(t *testing.T, elements ...string) os.FileMode {
	t.Helper()
	st, err := os.Lstat(filepath.Join(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return st.Mode()
}

func TestEveryRecipeIsDocumented(t *testing.T) {
	for _, r := range All() {
		if r.Summary == "" || len(r.Options) == 0 && r.Name != "base" || r.Plan == nil {
			t.Errorf("recipe %s lacks a summary, options or a plan", r.Name)
		}
		for _, o := range r.Options {
			if o.Name == "" || o.Meaning == "" || o.Required && o.Default != "" {
				t.Errorf("recipe %s: option %q is not documented well", r.Name, o.Name)
			}
		}
	}
}

func TestMissingOptionsAreNamedBeforeAnythingIsWritten(t *testing.T) {
	for _, r := range All() {
		for _, o := range r.Options {
			if !o.Required {
				continue
			}
			t.Run(r.Name+"/"+o.Name, func(t *testing.T) {
				dir := t.TempDir()
				var options Pairs
				for _, other := range r.Options {
					if other.Required && other.Name != o.Name {
						options = options.With(other.Name, "x=y")
					}
				}
				_, err := part(t, r.Name, Init, dir, options)
				if err == nil || !strings.Contains(err.Error(), "[part]") {
					t.Fatalf("got %v, want an error that names the section", err)
				}
				if entries, _ := os.ReadDir(dir); len(entries) > 0 {
					t.Errorf("init wrote %v", entries)
				}
			})
		}
	}
}

func TestAnswer(t *testing.T) {
	for _, c := range []struct{ name, request, reply string }{
		{"unknown recipe", `{"recipe":"x:y","name":"a","phase":"init","options":[],"sections":{},"directory":"/d"}`, `{"error":"section [a] asks for the recipe \"x:y\", which this toolkit does not have: deploy this profile with slapgrid, or use one of \"monitor-generate recipes\""}`},
		{"not JSON", `{`, `{"error":"the request is not what \"monitor-generate recipe\" reads: unexpected EOF"}`},
		{"relative directory", `{"recipe":"slapos.recipe.monitor:base","name":"a","phase":"init","options":[],"sections":{},"directory":"d"}`, `{"error":"section [a]: the buildout directory \"d\" is not an absolute path"}`},
		{"unknown phase", `{"recipe":"slapos.recipe.monitor:base","name":"a","phase":"go","options":[],"sections":{},"directory":"/d"}`, `{"error":"section [a]: a phase is init, install or update, not \"go\""}`},
		{"an option that is no pair", `{"recipe":"slapos.recipe.monitor:base","name":"a","phase":"init","options":[["k"]],"sections":{},"directory":"/d"}`, `{"error":"the request is not what \"monitor-generate recipe\" reads: an option is a list of its name and its value, both strings, not [\"k\"]"}`},
		{"sections asked for", `{"recipe":"slapos.recipe.monitor:monitor-links","name":"a","phase":"init","options":[],"sections":{},"directory":"/d"}`, `{"options":[],"paths":[],"sections":["monitor-conf-parameters"]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			ok, err := Answer(strings.NewReader(c.request), &out)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.reply+"\n", out.String()); diff != "" {
				t.Error(diff)
			}
			if ok == strings.HasPrefix(c.reply, `{"error"`) {
				t.Errorf("ok is %v for %s", ok, c.reply)
			}
		})
	}
}

func TestRequestKeepsOrder(t *testing.T) {
	text := `{"recipe":"r","name":"n","phase":"init","options":[["z","1"],["a","<&>"]],"sections":{"z":[["k","v"]],"a":[]},"directory":"/d"}`
	var req Request
	if err := json.Unmarshal([]byte(text), &req); err != nil {
		t.Fatal(err)
	}
	back, err := encode(req)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, string(back)); diff != "" {
		t.Error(diff)
	}
}

func TestDigestFollowsWhatWasReferredTo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/text", []byte("a ${s:k} b"), 0o600); err != nil {
		t.Fatal(err)
	}
	digest := func(used, unused string) string {
		t.Helper()
		reply, err := part(t, "template", Init, dir, Pairs{{"url", "text"}, {"output", "f"}},
			Section{"s", Pairs{{"k", used}, {"other", unused}}})
		if err != nil {
			t.Fatal(err)
		}
		v, _ := reply.Options.Lookup(digestOption)
		return v
	}
	if digest("1", "1") != digest("1", "2") {
		t.Error("an option that the part does not use changed its digest")
	}
	if digest("1", "1") == digest("2", "1") {
		t.Error("an option that the part uses did not change its digest")
	}
}

func TestAnswerServesARunOfBuildout(t *testing.T) {
	request := func(recipe string) string {
		return `{"recipe":"` + recipe + `","name":"a","phase":"install","options":[],"sections":{},"directory":"/d"}` + "\n"
	}
	in, out := bytes.NewBufferString(request(Egg+":base")+request("ghost:x")+request(Egg+":base")), bytes.Buffer{}
	ok, err := Answer(in, &out)
	if err != nil || ok {
		t.Errorf("ok is %v, %v", ok, err)
	}
	replies := strings.SplitAfter(out.String(), "\n")
	if len(replies) != 4 || replies[0] != replies[2] || !strings.HasPrefix(replies[1], `{"error":"section [a] asks`) {
		t.Errorf("replies are %q", replies)
	}
	out.Reset()
	if ok, err := Answer(strings.NewReader(request(Egg+":base")+"{]\n"+request(Egg+":base")), &out); ok || err != nil || strings.Count(out.String(), "\n") != 2 {
		t.Errorf("after something that is no request: %v, %v, %q", ok, err, out.String())
	}
}
