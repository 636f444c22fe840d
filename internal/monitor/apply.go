package monitor

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// awaitFirst waits for the first filter and begins with it. A first filter that is wrong
// ends the stream.
func (s *session) awaitFirst(ctx context.Context) error {
	timeout := time.NewTimer(s.service.cfg.FirstFilterTimeout)
	defer timeout.Stop()
	select {
	case <-s.filters.wake:
		return nil
	case <-timeout.C:
		s.service.hit(limitFirstFilter)
		return errNoFilter
	case <-s.service.drain:
		return draining.problem
	case <-s.alarm.rung:
		return s.goodbye(ctx, s.alarm.end)
	case <-s.reader.principal.Revoked:
		return revoked.problem
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// takeFilters answers the filters that have come since the last time, and notices when
// there will be no more.
func (s *session) takeFilters(ctx context.Context) error {
	if !s.filters.pending.Load() {
		return nil
	}
	waiting, ended := s.filters.take()
	if len(waiting) > 0 {
		s.idle.worked()
	}
	for i, r := range waiting {
		err := r.refusal
		if err == nil {
			err = s.apply(ctx, r)
		}
		if err == nil {
			continue
		}
		// A first filter that a newer one overtook was no mistake.
		hopeless := r.revision == 1 && !errors.Is(err, errSuperseded) || !s.hasFilter() && !anySound(waiting[i+1:])
		if err := s.refuse(ctx, r.revision, err, hopeless); err != nil {
			return errors.Join(s.out.flush(), err) // what was answered before is not lost
		}
	}
	switch {
	case ended == nil || s.halfClosed:
		return s.out.flush()
	case !halfClosed(ended):
		return ended
	case !s.hasFilter():
		return errDone // closed before any filter
	}
	s.halfClosed, s.goal = true, s.service.history.Bounds().Head
	s.leave()
	return s.out.flush()
}

// hasFilter tells whether a filter is in force or will be.
func (s *session) hasFilter() bool { return s.matcher != nil || s.seeking != nil }

// anySound tells whether one of these filters is not refused.
func anySound(waiting []received) bool {
	return slices.ContainsFunc(waiting, func(r received) bool { return r.refusal == nil })
}

// refuse answers a filter that cannot be applied. It returns the error that ends the stream
// if there is nothing that could go on, and if it is not the filter's fault.
func (s *session) refuse(ctx context.Context, revision uint32, err error, hopeless bool) error {
	if hopeless || canceled(err) || ctx.Err() != nil { // that a client has gone is no mistake of its filter
		return err
	}
	return s.sendRejected(revision, err)
}

// apply puts a filter in force, or begins to look for where it begins.
func (s *session) apply(ctx context.Context, r received) error {
	// The store's head, which may be ahead of the hub's: what was acknowledged before the
	// filter came is not after now, and is to be replayed.
	head := s.service.history.Bounds().Head
	if s.seeking != nil && r.filter.GetBegin() == nil {
		r.filter.Begin = s.seeking.filter.GetBegin() // as where filters are overtaken: see inbox
	}
	if r.filter.GetLast() > 0 {
		s.leave() // nothing is sent meanwhile, and nothing held
		return s.seekInstead(newSearch(r, head))
	}
	otherwise := s.reached
	if s.matcher == nil {
		otherwise = head
	}
	begin, err := s.reader.begin(ctx, r.filter, otherwise)
	if err != nil {
		return err
	}
	if err := s.seekInstead(nil); err != nil {
		return err
	}
	return s.put(ctx, r, begin, head)
}

// seekInstead makes a search that of the stream, nil for none. The filter of the one before
// it, if there is one, is overtaken.
func (s *session) seekInstead(next *search) error {
	before := s.seeking
	s.seeking = next
	if before == nil {
		return nil
	}
	return s.sendRejected(before.revision, errSuperseded)
}

// seek goes on with a search, and puts its filter in force when it is over.
func (s *session) seek(ctx context.Context) error {
	found := s.seeking
	begin, over, err := found.step(ctx, s.service)
	if err == nil && !over {
		return nil
	}
	s.seeking = nil
	if err == nil {
		err = s.put(ctx, found.received, begin, found.head)
	} else {
		err = s.refuse(ctx, found.revision, err, !s.hasFilter())
	}
	return errors.Join(err, s.out.flush())
}

// put puts a filter in force: a seek to where it begins, with a new predicate. head is
// where the log ended when it came.
func (s *session) put(ctx context.Context, r received, begin, head entry.Position) error {
	if err := s.sampled(); err != nil {
		return err
	}
	s.leave()
	s.reached, s.fell, s.caughtUp = begin, false, false
	if !s.halfClosed {
		s.goal = head
	}
	s.matcher, s.query, s.revision = r.matcher, r.query, r.revision
	s.overload, s.notices = r.filter.GetOverload(), r.filter.GetNotices()
	s.sampler.limit(s.rate(int(r.filter.GetMaxEntriesPerSecond())))
	s.tick(s.notices)
	s.service.metrics.applied.Inc()
	s.auditFilter(ctx)
	if !s.notices {
		return nil
	}
	return s.sendApplied()
}

// rate returns how many entries a second may be sent: what the filter asks for, but no more
// than the server allows. 0 is no limit.
func (s *session) rate(asked int) int {
	allowed := s.service.cfg.MaxEntriesPerSecond
	if asked == 0 || allowed == 0 {
		return max(asked, allowed)
	}
	return min(asked, allowed)
}

// tick starts or stops the progress notices.
func (s *session) tick(on bool) {
	switch {
	case on && s.progress == nil:
		s.progress = time.NewTicker(s.service.cfg.ProgressInterval)
	case !on && s.progress != nil:
		s.progress.Stop()
		s.progress = nil
	}
}

// ticks receives when a progress notice is due, never if none is wanted.
func (s *session) ticks() <-chan time.Time {
	if s.progress == nil {
		return nil
	}
	return s.progress.C
}
