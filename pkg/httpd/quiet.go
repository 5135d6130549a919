package httpd

import (
	"bytes"
	"io"
)

// quiet leaves out of the error log what any client can cause at will: broken
// handshakes and requests would fill the disk.
type quiet struct{ to io.Writer }

var noise = [][]byte{
	[]byte("TLS handshake error"),
	[]byte("http2: "),
	[]byte("http: URL query contains semicolon"),
}

func (q quiet) Write(line []byte) (int, error) {
	for _, n := range noise {
		if bytes.Contains(line, n) && !bytes.Contains(line, []byte("panic")) {
			return len(line), nil
		}
	}
	return q.to.Write(line)
}
