package slapos

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Texts are what xml_marshaller 1.0.3 writes.
func TestUnmarshal(t *testing.T) {
	for text, want := range map[string]any{
		"<none/>":            nil,
		"<bool>1</bool>":     true,
		"<bool>0</bool>":     false,
		"<int>-5</int>":      int64(-5),
		"<float>1.5</float>": 1.5,
		"<string>b &#233; &amp;lt;&amp;amp;&amp;gt;</string>": "b é <&>",
		"<unicode/>": "",
		`<list id="i2"><string>a</string><tuple><string>b</string></tuple><reference id="i9"/></list>`: nil,
		`<dictionary id="i2"><string>a</string><list id="i3"><int>1</int></list><int>7</int><reference id="i3"/></dictionary>`: map[string]any{
			"a": []any{int64(1)}, "7": []any{int64(1)},
		},
		`<object id="i2" module="slapos.slap.slap" class="SoftwareRelease"><tuple/><dictionary id="i3"><string>u</string><none/></dictionary></object>`: &object{
			"SoftwareRelease", map[string]any{"u": nil},
		},
	} {
		got, err := unmarshal([]byte("<marshal>" + text + "</marshal>"))
		if strings.Contains(text, "i9") {
			if err == nil {
				t.Errorf("%s: a reference to nothing was taken for %v", text, got)
			}
			continue
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(object{})); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", text, err, diff)
		}
	}
}

func TestUnmarshalBadText(t *testing.T) {
	for _, text := range []string{
		"", "<marshal>", "<marshal/>", "<html/>", "<marshal><int>x</int></marshal>", "<marshal><code>x</code></marshal>",
		"<marshal><string>a</string><string>b</string></marshal>", "<marshal><dictionary><none/></dictionary></marshal>",
		`<marshal><object class="X"><tuple/><none/></object></marshal>`, "<marshal><string><b/></string></marshal>",
		"<marshal>" + strings.Repeat("<list>", 200) + strings.Repeat("</list>", 200) + "</marshal>",
		`<marshal><list id="i1"><reference id="i1"/></list></marshal>`,
	} {
		if v, err := unmarshal([]byte(text)); err == nil {
			t.Errorf("%.60s gives %v", text, v)
		}
	}
}

func TestMarshalRoundTrip(t *testing.T) {
	for _, value := range []any{nil, true, false, "", "a <&> \"é\" \r\n\t]]>&amp;", map[string]string{"z": "1", "a": "<"}} {
		data, err := marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		got, err := unmarshal([]byte(data))
		if err != nil {
			t.Fatal(err)
		}
		if m, ok := got.(map[string]any); ok {
			back := map[string]string{}
			for k, v := range m {
				back[k] = v.(string)
			}
			got = back
		}
		if diff := cmp.Diff(value, got); diff != "" {
			t.Errorf("%s\n%s", data, diff)
		}
	}
	for _, value := range []any{"\x00", "\xff", map[string]string{"k": "\x1b"}, 1.5} {
		if data, err := marshal(value); err == nil {
			t.Errorf("%q was written as %s", value, data)
		}
	}
}

func TestConnectionOfOldMasters(t *testing.T) {
	got := connection(map[string]any{"connection_xml": "<?xml version='1.0' encoding='utf-8'?>\n<instance>\n  <parameter id=\"a\">é &amp; b</parameter>\n</instance>\n"})
	if diff := cmp.Diff(map[string]string{"a": "é & b"}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`<marshal><object id="i2" class="P"><tuple/><dictionary id="i3"><string>a</string><reference id="i3"/></dictionary></object></marshal>`))
	f.Add([]byte(`<marshal><dictionary id="i2"><string>a</string><float>1.5</float></dictionary></marshal>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := unmarshal(data)
		if o, ok := v.(*object); ok && err == nil {
			describe(o.attributes)
		}
	})
}
