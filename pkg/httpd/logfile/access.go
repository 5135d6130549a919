package logfile

import (
	"strconv"
	"time"
)

// Access is one request as the access log tells it, in the common log format.
type Access struct {
	Remote string // address
	User   string // who it was, once verified; "" for nobody
	Time   time.Time
	Method string
	URI    string // as it was sent
	Proto  string
	Status int
	Bytes  int64
}

// Append adds the line to b. Nothing a client sends can end the line or its
// quotes, and a user name never comes from the request alone.
func (a *Access) Append(b []byte) []byte {
	b = append(b, a.Remote...)
	b = append(b, " - "...)
	if a.User == "" {
		b = append(b, '-')
	} else {
		b = appendEscaped(b, a.User)
	}
	b = a.Time.AppendFormat(b, " [02/Jan/2006:15:04:05 -0700] \"")
	b = appendEscaped(b, a.Method)
	b = append(b, ' ')
	b = appendEscaped(b, a.URI)
	b = append(b, ' ')
	b = appendEscaped(b, a.Proto)
	b = append(b, "\" "...)
	b = strconv.AppendInt(b, int64(a.Status), 10)
	b = append(b, ' ')
	if a.Bytes == 0 {
		b = append(b, '-')
	} else {
		b = strconv.AppendInt(b, a.Bytes, 10)
	}
	return append(b, '\n')
}

const hexDigits = "0123456789abcdef"

func appendEscaped(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c <= ' ' || c >= 0x7f:
			b = append(b, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return b
}
