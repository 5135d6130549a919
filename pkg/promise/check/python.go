package check

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"
)

// Repr is text as Python's repr shows it: messages of the upstream plugins
// quote names so, and clients may match on them.
func Repr(text string) string {
	quote := quoteFor(text)
	var b strings.Builder
	b.WriteByte(quote)
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && n == 1: // as surrogateescape shows it
			fmt.Fprintf(&b, `\udc%02x`, text[0])
		case r < utf8.RuneSelf:
			b.WriteString(reprByte(byte(r), quote))
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		text = text[n:]
	}
	b.WriteByte(quote)
	return b.String()
}

// ReprBytes is data as Python's repr shows bytes.
func ReprBytes(data []byte) string {
	quote := quoteFor(string(data))
	var b strings.Builder
	b.WriteString("b" + string(rune(quote)))
	for _, c := range data {
		b.WriteString(reprByte(c, quote))
	}
	b.WriteByte(quote)
	return b.String()
}

// quoteFor is the quote that Python would choose.
func quoteFor(text string) byte {
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		return '"'
	}
	return '\''
}

func reprByte(c, quote byte) string {
	switch {
	case c == quote || c == '\\':
		return `\` + string(rune(c))
	case c == '\n':
		return `\n`
	case c == '\r':
		return `\r`
	case c == '\t':
		return `\t`
	case c < ' ' || c >= 0x7f:
		return fmt.Sprintf(`\x%02x`, c)
	}
	return string(rune(c))
}

// errnoText is err as Python shows an OSError: [Errno 2] No such file or
// directory. Other errors are shown as they are.
func errnoText(err error) string {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return err.Error()
	}
	text := no.Error()
	return fmt.Sprintf("[Errno %d] %s", int(no), strings.ToUpper(text[:1])+text[1:])
}

// errnoClass is the name of Python's exception for err.
func errnoClass(err error) string {
	var no syscall.Errno
	errors.As(err, &no)
	switch no {
	case syscall.ECONNREFUSED:
		return "ConnectionRefusedError"
	case syscall.ECONNRESET:
		return "ConnectionResetError"
	case syscall.ENOENT:
		return "FileNotFoundError"
	case syscall.EACCES, syscall.EPERM:
		return "PermissionError"
	case syscall.EISDIR:
		return "IsADirectoryError"
	case syscall.ENOTDIR:
		return "NotADirectoryError"
	case syscall.ETIMEDOUT:
		return "TimeoutError"
	}
	return "OSError"
}

// errorRepr is err as Python's repr shows it, IsADirectoryError(21, 'Is a directory').
func errorRepr(err error) string {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return fmt.Sprintf("OSError(%s)", Repr(err.Error()))
	}
	text := no.Error()
	return fmt.Sprintf("%s(%d, %s)", errnoClass(err), int(no), Repr(strings.ToUpper(text[:1])+text[1:]))
}

// fileErrorText is err as Python shows it for a file: with the quoted name.
func fileErrorText(err error, path string) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return errnoText(err) + ": " + Repr(path)
	}
	return err.Error()
}
