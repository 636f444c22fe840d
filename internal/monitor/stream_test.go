package monitor_test

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestLiveEntriesInOrder(t *testing.T) {
	s := start(t)
	s.write(5) // before the stream: not for it
	m := s.monitor(all())
	m.live(1)
	s.write(3)
	s.write(300)
	m.entries(1, numbers(6, 308)...)
}

// TestFromNowIsAheadOfTheHub begins a stream while the hub has not come to what is
// stored: that was acknowledged before the stream began, and is not for it.
func TestFromNowIsAheadOfTheHub(t *testing.T) {
	hold := make(chan struct{})
	s := start(t, func(c *setup) { c.hold = hold })
	s.write(5)
	m := s.monitor(all())
	m.live(1)
	close(hold)
	s.write(1)
	m.entries(1, 6)
}

// TestReplayIsAheadOfTheHub replays what is stored while the hub has not come to it: the
// replay is over only when all of it was sent.
func TestReplayIsAheadOfTheHub(t *testing.T) {
	hold := make(chan struct{})
	s := start(t, func(c *setup) { c.hold = hold })
	s.write(5)
	m := s.monitor(last("", 3))
	m.applied(1)
	m.entries(1, 3, 4, 5)
	m.caughtUp(1)
	close(hold)
	s.write(1)
	m.entries(1, 6)
}

func TestFilterIsReplacedWhileTheStreamRuns(t *testing.T) {
	s := start(t)
	m := s.monitor(query("severity>=ERROR"))
	m.live(1)
	s.write(9)
	m.entries(1, 3, 6, 9)
	m.send(query("service=b"))
	if a := m.applied(2); a.GetQuery() != `service="b"` && a.GetQuery() != "service=b" {
		t.Errorf("the canonical form is %q", a.GetQuery())
	}
	m.caughtUp(2)
	s.write(6)
	m.entries(2, 10, 12, 14)
}

// TestReplacedFilterMissesNothing replaces filters as fast as it can while entries come,
// and follows the log through all of them: what the filters select is told apart by the
// service, so each entry belongs to exactly one of them.
func TestReplacedFilterMissesNothing(t *testing.T) {
	s := start(t)
	m := s.monitor(query("service=a OR service=b"))
	m.live(1)
	const writes, each = 60, 20
	written := make(chan struct{})
	go func() {
		defer close(written)
		for range writes {
			s.write(each)
		}
	}()
	go func() {
		// Every filter selects everything, in different words.
		for i := 0; ; i++ {
			select {
			case <-written:
				return
			default:
			}
			q := []string{"service=a OR service=b", "severity=INFO OR severity=ERROR", "entry"}[i%3]
			if m.Send(query(q)) != nil {
				return
			}
			time.Sleep(time.Millisecond) // the pace of somebody who types fast
		}
	}()
	revision := uint32(1)
	for want := 1; want <= writes*each; {
		e := m.next()
		switch n := e.GetNotice(); {
		case n.GetApplied() != nil:
			if r := n.GetApplied().GetRevision(); r <= revision {
				t.Fatalf("revision %d applied after %d", r, revision)
			}
			revision = n.GetApplied().GetRevision()
		case n != nil:
		case e.GetFilterRevision() != revision:
			t.Fatalf("an entry of revision %d while %d is in force", e.GetFilterRevision(), revision)
		case e.GetMessage() != message(want):
			t.Fatalf("got %q where %q was next", e.GetMessage(), message(want))
		default:
			want++
		}
	}
	<-written
	if revision < 3 {
		t.Errorf("only %d filters were applied while entries came", revision)
	}
}

