package buildout

import (
	"fmt"
	"strings"
	"testing"
)

// largeProfile has about n lines: macros, references within and across
// sections, blocks, additions.
func largeProfile(n int) string {
	var b strings.Builder
	b.WriteString("[buildout]\nextends = base.cfg\nparts =\n")
	count := n / 10
	for i := range count {
		fmt.Fprintf(&b, "  s%d\n", i)
	}
	for i := range count {
		fmt.Fprintf(&b, "[s%d]\n<= macro\nname = n%d\nlist +=\n  one\n  ${s%d:path}\nurl = https://${:host}:${:port}/${:name}\nhost = ::1\nport = %d\n", i, i, i/2, i)
	}
	b.WriteString("-- base.cfg --\n[macro]\nrecipe = r\nlist = base\npath = ${buildout:directory}/${:name}/${:_buildout_section_name_}\nsrc = ${:_profile_base_location_}/x\n")
	return b.String()
}

func BenchmarkEvaluate(b *testing.B) {
	for _, n := range []int{500, 5000, 50_000} {
		b.Run(fmt.Sprintf("lines=%d", n), func(b *testing.B) {
			main := writeProfile(b, largeProfile(n))
			for b.Loop() {
				p, err := Open(main, Options{})
				if err != nil {
					b.Fatal(err)
				}
				if err := p.Evaluate(); err != nil {
					b.Fatal(err)
				}
				if len(p.Parts()) != n/10 {
					b.Fatal(len(p.Parts()), "parts")
				}
			}
		})
	}
}

func BenchmarkAnswer(b *testing.B) {
	main := writeProfile(b, largeProfile(500))
	for b.Loop() {
		if _, _, err := Answer(main, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
