package document

import (
	"io"
	"log/slog"
	"os"
	"testing"
)

// The tests damage documents by the thousand; the warnings about it would hide
// what matters.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	os.Exit(m.Run())
}
