package monitor

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/codes"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/hub"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// session is one stream, on the goroutine of its handler. See the package comment for
// what it promises and package hub for live and behind.
type session struct {
	service *Service
	reader  *reader
	filters *inbox
	out     *outbox

	// The filter in force: nil before the first one. query is it in canonical form, as its
	// author is told it: without the scope, which is in matcher.
	matcher  *filter.Matcher
	query    string
	revision uint32
	overload loggerv1.Overload
	notices  bool
	sampler  sampler

	// seeking is the search of a filter that is to be in force when it is over; nil if there
	// is none. The stream is behind meanwhile, and nothing is sent.
	seeking *search

	// reached is the position up to which every entry was judged, and sent if it matched.
	reached entry.Position
	scanned uint64
	ledger  ledger

	// live is the stream's place in the hub, nil while it is behind. fell tells that it is
	// behind because it was too slow, caughtUp that the client knows it to be live.
	live     *hub.Subscription
	fell     bool
	caughtUp bool
	spare    []*entry.Entry // the slice of the last Take
	peak     int            // the most bytes of entries that it held at a time

	// goal is where the log ended when the filter in force came, or, once the client has
	// closed its side, when it did so: up to there it is replay, and what is stored.
	goal       entry.Position
	halfClosed bool

	progress *time.Ticker // nil unless the filter asks for notices
	alarm    alarm
	idle     idle
}

func newSession(r *reader, out *outbox, filters *inbox) *session {
	return &session{
		service: r.service, reader: r, out: out, filters: filters,
		alarm: newAlarm(r.service.cfg.MaxAge, r.principal.Expires), idle: newIdle(r.service.cfg.IdleTimeout),
	}
}

// Errors that end a session.
var (
	errDone = errors.New("the stream has delivered all that it was to deliver")

	errNoFilter = &fault.Problem{
		Code: codes.DeadlineExceeded, Reason: "NO_FILTER",
		Message: "no filter came in time", Hint: "send a LogFilter as soon as the stream is open; an empty one selects everything",
	}
)