func TestWrongFilterIsRejectedAndTheOldOneStays(t *testing.T) {
	s := start(t)
	m := s.monitor(all())
	m.live(1)
	m.send(query("severity>=LOUD"))
	e := m.next()
	r := e.GetNotice().GetRejected()
	if r.GetRevision() != 2 || codes.Code(r.GetCode()) != codes.InvalidArgument || r.GetReason() != "INVALID_QUERY" ||
		r.GetField() != "query" || r.GetBegin() != 10 || r.GetEnd() != 14 || r.GetLine() != 1 || r.GetColumn() != 11 {
		t.Errorf("rejected with %v", r)
	}
	if e.GetMessage() == "" || e.GetService() != "logsieve" || e.GetSeverity() != loggerv1.Severity_WARN {
		t.Errorf("a client without notices is told %v", e)
	}
	s.write(1)
	m.entries(1, 1)
	m.send(all())
	m.live(3)
}

func TestWrongFirstFilterEndsTheStream(t *testing.T) {
	s := start(t)
	for name, test := range map[string]struct {
		filter *loggerv1.LogFilter
		code   codes.Code
	}{
		"query":             {query("a AND"), codes.InvalidArgument},
		"regex":             {&loggerv1.LogFilter{Regex: "("}, codes.InvalidArgument},
		"severity":          {&loggerv1.LogFilter{MinSeverity: 99}, codes.InvalidArgument},
		"overload":          {&loggerv1.LogFilter{Overload: 99}, codes.InvalidArgument},
		"last":              {last("", 1_000_001), codes.InvalidArgument},
		"garbled cursor":    {after("nonsense"), codes.InvalidArgument},
		"foreign cursor":    {after((s.store.Epoch() + 1).Cursor(0)), codes.FailedPrecondition},
		"cursor ahead":      {after(s.store.Epoch().Cursor(99)), codes.OutOfRange},
		"since in a minute": {since(time.Now().Add(time.Minute)), codes.InvalidArgument},
		"since no time":     {&loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Since{Since: &timestamppb.Timestamp{Nanos: -1}}}, codes.InvalidArgument},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.with(t).monitor(test.filter).Recv()
			if status.Code(err) != test.code || len(status.Convert(err).Message()) < 20 {
				t.Errorf("ended with %v, want %v and a sentence", err, test.code)
			}
		})
	}
}

func since(at time.Time) *loggerv1.LogFilter {
	return &loggerv1.LogFilter{Notices: true, Begin: &loggerv1.LogFilter_Since{Since: timestamppb.New(at)}}
}

func TestReplayThenLive(t *testing.T) {
	s := start(t)
	s.write(10)
	half := time.Now()
	s.write(10)
	for name, test := range map[string]struct {
		filter *loggerv1.LogFilter
		want   []int
	}{
		"last":                {last("", 4), numbers(17, 20)},
		"last that match":     {last("severity>=ERROR", 4), []int{9, 12, 15, 18}},
		"last more than held": {last("", 1000), numbers(1, 20)},
		"last 0":              {last("", 0), nil},
		"since":               {since(half), numbers(11, 20)},
		"since the beginning": {since(time.Unix(0, 0)), numbers(1, 20)},
		"after a cursor":      {after(s.store.Epoch().Cursor(15)), numbers(16, 20)},
		"after the start":     {after(s.store.Epoch().Cursor(0)), numbers(1, 20)},
		"after the head":      {after(s.store.Epoch().Cursor(20)), nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := s.with(t).monitor(test.filter)
			m.applied(1)
			m.entries(1, test.want...)
			m.caughtUp(1)
		})
	}
}

// TestReplayJoinsLive replays a log that goes on growing: no entry may be missing or
// come twice where replay ends and live begins.
func TestReplayJoinsLive(t *testing.T) {
	s := start(t)
	s.write(3000) // more than the ring holds
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			s.write(10)
		}
	}()
	m := s.monitor(&loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Last{Last: 1_000_000}})
	m.entries(1, numbers(1, 5000)...)
	<-done
}

func TestResumeByCursor(t *testing.T) {
	s := start(t)
	s.write(100)
	cursor := ""
	for resumed := range 10 {
		f := after(cursor)
		if cursor == "" {
			f = last("", 1000)
		}
		f.Notices = false
		m := s.monitor(f)
		m.entries(1, numbers(resumed*10+1, resumed*10+9)...)
		e := m.next()
		if e.GetMessage() != message(resumed*10+10) {
			t.Fatalf("got %q", e.GetMessage())
		}
		cursor = e.GetCursor()
		m.cancel()
	}
}

