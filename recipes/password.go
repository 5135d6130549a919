package recipes

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

const (
	alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	// 16 of 62 characters are 95 bits; all of them go plainly into a URL.
	passwordLength = 16
	// The server caches verified credentials, so a check may be this slow.
	bcryptCost = 10
)

func init() {
	register(&Recipe{
		Name:    "password",
		Aliases: []string{"slapos.cookbook:generate.password"},
		Summary: "a password that is made once and kept in a file of mode 0600; sets passwd",
		Options: []Option{
			{Name: "storage-path", Meaning: "where it is kept", Required: true},
			{Name: "bytes", Meaning: "its length in characters", Default: "16"},
			{Name: "passwd", Meaning: "this password instead of a new one"},
		},
		Plan:    planPassword,
		Secrets: func(*Part) []string { return []string{"passwd"} },
	})
	register(&Recipe{
		Name:    "htpasswd",
		Summary: "the password file of the server (bcrypt) and, beside it, the password as text for who deploys; an edited password is kept. Sets current-password",
		Options: []Option{
			{Name: "htpasswd-path", Meaning: "the password file", Required: true},
			{Name: "password-file", Meaning: "the password as text, mode 0600", Required: true},
			{Name: "user", Meaning: "the user's name", Required: true},
			{Name: "password", Meaning: "the first password", Required: true},
		},
		Plan:    planHtpasswd,
		Secrets: func(*Part) []string { return []string{"password", "current-password"} },
	})
}

// planPassword keeps to the storage of slapos.cookbook, so that a password
// survives a change of stack: JSON {"": password}, or plain text before 2022.
func planPassword(p *Part) ([]Artifact, error) {
	path, err := p.Path("storage-path")
	if err != nil {
		return nil, err
	}
	password, err := storedPassword(path)
	if err != nil {
		return nil, fmt.Errorf("section [%s]: %w", p.Name, err)
	}
	if given := p.Default("passwd", ""); given != "" {
		password = given
	} else if password == "" {
		length, err := strconv.Atoi(p.Default("bytes", strconv.Itoa(passwordLength)))
		if err != nil || length < 1 || length > 1024 {
			return nil, fmt.Errorf("section [%s]: \"bytes\" is a number of characters from 1 to 1024", p.Name)
		}
		password = newPassword(length)
	}
	p.Set("passwd", password)
	data, err := encode(map[string]string{"": password})
	if err != nil {
		return nil, err
	}
	return []Artifact{{Path: path, Content: data, Mode: secretMode, Permanent: true}}, nil
}

func storedPassword(path string) (string, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the stored password: %w", err)
	}
	var stored map[string]string
	if json.Unmarshal(data, &stored) == nil && stored[""] != "" {
		return stored[""], nil
	}
	if text := strings.TrimSpace(string(data)); text != "" && !strings.HasPrefix(text, "{") {
		return text, nil
	}
	return "", fmt.Errorf("%s should hold a password but does not: restore it, or remove the file to get a new password", path)
}

func newPassword(length int) string {
	b := make([]byte, length)
	for i := range b {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil { // crypto/rand never fails on Linux
			panic(err)
		}
		b[i] = alphabet[n.Int64()]
	}
	return string(b)
}

func planHtpasswd(p *Part) ([]Artifact, error) {
	htpasswd, err := p.Path("htpasswd-path")
	if err != nil {
		return nil, err
	}
	text, err := p.Path("password-file")
	if err != nil {
		return nil, err
	}
	user, err := p.Get("user")
	if err != nil {
		return nil, err
	}
	password, err := p.Get("password")
	if err != nil {
		return nil, err
	}
	if strings.ContainsAny(user, ":\n") {
		return nil, fmt.Errorf("section [%s]: a user name has no colon and no line break", p.Name)
	}
	if kept, err := os.ReadFile(text); err == nil && len(strings.TrimSpace(string(kept))) > 0 {
		password = strings.TrimSpace(string(kept))
	}
	p.Set("current-password", password)
	if p.Phase == Init { // hashing costs 50 ms, and nothing is written
		return []Artifact{{Path: htpasswd, Permanent: true}, {Path: text, Permanent: true}}, nil
	}
	plan := []Artifact{{Path: text, Content: []byte(password + "\n"), Mode: secretMode, Permanent: true}}
	if _, err := os.Lstat(htpasswd); err == nil {
		return plan, nil
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcryptCost)
	if err != nil {
		return nil, fmt.Errorf("section [%s]: %w", p.Name, err)
	}
	return append(plan, Artifact{Path: htpasswd, Content: []byte(user + ":" + string(hash) + "\n"), Permanent: true}), nil
}
