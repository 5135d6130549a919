// Package stack holds the profiles that consumers extend. They are embedded so
// that a binary alone can render the instance templates of its own version.
package stack

import "embed"

// Files are monitor/ and logrotate/ as they stand in the checkout.
//
//go:embed monitor/*.in logrotate/*.in
var Files embed.FS
