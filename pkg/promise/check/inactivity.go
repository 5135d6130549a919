package check

import (
	"context"
	"errors"
	"time"
)

var errInactive = errors.New("nothing was received in time")

// inactivity cancels a context when nothing was written to it for a while.
type inactivity struct {
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

// newInactivity allows limit to connect, limit for the first byte and then
// limit between two pieces.
func newInactivity(ctx context.Context, limit time.Duration) (context.Context, *inactivity) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &inactivity{cancel: cancel, limit: limit}
	w.timer = time.AfterFunc(3*limit, func() { cancel(errInactive) })
	return ctx, w
}

// waitForHeaders begins anew for another request.
func (w *inactivity) waitForHeaders() { w.timer.Reset(3 * w.limit) }

// Write takes note that something arrived.
func (w *inactivity) Write(p []byte) (int, error) {
	w.timer.Reset(w.limit)
	return len(p), nil
}

func (w *inactivity) stop() {
	w.timer.Stop()
	w.cancel(nil)
}
