package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

const (
	// batchEntries and batchBytes bound what waits to be stored: a batch this large
	// already costs the store next to nothing an entry, and two of them (one waiting, one
	// being stored) stay far below what one stream may use.
	batchEntries = 1024
	batchBytes   = 1 << 20
	// linger is how long the first entry of a batch waits for company. A person cannot
	// see it, and it makes one commit of the many lines of a stack trace.
	linger = 5 * time.Millisecond
	// The wait before the store is tried again begins at retryFirst, doubles up to
	// retryLast, and is spread over its upper half so that sources do not return together.
	retryFirst = 100 * time.Millisecond
	retryLast  = 5 * time.Second
)

// Batcher gathers the entries of sources that have no sender to be refused, such as
// files and standard input, and stores them in batches.
//
// It holds at most two batches. When the store is slow or refuses, Add blocks and the
// source waits; entries are tried again until they are stored and are never dropped,
// unless the store is closed or Close runs out of time. Entries of one goroutine are
// stored in the order in which it added them. All methods are safe for concurrent use.
type Batcher struct {
	sink   *Sink
	logger *slog.Logger

	// cancel ends the waiting and retrying of run with its cause, done is closed when run
	// has returned.
	cancel context.CancelCauseFunc
	done   chan struct{}
	// work wakes run; one token stands for any number of entries.
	work chan struct{}

	mu      sync.Mutex
	pending []*entry.Entry
	bytes   int
	// taken is closed, and replaced, when run takes pending or ends.
	taken chan struct{}
	// stored is closed, and replaced, when a batch has been stored or run ends.
	stored chan struct{}
	// busy is set while run is storing a batch.
	busy    bool
	closing bool
	// err is why nothing can be stored any more.
	err error
}

// NewBatcher returns a Batcher that stores in sink. It must be closed.
func NewBatcher(sink *Sink, logger *slog.Logger) *Batcher {
	ctx, cancel := context.WithCancelCause(context.Background())
	b := &Batcher{
		sink:   sink,
		logger: logger,
		cancel: cancel,
		done:   make(chan struct{}),
		work:   make(chan struct{}, 1),
		taken:  make(chan struct{}),
		stored: make(chan struct{}),
	}
	go b.run(ctx)
	return b
}

var errClosed = errors.New("ingest: the batcher is closed")

// Add hands an entry over, to be stored soon. It blocks while a whole batch is waiting,
// and fails if ctx ends first, if the store is closed, and after Close.
func (b *Batcher) Add(ctx context.Context, e *entry.Entry) error {
	b.mu.Lock()
	for b.err == nil && !b.closing && len(b.pending) > 0 && b.fullLocked() {
		taken := b.taken
		b.mu.Unlock()
		select {
		case <-taken:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	switch {
	case b.err != nil:
		return b.err
	case b.closing:
		return errClosed
	}
	b.pending = append(b.pending, e)
	b.bytes += textBytes(e)
	if len(b.pending) == 1 || b.fullLocked() {
		b.wake()
	}
	return nil
}

// Flush returns when everything that was added before it is stored. It fails if ctx ends
// first or if the store is closed.
func (b *Batcher) Flush(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	// What is pending is stored by the batch after the one that is busy.
	for range 2 {
		if b.err != nil || (!b.busy && len(b.pending) == 0) {
			break
		}
		stored := b.stored
		b.mu.Unlock()
		select {
		case <-stored:
		case <-ctx.Done():
			b.mu.Lock()
			return context.Cause(ctx)
		}
		b.mu.Lock()
	}
	return b.err
}

// Close stores what is pending and releases the batcher. It waits for the store until
// ctx ends; its error then says how many entries were not stored.
func (b *Batcher) Close(ctx context.Context) error {
	b.mu.Lock()
	b.closing = true
	b.mu.Unlock()
	b.wake()
	stop := context.AfterFunc(ctx, func() { b.cancel(context.Cause(ctx)) })
	defer stop()
	<-b.done
	b.cancel(nil)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *Batcher) wake() {
	select {
	case b.work <- struct{}{}:
	default: // A token is there: run will look.
	}
}

func (b *Batcher) fullLocked() bool {
	return len(b.pending) >= batchEntries || b.bytes >= batchBytes
}

// run stores batch after batch until the batcher is closed and empty, or cannot go on.
func (b *Batcher) run(ctx context.Context) {
	defer close(b.done)
	var spare []*entry.Entry
	for {
		batch, ok := b.take(ctx, spare)
		if !ok {
			return
		}
		err := b.store(ctx, batch)
		b.finish(err, len(batch))
		if err != nil {
			return
		}
		clear(batch)
		spare = batch[:0]
	}
}

// take waits for entries, lets them gather, and returns them all. spare becomes the next
// pending. It returns false when the batcher is closed and empty.
func (b *Batcher) take(ctx context.Context, spare []*entry.Entry) ([]*entry.Entry, bool) {
	timer := time.NewTimer(linger)
	defer timer.Stop()
	for waited := false; ; {
		b.mu.Lock()
		ready := len(b.pending) > 0 && (waited || b.closing || b.fullLocked())
		if ready || (b.closing && len(b.pending) == 0) {
			break
		}
		idle := len(b.pending) == 0
		b.mu.Unlock()
		if idle {
			select {
			case <-b.work:
			case <-ctx.Done():
			}
			timer.Reset(linger)
			continue
		}
		select {
		case <-b.work:
		case <-timer.C:
			waited = true
		}
	}
	defer b.mu.Unlock()
	batch := b.pending
	b.pending, b.bytes = spare, 0
	b.busy = len(batch) > 0
	close(b.taken)
	b.taken = make(chan struct{})
	return batch, len(batch) > 0
}

// store tries until the batch is stored. It fails when the store is closed or ctx ends.
func (b *Batcher) store(ctx context.Context, batch []*entry.Entry) error {
	wait := retryFirst
	for attempt := 1; ; attempt++ {
		err := b.sink.Append(ctx, batch)
		switch {
		case err == nil:
			if attempt > 1 {
				b.logger.InfoContext(ctx, "entries are stored again", "attempts", attempt)
			}
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, store.ErrClosed):
			return err
		}
		if attempt == 1 {
			b.logger.WarnContext(ctx, "entries cannot be stored: their sources wait", "error", err)
		}
		select {
		case <-time.After(wait/2 + rand.N(wait/2)): //nolint:gosec // G404: spreads retries, keeps no secret.
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		wait = min(2*wait, retryLast)
	}
}

// finish tells those who wait how a batch of n entries ended.
func (b *Batcher) finish(err error, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.busy = false
	if err != nil {
		b.err = fmt.Errorf("%d entries could not be stored: %w", n+len(b.pending), err)
		b.pending, b.bytes = nil, 0
		close(b.taken)
		b.taken = make(chan struct{})
	}
	close(b.stored)
	b.stored = make(chan struct{})
}

// textBytes is the size by which a batch is bounded.
func textBytes(e *entry.Entry) int {
	n := len(e.Message) + len(e.Service) + len(e.Host)
	for i := range e.Attributes {
		n += len(e.Attributes[i].Key) + len(e.Attributes[i].Value)
	}
	return n
}
