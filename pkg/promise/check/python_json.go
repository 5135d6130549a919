package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// pyJSON is v as Python's json.dumps writes it, keys sorted. Numbers should be
// json.Number, which keeps the difference of 3 and 3.0.
func pyJSON(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return pyJSONString(v)
	case map[string]any:
		var items []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			items = append(items, pyJSONString(k)+": "+pyJSON(v[k]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	case []any:
		var items []string
		for _, e := range v {
			items = append(items, pyJSON(e))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// pyJSONString quotes text in ASCII.
func pyJSONString(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

// sameJSON compares values as Python does: 3 equals 3.0.
func sameJSON(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		m, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, m, sameJSON)
	case []any:
		l, ok := b.([]any)
		return ok && slices.EqualFunc(a, l, sameJSON)
	case json.Number:
		n, ok := b.(json.Number)
		x, err := strconv.ParseFloat(a.String(), 64)
		y, err2 := strconv.ParseFloat(n.String(), 64)
		return ok && err == nil && err2 == nil && x == y
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b
}
