package cli

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// writer stores batches.
type writer struct {
	client  *client.Client
	console *console
	meter   *meter
	// patience is how long it tries to reach a server that has gone away.
	patience time.Duration
	// How many entries were stored and how many the server did not want.
	stored, refused int
}

// write stores a batch, however often that takes: while the server says that it has stored
// nothing and when to come back, and for a while after it has gone away. Then nobody knows
// what happened to the batch, and it is stored again: twice is better than never, and is
// told.
func (w *writer) write(ctx context.Context, batch []*loggerv1.LogEntry) error {
	if len(batch) == 0 {
		return nil
	}
	var trouble trouble
	for {
		resp, err := w.client.Write(ctx, batch...)
		if err == nil {
			w.note(batch, resp)
			trouble.over(w, len(batch))
			return nil
		}
		wait, again := trouble.next(w, err)
		if !again {
			return describe(err, "")
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// trouble is what keeps a batch from being stored.
type trouble struct {
	full   bool          // the server has no room, and has said so
	gone   time.Time     // since when the server is not there; zero: it is
	pause  time.Duration // between two attempts to reach it
	unsure bool          // an attempt may have stored the batch
}

// firstPause and maxPause bound the pauses between attempts: a server that was restarted is
// back within a second or two.
const (
	firstPause = 200 * time.Millisecond
	maxPause   = 2 * time.Second
)

// next returns whether to try again after an error, and when. It tells the user, once of
// each kind of trouble.
func (t *trouble) next(w *writer, err error) (wait time.Duration, again bool) {
	st := status.Convert(err)
	if wait, again = retryAfter(st); again {
		if !t.full {
			w.console.notef("the server takes nothing for now, waiting: %s", explainShort(err))
		}
		t.full = true
		return wait, true
	}
	now := w.console.now()
	reached := w.stored+w.refused > 0 || t.full
	if st.Code() != codes.Unavailable || !reached {
		return 0, false
	}
	// What could not be dialled was not sent.
	t.unsure = t.unsure || dialReason(st.Message()) == st.Message()
	if t.gone.IsZero() {
		if w.patience <= 0 {
			return 0, false
		}
		t.gone, t.pause = now, firstPause
		w.meter.finish()
		w.console.notef("the server is gone after %d lines, trying again for %v: %s", w.stored, w.patience, explainShort(err))
	}
	if now.Sub(t.gone) >= w.patience {
		return 0, false
	}
	wait = t.pause
	t.pause = min(2*t.pause, maxPause)
	return wait, true
}

// over tells that a batch was stored after all.
func (t *trouble) over(w *writer, lines int) {
	switch {
	case t.gone.IsZero():
	case t.unsure:
		w.console.notef("the server is back; %d lines may be stored twice", lines)
	default:
		w.console.notef("the server is back")
	}
}

// note counts what was stored and tells what was not.
func (w *writer) note(batch []*loggerv1.LogEntry, resp *loggerv1.WriteEntriesResponse) {
	const told = 5 // of all; the others are only counted
	for _, r := range resp.GetRejected() {
		if w.refused++; w.refused > told || int(r.GetIndex()) >= len(batch) {
			continue
		}
		w.console.notef("not stored: %s: %s", r.GetMessage(), singleLine(batch[r.GetIndex()].GetMessage()))
	}
	w.stored += int(resp.GetAccepted())
	w.meter.set(w.stored)
}
