package tree

import (
	"strings"

	"slapmonitor/pkg/httpd/area"
)

// TemporaryPrefix starts the name of every file that the server is still
// receiving. Such names are refused and hidden everywhere, and swept at start.
const TemporaryPrefix = ".monitor-upload."

// Reserved reports whether a name belongs to a server, ours or Apache's: files
// being received and the folder of Apache's dead properties. Nobody sees,
// reads or makes one (contract/httpd.md 4B, 5.3).
func Reserved(name string) bool {
	return strings.HasPrefix(name, TemporaryPrefix) ||
		strings.HasPrefix(name, ".davfs.tmp") || name == ".DAV"
}

// HasReserved reports whether any segment of a slash-separated name is reserved.
func HasReserved(name string) bool {
	for more := name != "" && strings.Contains(name, "."); more; {
		var segment string
		segment, name, more = strings.Cut(name, "/")
		if Reserved(segment) {
			return true
		}
	}
	return false
}

// Hidden reports whether a file of this name is refused in an area: dot-files
// of at least three characters are, in the private one (contract/httpd.md 3).
func Hidden(a area.Area, name string) bool {
	return Reserved(name) || a == area.Private && len(name) > 2 && name[0] == '.'
}

// HasHidden reports whether any segment of p is refused as a file's name is.
func HasHidden(p area.Path) bool {
	for segment := range strings.SplitSeq(p.Name, "/") {
		if Hidden(p.Area, segment) {
			return true
		}
	}
	return false
}
