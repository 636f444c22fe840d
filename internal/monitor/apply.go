package monitor

import (
	"context"
	"errors"
	"slices"
	"time"
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
		return errNoFilter
	case <-s.service.drain:
		return draining.problem
	case <-s.alarm.rung:
		return s.alarm.end.problem
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
	for i, r := range waiting {
		err := r.refusal
		if err == nil {
			err = s.apply(ctx, r)
		}
		switch {
		case err == nil:
		case canceled(err), ctx.Err() != nil: // that a client has gone is no mistake of its filter
			return err
		case r.revision == 1 && !errors.Is(err, errSuperseded), s.matcher == nil && !anySound(waiting[i+1:]):
			return err // nothing is in force that could go on
		default:
			if err := s.sendRejected(r.revision, err); err != nil {
				return err
			}
		}
	}
	switch {
	case ended == nil || s.halfClosed:
		return s.out.flush()
	case !halfClosed(ended):
		return ended
	case s.matcher == nil:
		return errDone // closed before any filter
	}
	s.halfClosed, s.goal = true, s.service.history.Bounds().Head
	s.leave()
	return s.out.flush()
}

// anySound tells whether one of these filters is not refused.
func anySound(waiting []received) bool {
	return slices.ContainsFunc(waiting, func(r received) bool { return r.refusal == nil })
}

// apply puts a filter in force: a seek to where it begins, with a new predicate.
func (s *session) apply(ctx context.Context, r received) error {
	// The store's head, which may be ahead of the hub's: what was acknowledged before the
	// filter came is not after now, and is to be replayed.
	head := s.service.history.Bounds().Head
	otherwise := s.reached
	if s.matcher == nil {
		otherwise = head
	}
	begin, err := s.reader.begin(ctx, r.filter, r.matcher, otherwise)
	if err != nil {
		return err
	}
	if err := s.sampled(); err != nil {
		return err
	}
	s.leave()
	s.reached, s.goal, s.fell, s.caughtUp = begin, head, false, false
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
