package check

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

// human is a number of bytes as upstream shows it: 190.7M, 12.0B.
func human(bytes float64) string {
	for i, symbol := range []string{"Y", "Z", "E", "P", "T", "G", "M", "K"} {
		unit := 1.0
		for range 8 - i {
			unit *= 1024
		}
		if bytes >= unit || -bytes >= unit {
			return fmt.Sprintf("%.1f%s", bytes/unit, symbol)
		}
	}
	return fmt.Sprintf("%.1fB", bytes)
}

// pyFloat is f as Python shows it: 50.0, 0.25, 1e+16.
func pyFloat(f float64) string {
	if f >= 1e16 || f <= -1e16 {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
