package buildout

import (
	"bytes"
	"encoding/json"
	"strings"
)

// object is a JSON object whose members keep their order, which encoding/json
// has no type for. Members are strings, lists of strings and objects.
type object []member

type member struct {
	name  string
	value any
}

// encode writes an object indented by one blank, as the samples are.
func encode(o object) []byte {
	var b bytes.Buffer
	writeObject(&b, o, 0)
	b.WriteByte('\n')
	return b.Bytes()
}

func writeObject(b *bytes.Buffer, o object, depth int) {
	writeItems(b, "{", "}", len(o), depth, func(i int) {
		writeString(b, o[i].name)
		b.WriteString(": ")
		switch v := o[i].value.(type) {
		case string:
			writeString(b, v)
		case []string:
			writeItems(b, "[", "]", len(v), depth+1, func(i int) { writeString(b, v[i]) })
		case object:
			writeObject(b, v, depth+1)
		}
	})
}

func writeItems(b *bytes.Buffer, open, closing string, n, depth int, write func(int)) {
	b.WriteString(open)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.WriteString(strings.Repeat(" ", depth+1))
		write(i)
	}
	if n > 0 {
		b.WriteByte('\n')
		b.WriteString(strings.Repeat(" ", depth))
	}
	b.WriteString(closing)
}

func writeString(b *bytes.Buffer, s string) {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	// Writing a string to memory cannot fail.
	_ = encoder.Encode(s)
	b.Truncate(b.Len() - 1)
}
