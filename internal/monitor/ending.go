package monitor

import (
	"cmp"
	"context"
	"time"

	"google.golang.org/grpc/codes"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// ending is why the server ends a stream by its own decision: what the goodbye says, and
// the error that follows it.
type ending struct {
	reason  loggerv1.GoodbyeReason
	problem *fault.Problem
	limit   string // the key of the limit that bit, if one did
}

var (
	draining = &ending{reason: loggerv1.GoodbyeReason_DRAIN, problem: &fault.Problem{
		Code: codes.Unavailable, Reason: "STOPPING", RetryAfter: time.Second,
		Message: "the server is being stopped", Hint: "resume from the cursor of the goodbye",
	}}
	tooOld = &ending{limit: limitMaxAge, reason: loggerv1.GoodbyeReason_MAX_AGE, problem: &fault.Problem{
		Code: codes.Unavailable, Reason: "MAX_AGE", RetryAfter: time.Millisecond,
		Message: "the stream has lasted as long as a stream may (stream.max_age)", Hint: "resume from the cursor of the goodbye",
	}}
	// Not UNAVAILABLE, after which clients come back by themselves: nobody looks.
	tooIdle = &ending{limit: limitIdle, reason: loggerv1.GoodbyeReason_IDLE, problem: &fault.Problem{
		Code: codes.DeadlineExceeded, Reason: "IDLE",
		Message: "nothing has matched for as long as a stream may be idle (stream.idle_timeout)",
		Hint:    "resume from the cursor of the goodbye when somebody looks again",
	}}
	expired = &ending{reason: loggerv1.GoodbyeReason_CREDENTIAL_EXPIRED, problem: &fault.Problem{
		Code: codes.Unauthenticated, Reason: "CREDENTIAL_EXPIRED",
		Message: "the credential of the stream has expired", Hint: "resume from the cursor of the goodbye, with a new credential",
	}}
	revoked = &ending{reason: loggerv1.GoodbyeReason_CREDENTIAL_EXPIRED, problem: &fault.Problem{
		Code: codes.Unauthenticated, Reason: "CREDENTIAL_REVOKED",
		Message: "the credential of the stream has been withdrawn, or permits something else now",
		Hint:    "begin again, with a credential that is valid",
	}}
)

// alarm rings when a stream has to end at a time that is known when it begins.
type alarm struct {
	timer *time.Timer // nil if the stream may go on for ever
	end   *ending
	rung  chan struct{} // closed by the timer
}

// newAlarm returns the alarm for what comes first: the greatest age, 0 for none, or the end
// of the credential, zero for never.
func newAlarm(age time.Duration, expires time.Time) alarm {
	a := alarm{end: tooOld}
	if !expires.IsZero() {
		if left := time.Until(expires); age == 0 || left < age {
			a.end, age = expired, max(left, 1)
		}
	}
	if age > 0 {
		a.rung = make(chan struct{})
		a.timer = time.AfterFunc(age, func() { close(a.rung) })
	}
	return a
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

// ending returns why the stream has to end now, nil if it has not. It is cheap enough to be
// asked for each entry: a channel that is not closed is found so without its lock.
func (s *session) ending() *ending {
	switch {
	case closed(s.reader.principal.Revoked):
		return revoked
	case closed(s.alarm.rung):
		return s.alarm.end
	case closed(s.service.drain):
		return draining
	default:
		return nil
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// goodbye ends the stream by the server's decision. Before anything is in force there is
// no place to resume from: the error alone says it.
func (s *session) goodbye(ctx context.Context, e *ending) error {
	if e.limit != "" {
		s.service.hit(e.limit)
	}
	if s.matcher == nil {
		return e.problem
	}
	if s.live != nil {
		// To get to the head if nothing waits: from where a filter that matches rarely was
		// reached last, the next stream would judge all of it again.
		if err := s.takeLive(ctx); err != nil {
			return err
		}
	}
	return cmp.Or(s.sampled(), s.sendGoodbye(e), s.out.flush(), error(e.problem))
}