// run serves the stream until it ends, and returns nil if it ends well.
func (s *session) run(ctx context.Context) error {
	err := s.awaitFirst(ctx)
	if err == nil {
		err = s.takeFilters(ctx)
	}
	if err == nil {
		err = s.out.begin()
	}
	for err == nil {
		err = s.step(ctx)
	}
	if errors.Is(err, errDone) {
		return s.out.flush()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// close gives back what the session holds.
func (s *session) close() {
	s.leave()
	if n := s.ledger.unaccounted(); n > 0 {
		s.service.metrics.unaccounted.Add(float64(n))
		s.service.logger.Error("a stream has lost count of its entries: please report this", "ledger", s.ledger)
	}
	s.service.metrics.outbound.Observe(float64(s.peak))
	s.service.metrics.inbound.Observe(float64(s.filters.mostBytes()))
	s.tick(false)
	s.alarm.stop()
	s.idle.stop()
}

// step answers the filters that have come, and moves the stream on.
func (s *session) step(ctx context.Context) error {
	s.idle.matches(s.ledger.matched)
	if err := s.takeFilters(ctx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if e := s.ending(); e != nil {
		return s.goodbye(ctx, e)
	}
	switch {
	case s.seeking != nil:
		return s.seek(ctx)
	case s.halfClosed && s.reached >= s.goal:
		return errors.Join(s.sampled(), errDone)
	case s.live != nil:
		return s.follow(ctx)
	default:
		return s.catchUp(ctx)
	}
}

// follow waits for what happens next on a live stream.
func (s *session) follow(ctx context.Context) error {
	select {
	case <-s.filters.wake:
		return nil
	case <-s.service.drain:
		return nil
	case <-s.alarm.rung:
		return nil
	case <-s.reader.principal.Revoked:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-s.live.Wake():
		return s.takeLive(ctx)
	case <-s.idle.due():
		if s.idle.over() {
			return s.goodbye(ctx, tooIdle)
		}
		return nil
	case <-s.sampler.due():
		return errors.Join(s.sampled(), s.out.flush())
	case <-s.ticks():
		if err := s.takeLive(ctx); err != nil {
			return err
		}
		return s.tellProgress()
	}
}

// tellProgress tells how far the stream is. What the sampler left out up to there is told
// before it: whoever resumes from that cursor would never hear of it.
func (s *session) tellProgress() error {
	return errors.Join(s.sampled(), s.sendProgress(), s.out.flush())
}

// takeLive sends what the hub has put into the subscription.
func (s *session) takeLive(ctx context.Context) error {
	taken := s.service.hub.Take(s.live, s.spare)
	s.spare = taken.Entries
	whole, judged, err := s.deliver(ctx, taken.Entries, !taken.Undecided)
	s.ledger.judged += judged
	s.ledger.dropped += len(taken.Entries) - judged
	if !whole {
		// The filter that has come may be refused: this one then reads the rest again.
		s.leave()
		return err
	}
	clear(s.spare)
	s.service.hub.Done(s.live)
	s.advance(taken.Through)
	if taken.Behind {
		s.service.metrics.fell.Inc()
		s.leave()
		s.fell, s.caughtUp = true, false
	}
	return nil
}

// catchUp reads the log from the position reached, and joins the hub when it has come to
// its end.
func (s *session) catchUp(ctx context.Context) error {
	if s.fell && s.overload == loggerv1.Overload_SKIP_TO_LIVE {
		return s.skip()
	}
	select {
	case <-s.ticks():
		if err := s.tellProgress(); err != nil {
			return err
		}
	default:
	}
	batch, err := s.read(ctx)
	switch {
	case err != nil:
		return err
	case batch.Gap != nil:
		return s.tellGap(batch)
	case batch.Through <= s.reached:
		return s.join(ctx)
	}
	s.holds(batch.Entries)
	whole, _, err := s.deliver(ctx, batch.Entries, false)
	if whole {
		s.advance(batch.Through)
	}
	return err
}

// holds notes what the stream holds while it is behind.
func (s *session) holds(entries []*entry.Entry) {
	size := 0
	for _, e := range entries {
		size += e.Size()
	}
	s.peak = max(s.peak, size)
}

func (s *session) read(ctx context.Context) (store.Batch, error) {
	if s.reached >= s.goal || s.service.hub.Head() >= s.goal {
		return s.service.hub.Read(ctx, s.reached, readBytes)
	}
	// What was acknowledged before the filter or the half-close came is in the store, but
	// the hub may not have come to it yet.
	release, err := s.service.hub.Turn(ctx)
	if err != nil {
		return store.Batch{}, err
	}
	defer release()
	return s.service.history.Read(ctx, s.reached, readBytes)
}

// join makes the stream live, if the hub's ring still reaches back to where it is.
func (s *session) join(ctx context.Context) error {
	if s.halfClosed {
		s.reached = max(s.reached, s.goal) // the store has nothing more up to there
		return nil
	}
	live := hub.NewSubscription(s.matcher, s.service.cfg.QueueBytes)
	backlog, head, joined := s.service.hub.Join(live, s.reached)
	if !joined {
		return nil
	}
	s.live, s.fell = live, false
	s.idle.worked()
	for _, entries := range backlog {
		if whole, _, err := s.deliver(ctx, entries, false); !whole || err != nil {
			s.leave() // see takeLive
			return err
		}
	}
	s.advance(head)
	if !s.notices || s.caughtUp {
		return nil
	}
	s.caughtUp = true
	return errors.Join(s.sampled(), s.sendCaughtUp(), s.out.flush())
}

// leave takes the stream out of the hub. What was queued is judged again.
func (s *session) leave() {
	if s.live != nil {
		left := s.service.hub.Leave(s.live)
		s.ledger.handed += left.Handed
		s.ledger.dropped += left.Dropped
		s.peak = max(s.peak, left.Peak)
		s.live = nil
	}
	clear(s.spare)
}

// skip leaves out what the stream owes and goes on live.
func (s *session) skip() error {
	s.fell = false
	head := s.service.hub.Head()
	if head <= s.reached {
		return nil
	}
	from := s.reached
	s.reached = head
	return errors.Join(s.sampled(), s.sendLogGap(from, head, s.between(from, head), loggerv1.GapReason_SKIPPED_TO_LIVE), s.out.flush())
}

func (s *session) tellGap(batch store.Batch) error {
	from := s.reached
	s.reached = batch.Through
	return errors.Join(s.sampled(), s.sendLogGap(from, batch.Through, batch.Gap.Entries, gapReason(batch.Gap.Reason)), s.out.flush())
}

// advance moves on to a position up to which everything was judged.
func (s *session) advance(to entry.Position) {
	if to > s.reached {
		s.scanned += s.between(s.reached, to)
		s.reached = to
	}
}

// between returns how many entries there are behind a position, up to and including
// another one. Positions have holes where a store lost its end, each wider than all that
// a stream usually passes over at once: only then is the store asked.
func (s *session) between(after, through entry.Position) uint64 {
	const usual = 1 << 20
	if n := uint64(through - after); n < usual {
		return n
	}
	return s.service.history.Entries(after, through)
}

// deliver sends what matches of entries that follow the position reached, and returns how
// many it has judged. It stops, and is not whole, as soon as the stream has to end or a
// filter has come: the rest is for that one to judge. matched tells that the entries are
// known to match.
func (s *session) deliver(ctx context.Context, entries []*entry.Entry, matched bool) (whole bool, judged int, err error) {
	for i, e := range entries {
		if s.filters.pending.Load() || s.ending() != nil {
			return false, i, s.out.flush()
		}
		if e.Position <= s.reached {
			continue // the stream began ahead of the hub
		}
		matches := matched
		if !matched {
			if matches, err = s.service.hub.Selects(ctx, s.matcher, e); err != nil {
				return false, i, err
			}
		}
		if matches {
			if err := s.sendEntry(e); err != nil {
				return false, i + 1, err
			}
		}
		s.advance(e.Position)
	}
	return true, len(entries), s.out.flush()
}

func (s *session) sendEntry(e *entry.Entry) error {
	s.ledger.matched++
	if s.sampler.enabled() {
		if !s.sampler.admit(time.Now(), s.reached, e.Position) {
			s.ledger.sampled++
			s.service.metrics.sampled.Inc()
			return nil
		}
		if err := s.sampled(); err != nil {
			s.ledger.failed++
			return err
		}
	}
	if err := s.out.entry(e, s.revision); err != nil {
		s.ledger.failed++
		return err
	}
	s.ledger.delivered++
	s.service.metrics.delivered.Inc()
	return nil
}

// sampled tells what the sampler has left out and not told yet.
func (s *session) sampled() error {
	from, to, entries := s.sampler.take()
	if entries == 0 {
		return nil
	}
	return s.sendGap(from, to, entries, loggerv1.GapReason_RATE_LIMIT)
}