func TestSlowReaderMissesNothing(t *testing.T) {
	s := start(t, func(c *setup) {
		c.monitor.QueueBytes = 10_000
		c.hub.RingEntries = 100
	})
	m := s.monitor(all())
	m.live(1) // and does not read while this is written:
	for range 50 {
		s.write(1000)
	}
	rejoined := 0
	for want := 1; want <= 50_000; {
		e := m.next()
		switch {
		case e.GetNotice().GetCaughtUp() != nil:
			rejoined++
		case e.GetMessage() != message(want):
			t.Fatalf("got %v where %q was next", e, message(want))
		default:
			want++
		}
	}
	s.write(1)
	for e := m.next(); e.GetMessage() != message(50_001); e = m.next() {
		if e.GetNotice().GetCaughtUp() == nil {
			t.Fatalf("got %v", e)
		}
		rejoined++
	}
	if rejoined == 0 {
		t.Error("the stream never fell behind: the test shows nothing")
	}
}

func TestSkipToLive(t *testing.T) {
	s := start(t, func(c *setup) { c.monitor.QueueBytes = 10_000 })
	m := s.monitor(&loggerv1.LogFilter{Overload: loggerv1.Overload_SKIP_TO_LIVE, Notices: true})
	m.live(1)
	for range 50 {
		s.write(1000)
	}
	// Everything is delivered or told as a gap, in order.
	skipped := uint64(0)
	for want := 1; want <= 50_000; want++ {
		e := m.next()
		for e.GetNotice().GetCaughtUp() != nil {
			e = m.next()
		}
		if g := e.GetNotice().GetGap(); g != nil {
			if g.GetReason() != loggerv1.GapReason_SKIPPED_TO_LIVE || g.GetFromCursor() != s.store.Epoch().Cursor(position(want-1)) {
				t.Fatalf("at %d a gap %v", want, g)
			}
			skipped += g.GetEntries()
			want += int(g.GetEntries()) - 1
			continue
		}
		if e.GetMessage() != message(want) {
			t.Fatalf("got %q where %q was next", e.GetMessage(), message(want))
		}
	}
	if skipped == 0 {
		t.Error("nothing was skipped")
	}
}

// TestSampling asks for few entries a second, or is allowed no more by the server: what is
// sent and what is told as left out add up.
func TestSampling(t *testing.T) {
	for name, test := range map[string]struct{ asked, allowed int }{
		"the filter's limit":          {10, 0},
		"the server's limit":          {0, 10},
		"the server's is the smaller": {1_000_000, 10},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, func(c *setup) { c.monitor.MaxEntriesPerSecond = test.allowed })
			checkSampling(t, s, uint32(test.asked))
		})
	}
}

func checkSampling(t *testing.T, s *server, asked uint32) {
	t.Helper()
	m := s.monitor(&loggerv1.LogFilter{MaxEntriesPerSecond: asked, Notices: true})
	m.live(1)
	s.write(5000)
	s.write(2)
	sent, told := uint64(0), uint64(0)
	for sent+told < 5002 {
		e := m.next()
		if g := e.GetNotice().GetGap(); g != nil {
			if g.GetReason() != loggerv1.GapReason_RATE_LIMIT {
				t.Fatalf("a gap for %v", g.GetReason())
			}
			told += g.GetEntries()
		}
		if e.GetNotice() == nil {
			sent++
		}
	}
	if sent+told != 5002 || told < 4000 {
		t.Errorf("%d sent and %d told as left out, of 5002", sent, told)
	}
}

func TestHalfCloseDeliversWhatWasThere(t *testing.T) {
	s := start(t)
	s.write(2000)
	m := s.monitor(last("", 2000))
	if err := m.CloseSend(); err != nil {
		t.Fatal(err)
	}
	m.applied(1)
	m.entries(1, numbers(1, 2000)...)
	if e, err := m.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("ended with %v, %v", e, err)
	}
}

