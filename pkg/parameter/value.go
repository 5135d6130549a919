package parameter

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
	"slapmonitor/pkg/publish"
)

const (
	maxValue = 4096     // bytes that a client may set
	maxShown = 32 << 10 // bytes of a target file that are shown
	maxFile  = 1 << 20  // bytes of a file that is changed in part
)

// current is the value that p has now: what its file holds, or the beginning of
// it, without the blanks around it. A file that is not there is an empty value.
func current(conf *monitorconf.Config, p Parameter) (string, error) {
	switch p.Kind {
	case Raw:
		return p.Value, nil
	case CORS:
		return strings.Join(corsDomains(conf), " "), nil
	}
	text, err := readStart(p.Path, maxShown, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the value of %s: %w", p.Name, err)
	}
	return strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD")), nil
}

// readFile is all of a file that is written again with changes.
func readFile(path string) (string, error) {
	text, err := readStart(path, maxFile+1, 0)
	if err == nil && len(text) > maxFile {
		return "", fmt.Errorf("%s is larger than %d bytes", path, maxFile)
	}
	return text, err
}

// readStart is at most the first limit bytes of a file, opened with more flags
// than those that all have. It does not wait for somebody to write into what is
// a pipe.
func readStart(path string, limit int64, flags int) (string, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|flags, 0)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return "", errors.Join(fmt.Errorf("%s is not a file", path), err)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit))
	return string(data), err
}

// check tells what is wrong with value for p, nil if nothing is. Keys that the
// stack itself reads have their own rules.
func check(p Parameter, value string) error {
	if len(value) > maxValue {
		return unacceptable(p, "it is longer than %d bytes; shorten it", maxValue)
	}
	if !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
		return unacceptable(p, "it holds a line break or another control character; write one line of text")
	}
	switch {
	case p.Kind == Htpasswd:
		return checkPassword(p, value)
	case p.Kind == CORS:
		return checkCORS(p, value)
	case p.Name == "promise-timeout":
		return checkNumber(p, value, 1, 3600, "a whole number of seconds")
	case p.Name == "min-free-disk-MB":
		return checkNumber(p, value, 0, 1<<40, "a whole number of megabytes")
	}
	return nil
}

// checkPassword: bcrypt takes no more than 72 bytes, and the setup URL and
// clients' parsers not every character.
func checkPassword(p Parameter, value string) error {
	if len(value) > 72 {
		return unacceptable(p, "the password is longer than 72 bytes; shorten it")
	}
	if err := publish.CheckCredential("password", value); err != nil {
		return unacceptable(p, "%v", err)
	}
	return nil
}

func checkNumber(p Parameter, value string, least, most int64, what string) error {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < least || n > most || value[0] == '+' {
		return unacceptable(p, "write %s from %d to %d", what, least, most)
	}
	return nil
}

// apply gives p the value, which has been checked and differs from the current.
func apply(conf *monitorconf.Config, p Parameter, value string) error {
	switch p.Kind {
	case File:
		return writeText(p.Path, value)
	case Htpasswd:
		return changePassword(conf, p, value)
	case CORS:
		return changeCORS(conf, p, value)
	}
	return nil
}

// writeText makes the file hold value, with a line end only if it had one.
func writeText(path, value string) error {
	if endsLine(path) {
		value += "\n"
	}
	return writeTarget(path, value, document.PublicMode)
}

func endsLine(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil || !st.Mode().IsRegular() || st.Size() == 0 {
		return false
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], st.Size()-1)
	return err == nil && last[0] == '\n'
}

// writeTarget replaces a file that is not a document of ours: its mode stays,
// and where it is a link the file behind it changes. A new one gets mode.
func writeTarget(path, text string, mode os.FileMode) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if st, err := os.Stat(path); err == nil {
		mode = st.Mode().Perm()
	}
	_, err := document.Write(path, []byte(text), mode)
	return err
}
