package promise

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
)

// DefaultTimeout is how long a promise may take where nothing else is said.
const DefaultTimeout = 20 * time.Second

// maxTimeout bounds what an operator may set: with more, one hanging promise
// would keep every result back for hours.
const maxTimeout = time.Hour

// timeoutOf reads the file that operators edit, a number of seconds. A bad
// value is an error beside the default; no file is no error.
func timeoutOf(path string) (time.Duration, error) {
	raw, err := os.ReadFile(path)
	if path == "" || errors.Is(err, fs.ErrNotExist) {
		return DefaultTimeout, nil
	}
	if err != nil {
		return DefaultTimeout, fmt.Errorf("promise timeout: %w; using %s", err, seconds(DefaultTimeout))
	}
	text := strings.TrimSpace(string(raw))
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 || time.Duration(n) > maxTimeout/time.Second {
		return DefaultTimeout, fmt.Errorf("promise timeout %s holds %.40q, not a number of seconds from 1 to %d; using %s",
			path, text, maxTimeout/time.Second, seconds(DefaultTimeout))
	}
	return time.Duration(n) * time.Second, nil
}