func TestHalfCloseOfALiveStream(t *testing.T) {
	s := start(t)
	m := s.monitor(query("severity>=ERROR"))
	m.live(1)
	s.write(4)
	if err := m.CloseSend(); err != nil {
		t.Fatal(err)
	}
	m.entries(1, 3)
	if e, err := m.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("ended with %v, %v", e, err)
	}
}

func TestHalfCloseWithoutAFilter(t *testing.T) {
	s := start(t)
	m := s.monitor()
	if err := m.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if e, err := m.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("ended with %v, %v", e, err)
	}
}

func TestNoFilterInTime(t *testing.T) {
	s := start(t, func(c *setup) { c.monitor.FirstFilterTimeout = time.Millisecond })
	_, err := s.monitor().Recv()
	if status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("ended with %v", err)
	}
}

func TestDrainSaysGoodbye(t *testing.T) {
	s := start(t)
	m := s.monitor(all())
	m.live(1)
	s.write(3)
	m.entries(1, 1, 2, 3)
	s.service.Drain()
	e := m.next()
	g := e.GetNotice().GetGoodbye()
	if g.GetReason() != loggerv1.GoodbyeReason_DRAIN || g.GetCursor() != s.store.Epoch().Cursor(3) || e.GetMessage() == "" {
		t.Errorf("got %v", e)
	}
	if _, err := m.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("ended with %v", err)
	}
}

// TestGoodbyeIsAtTheHead holds although nothing has matched: whoever resumes from there
// does not read all that again.
func TestGoodbyeIsAtTheHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t)
		m := s.monitor(query("service=nobody"))
		m.live(1)
		s.write(42)
		synctest.Wait() // the hub has come to the head
		s.service.Drain()
		if g := m.next().GetNotice().GetGoodbye(); g.GetCursor() != s.store.Epoch().Cursor(42) {
			t.Errorf("the goodbye is %v", g)
		}
	})
}

func TestTooManyStreams(t *testing.T) {
	s := start(t, func(c *setup) { c.monitor.MaxStreams = 1 })
	m := s.monitor(all())
	m.live(1)
	if _, err := s.monitor().Recv(); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("the second stream ended with %v", err)
	}
}

func TestProgress(t *testing.T) {
	s := start(t, func(c *setup) { c.monitor.ProgressInterval = 5 * time.Millisecond })
	m := s.monitor(query("service=nobody"))
	m.live(1)
	s.write(42)
	for {
		p := m.next().GetNotice().GetProgress()
		if p.GetScanned() == 42 {
			if p.GetMatched() != 0 || p.GetBehind() != 0 || p.GetCursor() != s.store.Epoch().Cursor(42) || p.GetHeadCursor() != p.GetCursor() {
				t.Errorf("progress is %v", p)
			}
			return
		}
	}
}

func TestMaxAgeSaysGoodbye(t *testing.T) {
	s := start(t, func(c *setup) { c.monitor.MaxAge = 50 * time.Millisecond })
	m := s.monitor(all())
	m.live(1)
	e := m.next()
	if g := e.GetNotice().GetGoodbye(); g.GetReason() != loggerv1.GoodbyeReason_MAX_AGE || g.GetCursor() == "" {
		t.Errorf("got %v", e)
	}
	if _, err := m.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("ended with %v", err)
	}
}

func TestTail(t *testing.T) {
	s := start(t)
	s.write(3)
	tail, err := s.Tail(t.Context(), last("", 2))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for len(got) < 4 {
		e, err := tail.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if e.GetNotice().GetCaughtUp() != nil {
			s.write(2)
		}
		if e.GetNotice() == nil {
			got = append(got, e.GetMessage())
		}
	}
	for i, want := range []int{2, 3, 4, 5} {
		if got[i] != message(want) {
			t.Errorf("got %q", got)
		}
	}
}

func position(n int) entry.Position { return entry.Position(n) }
