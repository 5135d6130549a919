package content

import (
	"strconv"
	"time"
)

// ETag is Apache's strong entity tag of a file or folder, size and modification
// time in microseconds in hexadecimal, so that both servers give the same one
// on one tree (contract/httpd.md 3).
func ETag(size int64, mtime time.Time) string {
	var b [40]byte
	return string(AppendETag(b[:0], size, mtime))
}

// AppendETag appends ETag to b.
func AppendETag(b []byte, size int64, mtime time.Time) []byte {
	b = append(b, '"')
	b = strconv.AppendUint(b, uint64(size), 16)
	b = append(b, '-')
	b = strconv.AppendUint(b, uint64(mtime.UnixMicro()), 16)
	return append(b, '"')
}
