package document

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lock")
	ctx := context.Background()
	unlock, err := Lock(ctx, path, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(ctx, path, 30*time.Millisecond); !errors.Is(err, ErrLocked) {
		t.Errorf("a second lock: %v", err)
	}
	time.AfterFunc(50*time.Millisecond, unlock)
	again, err := Lock(ctx, path, time.Minute)
	if err != nil {
		t.Fatalf("after the first holder is gone: %v", err)
	}
	again()
	if _, err := Lock(ctx, filepath.Join(path, "x"), time.Minute); err == nil || errors.Is(err, ErrLocked) {
		t.Errorf("no folder: %v", err)
	}
}
