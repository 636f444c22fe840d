package monitor_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// TestRefusedFilterMissesNothing sends wrong filters while entries come: the one in force
// goes on as if nothing had been sent.
func TestRefusedFilterMissesNothing(t *testing.T) {
	s := start(t)
	m := s.monitor(all())
	m.live(1)
	const writes, each = 30, 300
	written := make(chan struct{})
	go func() {
		defer close(written)
		for range writes {
			s.write(each)
		}
	}()
	refused := make(chan struct{})
	go func() {
		defer close(refused)
		for {
			select {
			case <-written:
				return
			default:
				if m.Send(query("severity>=")) != nil {
					return
				}
			}
		}
	}()
	for next := 1; next <= writes*each; {
		e := m.next()
		switch {
		case e.GetNotice().GetRejected() != nil:
		case e.GetMessage() != message(next) || e.GetFilterRevision() != 1:
			t.Fatalf("got %v, want %q of revision 1", e, message(next))
		default:
			next++
		}
	}
	m.cancel() // whoever sends may wait for the refusals to be read
	<-refused
}

// TestWrongFilterBetweenGoodOnes sends three filters at once, so that the first is applied
// or overtaken: the wrong one is refused for what is wrong with it, and spoils neither the
// stream nor the filter behind it.
func TestWrongFilterBetweenGoodOnes(t *testing.T) {
	s := start(t)
	s.write(5)
	for range 200 {
		for reason, wrong := range map[string]*loggerv1.LogFilter{
			"INVALID_QUERY":  query("severity>="),
			"INVALID_CURSOR": after("garbled"),
		} {
			m := s.monitor(all(), wrong, all())
			refused := ""
			for applied := uint32(0); applied != 3; {
				n := m.next().GetNotice()
				applied = n.GetApplied().GetRevision()
				if n.GetRejected().GetRevision() == 2 {
					refused = n.GetRejected().GetReason()
				}
			}
			if refused != reason {
				t.Fatalf("the wrong filter was refused as %q, want %q", refused, reason)
			}
			m.cancel()
		}
	}
}

// TestWrongFirstFilterEndsTheStreamAtOnce holds although a good one follows at once.
func TestWrongFirstFilterEndsTheStreamAtOnce(t *testing.T) {
	s := start(t)
	for range 50 {
		m := s.monitor(query("severity>="))
		_ = m.Send(all()) // it may have ended already
		if e, err := m.Recv(); status.Code(err) != codes.InvalidArgument {
			t.Fatalf("got %v and %v, want INVALID_ARGUMENT", e, err)
		}
	}
}

func TestOvertakenFiltersAreTold(t *testing.T) {
	s := start(t)
	m := s.monitor(all())
	m.live(1)
	const sent = 40
	for range sent {
		m.send(all())
	}
	// Each is answered once, in order; the last one is in force.
	answered := map[uint32]bool{}
	for !answered[1+sent] {
		n := m.next().GetNotice()
		switch {
		case n.GetApplied() != nil:
			answered[n.GetApplied().GetRevision()] = true
		case n.GetRejected() != nil:
			if r := n.GetRejected(); r.GetReason() != "SUPERSEDED" || answered[r.GetRevision()] {
				t.Fatalf("rejected: %v", r)
			}
			answered[n.GetRejected().GetRevision()] = true
		}
	}
	if len(answered) != sent {
		t.Errorf("%d of %d filters were answered", len(answered), sent)
	}
}

// TestFiltersAboveTheRateAreOvertaken types fast at a stream that takes up one filter at
// once and then hardly any: the last one comes into force all the same.
func TestFiltersAboveTheRateAreOvertaken(t *testing.T) {
	s := start(t, func(c *setup) { c.monitor.FilterUpdates, c.monitor.FilterBurst = 20, 1 })
	m := s.monitor(all())
	m.live(1)
	const sent = 30
	for range sent {
		m.send(all())
	}
	applied, superseded := 0, 0
	for last := false; !last; {
		n := m.next().GetNotice()
		if n.GetRejected().GetReason() == "SUPERSEDED" {
			superseded++
		}
		if n.GetApplied() != nil {
			applied++
			last = n.GetApplied().GetRevision() == 1+sent
		}
	}
	if applied+superseded != sent || superseded < sent/2 {
		t.Errorf("%d filters were applied and %d overtaken, of %d", applied, superseded, sent)
	}
}
