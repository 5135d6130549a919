package parameter

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"slapmonitor/pkg/document"
	"slapmonitor/pkg/monitorconf"
)

// PreviousGrace is how long the password before a change is still good: long
// enough for a client that changes many instances, one after the other, and
// for readers to be told (contract/app-wire.md 6, W11).
const PreviousGrace = 10 * time.Minute

// previousName is a file of the state folder, mode 0600, that monitor-httpd
// reads: {"user","hash","until"}, the date in document.DateLayout.
const previousName = "previous-password.json"

const bcryptCost = 10

// previous is the password that a change replaced.
type previous struct {
	User  string `json:"user"`
	Hash  string `json:"hash"` // as it stood in the password file
	Until string `json:"until"`
}

// changePassword gives p's user the password: first the old one is set aside
// for its grace, then the password file changes, last the text. When it is
// repeated after a crash in between, what was set aside stays.
func changePassword(conf *monitorconf.Config, p Parameter, password string) error {
	lines, err := readHtpasswd(p.Htpasswd)
	if err != nil {
		return err
	}
	old, at := "", -1
	for i, line := range lines {
		if user, hash, ok := strings.Cut(line, ":"); ok && user == p.User {
			old, at = hash, i
			break
		}
	}
	if bcrypt.CompareHashAndPassword([]byte(old), []byte(password)) != nil {
		if err := setAside(conf, p.User, old); err != nil {
			return err
		}
		hash, err := bcrypt.GenerateFromPassword([]byte(password), bcryptCost)
		if err != nil {
			return fmt.Errorf("hash the new password: %w", err)
		}
		line := p.User + ":" + string(hash)
		if at < 0 {
			lines = append(lines, line)
		} else {
			lines[at] = line
		}
		if err := writeTarget(p.Htpasswd, strings.Join(lines, "\n")+"\n", document.PublicMode); err != nil {
			return err
		}
	}
	return writeTarget(p.Path, password+"\n", document.SecretMode)
}

func readHtpasswd(path string) ([]string, error) {
	text, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the password file: %w", err)
	}
	if text = strings.TrimRight(text, "\n"); text == "" {
		return nil, nil
	}
	return strings.Split(text, "\n"), nil
}

func setAside(conf *monitorconf.Config, user, hash string) error {
	if hash == "" {
		return nil
	}
	_, err := document.WriteJSON(filepath.Join(conf.StateFolder, previousName),
		previous{User: user, Hash: hash, Until: document.Date(time.Now().Add(PreviousGrace))}, document.SecretMode)
	return err
}

// forgetPrevious removes the old password's hash once its grace is over, and a
// file that does not say until when.
func forgetPrevious(conf *monitorconf.Config, now time.Time) error {
	path := filepath.Join(conf.StateFolder, previousName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the previous password: %w", err)
	}
	var prev previous
	if json.Unmarshal(data, &prev) == nil {
		if until, err := document.ParseDate(prev.Until); err == nil && now.Before(until) {
			return nil
		}
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("forget the previous password: %w", err)
	}
	return nil
}
