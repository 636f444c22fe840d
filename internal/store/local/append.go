package local

import (
	"context"
	"fmt"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// request is a call of Append.
type request struct {
	entries []*entry.Entry
	bytes   int
	// done takes the outcome. It has room for it: the committer waits for nobody.
	done chan error
}

// maxAppendBytes bounds one call of Append. Its entries are one write, which Pebble
// bounds at 4 GiB, and which is in memory three times.
const maxAppendBytes = 64 << 20

// Append stores entries, all or none, and returns when they are stored as configured. It
// gives them consecutive positions, in order, and sets the times that are not set. The
// entries belong to the log from then on; the slice does not.
//
// It fails with store.ErrFull and store.ErrFailed, to be tried again, with
// store.ErrTooLarge, and with store.ErrClosed. Nothing is stored then, but for ErrFailed if
// the process ends before the disk works again. If ctx ends first, it returns its cause; the
// entries may still be stored then if the error says so.
func (l *Log) Append(ctx context.Context, entries []*entry.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	r := &request{entries: entries, done: make(chan error, 1)}
	for _, e := range entries {
		size := sizeOf(e)
		if size > maxEntryBytes {
			return fmt.Errorf("%w: an entry is of %d bytes, cut it to %d", store.ErrTooLarge, size, maxEntryBytes)
		}
		r.bytes += size
	}
	if r.bytes > maxAppendBytes {
		return fmt.Errorf("%w: %d entries are of %d bytes, append at most %d", store.ErrTooLarge,
			len(entries), r.bytes, maxAppendBytes)
	}
	// While a commit waits for room, nobody else shall wait behind it.
	if err := l.gate.held(); err != nil {
		return err
	}
	select {
	case <-l.closing:
		return store.ErrClosed
	default:
	}
	select {
	case l.requests <- r:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.closing:
		return store.ErrClosed
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%w: the entries may still be stored", context.Cause(ctx))
	}
}

// sizeOf returns at least the length of an entry's encoding.
func sizeOf(e *entry.Entry) int {
	const fixed, perAttribute = 128, 20
	n := fixed + len(e.Service) + len(e.Host) + len(e.Message) + len(e.TraceID) + len(e.SpanID)
	for i := range e.Attributes {
		n += perAttribute + len(e.Attributes[i].Key) + len(e.Attributes[i].Value)
	}
	return n
}
