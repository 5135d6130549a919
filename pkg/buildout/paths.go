package buildout

import (
	"os"
	"os/user"
	"path"
	"strings"
)

// Names of profile files are joined but not normalised, because they show in
// messages and decide whether two files are the same one: path.Join and
// path.Dir, which clean what they return, would say otherwise than buildout.

// joinPath is os.path.join for two arguments.
func joinPath(base, name string) string {
	switch {
	case strings.HasPrefix(name, "/"):
		return name
	case base == "" || strings.HasSuffix(base, "/"):
		return base + name
	}
	return base + "/" + name
}

// dirName is os.path.dirname.
func dirName(name string) string {
	head := name[:strings.LastIndexByte(name, '/')+1]
	if trimmed := strings.TrimRight(head, "/"); trimmed != "" {
		return trimmed
	}
	return head
}

// urlBase is what relative names in a URL's file are relative to.
func urlBase(url string) string { return url[:strings.LastIndexByte(url, '/')] }

// isURL tells whether a name starts with a scheme and "://".
func isURL(name string) bool {
	scheme, _, found := strings.Cut(name, "://")
	return found && scheme != "" && strings.IndexFunc(scheme, notSchemeRune) < 0
}

func notSchemeRune(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
		r == '+' || r == '.' || r == '-')
}

// expandHome is os.path.expanduser, with home as the home directory of the
// user (the system's idea of it when empty). An unknown user stays as written.
func expandHome(name, home string) string {
	if !strings.HasPrefix(name, "~") {
		return name
	}
	who, rest, _ := strings.Cut(name[1:], "/")
	if who != "" {
		account, err := user.Lookup(who)
		if err != nil {
			return name
		}
		home = account.HomeDir
	} else if home == "" {
		home, _ = os.UserHomeDir()
	}
	if home == "" {
		return name
	}
	return strings.TrimRight(home, "/") + "/" + rest
}

// absolute makes a path absolute and clean, relative to base.
func absolute(base, name string) string { return path.Clean(joinPath(base, name)) }

// resolveParents takes the leading "../" of a relative name off the directory
// or URL it is relative to, as text: SlapOS' fork does so, which keeps the
// names of shared profiles the same however they were reached.
func resolveParents(base, name string) (string, string) {
	for strings.HasPrefix(name, "../") {
		parent, ok := parentOf(base)
		if !ok {
			break
		}
		base, name = parent, strings.TrimLeft(name[len("../"):], "/")
	}
	return base, name
}

func parentOf(base string) (string, bool) {
	root := 0
	if isURL(base) {
		root = strings.Index(base, "://") + len("://")
	}
	trimmed := strings.TrimRight(base[root:], "/")
	slash := strings.LastIndexByte(trimmed, '/')
	last := trimmed[slash+1:]
	if slash < 0 || last == "" || last == "." || last == ".." {
		return "", false
	}
	if slash == 0 && root == 0 {
		return "/", true
	}
	return base[:root+slash], true
}
