// Package content answers GET and HEAD: content types, entity tags, conditions,
// ranges, and listings that agree with what a GET would give. It must not know
// who asks; that has been decided before.
package content

import "strings"

// Content types by extension: what monitors publish and operators look at. The
// host's mime.types must not decide (contract/httpd.md 4C).
var byExtension = map[string]string{
	"json": "application/json", "haljson": "application/hal+json", "csv": "text/csv; charset=utf-8",
	"txt": "text/plain; charset=utf-8", "log": "text/plain; charset=utf-8", "cfg": "text/plain; charset=utf-8",
	"conf": "text/plain; charset=utf-8", "md": "text/plain; charset=utf-8",
	"html": "text/html; charset=utf-8", "htm": "text/html; charset=utf-8", "xhtml": "application/xhtml+xml",
	"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "wasm": "application/wasm",
	"xml": "application/xml", "rss": "application/rss+xml", "atom": "application/atom+xml", "opml": "text/x-opml",
	"appcache": "text/cache-manifest", "webmanifest": "application/manifest+json",
	"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
	"webp": "image/webp", "ico": "image/vnd.microsoft.icon", "woff2": "font/woff2", "pdf": "application/pdf",
	"gz": "application/gzip", "xz": "application/x-xz", "zst": "application/zstd", "bz2": "application/x-bzip2",
	"zip": "application/zip", "tar": "application/x-tar", "tgz": "application/gzip",
	"db": "application/octet-stream", "sqlite": "application/octet-stream", "bin": "application/octet-stream",
	"crt": "application/x-pem-file", "pem": "application/x-pem-file", "ics": "text/calendar; charset=utf-8",
}

const plain = "text/plain; charset=utf-8"

// Type is the content type of a file by its name. As with Apache, every
// extension counts and the last known one wins, so that app.log.1 is text. A
// name without one is plain text, never sniffed, but for the feeds: browsers
// show both types and feed readers expect them.
func Type(name string) string {
	name = strings.TrimLeft(name, ".") // of a hidden file's name, too
	first := strings.IndexByte(name, '.')
	if first < 0 {
		return bareType(name)
	}
	for end := len(name); end > first; {
		dot := strings.LastIndexByte(name[:end], '.')
		if t, ok := byExtension[strings.ToLower(name[dot+1:end])]; ok {
			return t
		}
		end = dot
	}
	return plain
}

func bareType(name string) string {
	switch {
	case name == "feeds":
		return "application/xml"
	case strings.HasSuffix(name, "feed"), strings.HasSuffix(name, "-rss"):
		return "application/rss+xml"
	}
	return plain
}

// Active reports whether a browser would run scripts of a document of this
// type. They must not run in the origin that has the monitor's credentials.
func Active(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	return t == "text/html" || strings.HasSuffix(t, "xml")
}

// SandboxPolicy is the Content-Security-Policy of active documents.
const SandboxPolicy = "sandbox allow-downloads; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
