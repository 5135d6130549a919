package buildout

import "fmt"

// Dialect says whose profile language is meant.
type Dialect int

// Slapos is SlapOS' fork of buildout: upstream plus the differences of
// contract 1.10. Upstream is zc.buildout 3.0.1.
const (
	Slapos Dialect = iota
	Upstream
)

// ParseDialect reads "slapos" or "upstream".
func ParseDialect(name string) (Dialect, error) {
	switch name {
	case "slapos":
		return Slapos, nil
	case "upstream":
		return Upstream, nil
	}
	return Slapos, fmt.Errorf("unknown buildout dialect %q: say slapos or upstream", name)
}
