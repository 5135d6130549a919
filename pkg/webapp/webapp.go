// Package webapp serves the interface: the static files that pkg/webapp/ui is
// built to, embedded into the program. It owns how they are sent (compression,
// caching, policy). It must not know monitors or accounts: the files hold no
// secret, and the application reads monitors from the browser.
package webapp

import (
	"embed"
	"io/fs"
	"net/http"
)

// dist holds app/, which "npm run build" writes and git does not keep, and
// unbuilt.html for programs that were built without.
//
//go:embed all:dist
var dist embed.FS

// Path is where the interface expects to be mounted.
const Path = "/app/"

// Handler serves the interface below Path, to anybody.
func Handler() http.Handler {
	return newHandler(files())
}

// Built reports whether this program has the interface.
func Built() bool {
	_, err := fs.Stat(dist, "dist/app/index.html")
	return err == nil
}

// files are the interface, or the one page that says how to build it.
func files() (root fs.FS, index string) {
	if !Built() {
		root, _ = fs.Sub(dist, "dist") // fails for invalid names only
		return root, "unbuilt.html"
	}
	root, _ = fs.Sub(dist, "dist/app")
	return root, "index.html"
}
