package local

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// isDamage tells files that are not what they were, or are gone, from a disk that does not
// give what it holds: that may come back.
func isDamage(err error) bool {
	return pebble.IsCorruptionError(err) || errors.Is(err, fs.ErrNotExist) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// unreadable returns what readers are told where the disk does not give what it holds.
func unreadable(cause error) error {
	return fmt.Errorf("%w, and cannot be read: %w", store.ErrFailed, cause)
}

// outages remembers since when what could not be read. An error of the disk is mostly gone
// when the reader is back. A bad sector never is, and must not keep readers from what is
// behind it: it passes for damage in the end.
type outages struct {
	mu    sync.Mutex
	since map[entry.Position]time.Time // by position / outageSpan
}

const (
	// outageLasts is how long a place is asked for before it passes for damage. A disk of a
	// network is away for less, mostly.
	outageLasts = time.Minute
	// outageForgotten is how long after its first failure a place counts as new.
	outageForgotten = 10 * outageLasts
	// outageSpan is how many positions are one place: the system reads ahead, so that a
	// reader may meet the fault some blocks before it.
	outageSpan = 4 * maxBlockEntries
	// maxOutages bounds what is remembered: more places than that fail together, and are
	// forgotten together.
	maxOutages = 1024
)

// lasts notes that a place could not be read now, and tells whether that has lasted.
func (o *outages) lasts(p entry.Position, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	p /= outageSpan
	age := now.Sub(o.since[p])
	if age > outageForgotten {
		if len(o.since) >= maxOutages || o.since == nil {
			o.since = map[entry.Position]time.Time{}
		}
		o.since[p] = now
		return false
	}
	return age >= outageLasts
}

// damaged tells whether the iterator stopped at damage. If the disk failed instead, the
// reader has the error then.
func (r *reader) damaged() bool {
	err := r.it.Error()
	if err == nil {
		return false
	}
	if r.lenient || isDamage(err) {
		return true
	}
	r.err = err
	return false
}

// outage deals with the failure of the disk to give what is at a position: it returns the
// error for the caller to try again, or makes the failure pass for damage from now on.
func (r *reader) outage(p entry.Position) error {
	err := unreadable(r.err)
	r.err, r.valid, r.used = nil, false, false
	if !r.log.outages.lasts(p, r.log.env.now()) {
		return err
	}
	r.lenient = true
	return nil
}
