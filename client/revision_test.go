package client_test

import (
	"testing"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// A refused filter is not sent again: the one in force is. The caller's numbers go on.
func TestRefusedFilterIsNotResumed(t *testing.T) {
	s := play(
		t, nil,
		func(c call) error {
			wantFilter(c, "a", nil)
			c.send(applied(1, "0"), entry("1", 1))
			wantFilter(c, "(", nil)
			c.send(rejected(2, "INVALID_QUERY"), entry("2", 1))
			return errCut
		},
		func(c call) error {
			wantFilter(c, "a", after("2"))
			c.send(applied(1, "2"), entry("3", 1))
			wantFilter(c, "c", nil)
			c.send(applied(2, "3"), entry("4", 2))
			wantFilter(c, ")", nil)
			c.send(rejected(3, "INVALID_QUERY"), entry("5", 2))
			return c.hang()
		},
	)
	mustSend(t, s, query("a"))
	wantEntry(t, s, "1", 1)
	mustSend(t, s, query("("))
	wantRejected(t, s, 2, "INVALID_QUERY")
	wantEntry(t, s, "2", 1)
	wantEntry(t, s, "3", 1)
	mustSend(t, s, query("c"))
	wantEntry(t, s, "4", 3)
	mustSend(t, s, query(")"))
	wantRejected(t, s, 4, "INVALID_QUERY")
	wantEntry(t, s, "5", 3)
}

func wantRejected(t *testing.T, s interface {
	Recv() (*loggerv1.LogEntry, error)
}, revision uint32, reason string,
) {
	t.Helper()
	e, err := s.Recv()
	r := e.GetNotice().GetRejected()
	if err != nil || r.GetRevision() != revision || r.GetReason() != reason {
		t.Fatalf("Recv = %v, %v; want the refusal of %d with %s", e, err, revision, reason)
	}
}

// Filters without an answer at the time of a fault: the one in force comes first, the
// newest after its answer, and those between are told that they were overtaken.
func TestUnansweredFilters(t *testing.T) {
	s := play(
		t, nil,
		func(c call) error {
			wantFilter(c, "a", nil)
			c.send(applied(1, "0"), entry("1", 1))
			wantFilter(c, "b", nil)
			wantFilter(c, "c", nil)
			wantFilter(c, "d", last(5))
			return errCut
		},
		func(c call) error {
			wantFilter(c, "a", after("1"))
			c.send(applied(1, "1"))
			wantFilter(c, "d", last(5))
			c.send(applied(2, "7"), entry("8", 2))
			return errCut
		},
		func(c call) error {
			wantFilter(c, "d", after("8"))
			c.send(applied(1, "8"), entry("9", 1))
			return c.hang()
		},
	)
	mustSend(t, s, query("a"))
	wantEntry(t, s, "1", 1)
	mustSend(t, s, query("b"))
	mustSend(t, s, query("c"))
	mustSend(t, s, &loggerv1.LogFilter{Query: "d", Begin: &loggerv1.LogFilter_Last{Last: 5}})
	wantRejected(t, s, 2, "SUPERSEDED")
	wantRejected(t, s, 3, "SUPERSEDED")
	wantEntry(t, s, "8", 4)
	wantEntry(t, s, "9", 4)
}

// Nothing was answered: the very first filter goes first again, as it was, because only
// what follows it may be wrong without ending the stream.
func TestUnansweredFirstFilter(t *testing.T) {
	s := play(
		t, nil,
		func(c call) error {
			wantFilter(c, "a", last(3))
			wantFilter(c, "(", nil)
			return errCut
		},
		func(c call) error {
			wantFilter(c, "a", last(3))
			c.send(applied(1, "0"), entry("1", 1))
			wantFilter(c, "(", nil)
			c.send(rejected(2, "INVALID_QUERY"))
			return c.hang()
		},
	)
	mustSend(t, s, &loggerv1.LogFilter{Query: "a", Begin: &loggerv1.LogFilter_Last{Last: 3}})
	mustSend(t, s, query("("))
	wantEntry(t, s, "1", 1)
	wantRejected(t, s, 2, "INVALID_QUERY")
}

// Filters sent while there is no connection: none is sent but the newest, all are numbered.
func TestFiltersSentDuringAnOutage(t *testing.T) {
	lost, back := make(chan struct{}), make(chan struct{})
	s := play(
		t, nil,
		func(c call) error {
			wantFilter(c, "a", nil)
			c.send(applied(1, "0"), entry("1", 1))
			<-lost
			return errCut
		},
		func(c call) error {
			wantFilter(c, "a", after("1"))
			<-back // the filters of the outage are sent before the answer, and must wait
			c.send(applied(1, "1"), entry("2", 1))
			wantFilter(c, "d", nil)
			c.send(applied(2, "2"), entry("3", 2))
			return c.hang()
		},
	)
	mustSend(t, s, query("a"))
	wantEntry(t, s, "1", 1)
	received := make(chan *loggerv1.LogEntry)
	go func() {
		defer close(received)
		for range 4 {
			e, err := s.Recv()
			if err != nil {
				t.Errorf("Recv: %v", err)
				return
			}
			received <- e
		}
	}()
	close(lost)
	for _, q := range []string{"b", "c", "d"} {
		mustSend(t, s, query(q))
	}
	close(back)
	var revisions []uint32
	overtaken := 0
	for e := range received {
		if r := e.GetNotice().GetRejected(); r != nil {
			overtaken++
			continue
		}
		revisions = append(revisions, e.GetFilterRevision())
	}
	// b and c may have gone out on the broken link or not: either way they are told.
	if overtaken != 2 || len(revisions) != 2 || revisions[0] != 1 || revisions[1] != 4 {
		t.Errorf("received revisions %v and %d refusals, want 1, 4 and 2", revisions, overtaken)
	}
}

// A filter that says where to begin hands that on to the one that overtakes it, as it does
// on the server: whether they were sent apart or not must make no difference.
func TestOvertakenFilterHandsItsBeginningOn(t *testing.T) {
	lost, back := make(chan struct{}), make(chan struct{})
	s := play(
		t, nil,
		func(c call) error {
			wantFilter(c, "a", nil)
			c.send(applied(1, "0"), entry("1", 1))
			<-lost
			return errCut
		},
		func(c call) error {
			wantFilter(c, "a", after("1"))
			<-back
			c.send(applied(1, "1"))
			wantFilter(c, "c", after("0"))
			c.send(applied(2, "0"), entry("1", 2))
			return c.hang()
		},
	)
	mustSend(t, s, query("a"))
	wantEntry(t, s, "1", 1)
	b := query("b")
	b.Begin = after("0").GetBegin()
	mustSend(t, s, b)
	mustSend(t, s, query("c"))
	close(lost)
	close(back)
	wantRejected(t, s, 2, "SUPERSEDED")
	wantEntry(t, s, "1", 3)
}

// A caller that asked for notices sees those of one stream, not of each link.
func TestNoticesAcrossLinks(t *testing.T) {
	s := play(
		t, nil,
		func(c call) error {
			c.filter()
			c.send(applied(1, "0"), caughtUp("5"), progress(1, "9", 9, 4))
			return errCut
		},
		func(c call) error {
			wantFilter(c, "a", after("9"))
			c.send(applied(1, "9"), caughtUp("10"), progress(1, "11", 2, 1), caughtUp("12"))
			return c.hang()
		},
	)
	mustSend(t, s, &loggerv1.LogFilter{Query: "a", Notices: true})
	if a := mustRecv(t, s).GetNotice().GetApplied(); a.GetRevision() != 1 || a.GetCursor() != "0" {
		t.Errorf("applied = %v", a)
	}
	if c := mustRecv(t, s).GetNotice().GetCaughtUp(); c.GetCursor() != "5" {
		t.Errorf("caught up = %v", c)
	}
	if p := mustRecv(t, s).GetNotice().GetProgress(); p.GetScanned() != 9 || p.GetMatched() != 4 {
		t.Errorf("progress = %v", p)
	}
	if p := mustRecv(t, s).GetNotice().GetProgress(); p.GetScanned() != 11 || p.GetMatched() != 5 {
		t.Errorf("progress on the second link = %v, want 11 scanned and 5 matched in all", p)
	}
	if c := mustRecv(t, s).GetNotice().GetCaughtUp(); c.GetCursor() != "12" {
		t.Errorf("caught up again on the same link = %v", c)
	}
}

// A caller that only sends costs a bounded number of filters, and the newest is applied.
func TestSendingWithoutReceiving(t *testing.T) {
	const sent = 10_000
	received := make(chan int, 1)
	s := play(t, nil, func(c call) error {
		n := 0
		for wire := uint32(1); ; wire++ {
			f := c.filter()
			n++
			c.send(applied(wire, "0"))
			if f.GetQuery() == "newest" {
				received <- n
				c.send(entry("1", wire))
				return c.hang()
			}
		}
	})
	for range sent - 1 {
		mustSend(t, s, query("a"))
	}
	mustSend(t, s, query("newest"))
	overtaken := 0
	for {
		e := mustRecv(t, s)
		if e.GetNotice().GetRejected().GetReason() == "SUPERSEDED" {
			overtaken++
			continue
		}
		if e.GetCursor() != "1" || e.GetFilterRevision() != sent {
			t.Fatalf("Recv = %v, want the entry of revision %d", e, sent)
		}
		break
	}
	if n := <-received; n+overtaken != sent || n > 100 {
		t.Errorf("%d filters were sent and %d told overtaken, want %d in all and few sent", n, overtaken, sent)
	}
}
