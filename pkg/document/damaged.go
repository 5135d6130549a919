package document

import (
	"fmt"
	"log/slog"
)

// damagedSuffix marks what was found in place of a document, kept beside it.
const damagedSuffix = ".damaged"

// SetAside keeps raw, the damaged content of the document at path, beside it
// for whoever wants to look, and says so in the log; recovered is how many of
// its entries are still known. A later damage replaces
// an earlier one: what could be read of both is in the document.
func SetAside(path string, raw []byte, recovered int) error {
	if _, err := Write(path+damagedSuffix, raw, PublicMode); err != nil {
		return fmt.Errorf("keep damaged document %s: %w", path, err)
	}
	slog.Warn("document was damaged", "path", path, "bytes", len(raw),
		"recovered", recovered, "kept", path+damagedSuffix)
	return nil
}

// dataStart is the offset just behind `"data":[` in a document of the form
// {"date":…,"data":[…]}, white space allowed, or -1.
func dataStart(raw []byte) int {
	const key = `"data"`
	for from := 0; ; {
		i := indexFrom(raw, key, from)
		if i < 0 {
			return -1
		}
		j := skipSpace(raw, i+len(key))
		if j < len(raw) && raw[j] == ':' {
			if j = skipSpace(raw, j+1); j < len(raw) && raw[j] == '[' {
				return j + 1
			}
		}
		from = i + 1
	}
}
