package history

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

const epoch = store.Epoch(7)

// cursor returns the cursor of the nth entry of the log of these tests, from 1.
func cursor(n int) string { return epoch.Cursor(entry.Position(n) * 3) }

func sampleLog(t *testing.T, n int) (*Log, []*loggerv1.LogEntry) {
	t.Helper()
	entries := make([]*loggerv1.LogEntry, n)
	for i := range entries {
		e := &entry.Entry{
			Position: entry.Position(i+1) * 3, Timestamp: int64(i + 1), Observed: int64(i + 1),
			Severity: entry.Severity(1 + i%24), Service: fmt.Sprintf("s%d", i%5), Message: fmt.Sprintf("number %d", i+1),
		}
		entries[i] = e.ToProto(cursor(i + 1))
	}
	log, err := NewLog(entries)
	if err != nil {
		t.Fatal(err)
	}
	return log, entries
}

// scene writes faithful histories: what a right server sends of the log.
type scene struct {
	log     []*loggerv1.LogEntry
	stream  Stream
	matcher *filter.Matcher
}

func (s *scene) notice(kind *loggerv1.Notice) {
	s.stream.Received = append(s.stream.Received, &loggerv1.LogEntry{Notice: kind})
}

// apply sends a filter that is applied at the nth entry.
func (s *scene) apply(t *testing.T, f *loggerv1.LogFilter, n int) {
	t.Helper()
	m, err := filter.Compile(f)
	if err != nil {
		t.Fatal(err)
	}
	s.matcher = m
	s.stream.Sent = append(s.stream.Sent, f)
	s.notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Applied{Applied: &loggerv1.Applied{
		Revision: s.revision(), Cursor: cursor(n), Query: m.Canonical(),
	}}})
}

func (s *scene) reject(f *loggerv1.LogFilter, reason string) {
	s.stream.Sent = append(s.stream.Sent, f)
	s.notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Rejected{Rejected: &loggerv1.Rejected{Revision: s.revision(), Reason: reason}}})
}

func (s *scene) revision() uint32 { return uint32(len(s.stream.Sent)) }

// deliver sends what matches of the entries from one to another, both included.
func (s *scene) deliver(t *testing.T, from, to int, revision uint32) {
	t.Helper()
	for _, m := range s.log[from-1 : to] {
		e, err := entry.FromProto(m)
		if err != nil {
			t.Fatal(err)
		}
		if s.matcher.Match(e) {
			m = proto.CloneOf(m)
			m.FilterRevision = revision
			s.stream.Received = append(s.stream.Received, m)
		}
	}
}

func (s *scene) progress(n int, revision uint32) {
	s.notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Progress{Progress: &loggerv1.Progress{Cursor: cursor(n), Revision: revision}}})
}

// faithful returns a log and the streams of one client: filters replaced, refused and
// overtaken, a seek back, and a stream that is resumed.
func faithful(t *testing.T) (*Log, []Stream) {
	t.Helper()
	log, entries := sampleLog(t, 200)
	one := scene{log: entries}
	one.apply(t, &loggerv1.LogFilter{Query: "severity>=WARN", Begin: &loggerv1.LogFilter_AfterCursor{AfterCursor: cursor(20)}}, 20)
	one.deliver(t, 21, 61, 1)
	one.progress(61, 1)
	one.reject(&loggerv1.LogFilter{Query: "severity>="}, "INVALID_QUERY")
	one.reject(nil, "INVALID_FRAME")
	one.deliver(t, 62, 80, 1)
	one.reject(&loggerv1.LogFilter{Query: "never"}, "SUPERSEDED")
	one.apply(t, &loggerv1.LogFilter{Services: []string{"s1", "s2"}}, 82)
	one.deliver(t, 83, 100, 5)
	one.reject(&loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Last{Last: 12}}, "SUPERSEDED")
	one.apply(t, &loggerv1.LogFilter{Query: "number"}, 90) // takes over that it begins with the last 12
	one.deliver(t, 91, 105, 7)
	one.notice(&loggerv1.Notice{Kind: &loggerv1.Notice_CaughtUp{CaughtUp: &loggerv1.CaughtUp{Revision: 7, Cursor: cursor(105)}}})
	one.deliver(t, 106, 120, 7)

	two := scene{log: entries}
	two.stream.Resumed = true
	two.apply(t, &loggerv1.LogFilter{Query: "number", Begin: &loggerv1.LogFilter_AfterCursor{AfterCursor: cursor(120)}}, 120)
	two.deliver(t, 121, 200, 1)
	return log, []Stream{one.stream, two.stream}
}

func TestFaithful(t *testing.T) {
	log, streams := faithful(t)
	result := Check(log, streams, Options{Until: cursor(200)})
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	if result.Applied != 4 || result.Superseded != 2 || result.Refused != 2 || result.Entries < 130 {
		t.Errorf("counted %+v", result)
	}
}

func goodbye(n int) *loggerv1.LogEntry {
	return &loggerv1.LogEntry{Notice: &loggerv1.Notice{Kind: &loggerv1.Notice_Goodbye{Goodbye: &loggerv1.Goodbye{
		Reason: loggerv1.GoodbyeReason_DRAIN, Cursor: cursor(n),
	}}}}
}

// entriesOf returns the indices of the entries among what a stream has received.
func entriesOf(s *Stream) (indices []int) {
	for i, m := range s.Received {
		if m.GetNotice() == nil {
			indices = append(indices, i)
		}
	}
	return indices
}

// noticeOf returns the index of the notice that answers a filter.
func noticeOf(t *testing.T, s *Stream, revision uint32) int {
	t.Helper()
	i := slices.IndexFunc(s.Received, func(m *loggerv1.LogEntry) bool {
		n := m.GetNotice()
		return n.GetApplied().GetRevision() == revision || n.GetRejected().GetRevision() == revision
	})
	if i < 0 {
		t.Fatalf("no answer to filter %d", revision)
	}
	return i
}

// corruptions break a faithful history in one place each.
var corruptions = []struct {
	name    string
	want    error
	corrupt func(t *testing.T, streams []Stream)
}{
	{"an entry is lost", ErrMissing, func(_ *testing.T, s []Stream) {
		i := entriesOf(&s[0])[10]
		s[0].Received = slices.Delete(s[0].Received, i, i+1)
	}},
	{"the last entry is lost", ErrMissing, func(_ *testing.T, s []Stream) {
		s[1].Received = s[1].Received[:len(s[1].Received)-1]
	}},
	{"the last entry before a resume is lost", ErrMissing, func(_ *testing.T, s []Stream) {
		s[0].Received = s[0].Received[:len(s[0].Received)-1]
	}},
	{"an entry comes twice", ErrTwice, func(_ *testing.T, s []Stream) {
		i := entriesOf(&s[0])[10]
		s[0].Received = slices.Insert(s[0].Received, i+4, s[0].Received[i])
	}},
	{"an entry is repeated after a resume", ErrTwice, func(_ *testing.T, s []Stream) {
		again := proto.CloneOf(s[0].Received[len(s[0].Received)-1])
		again.FilterRevision = 1
		s[1].Received = slices.Insert(s[1].Received, 1, again)
	}},
	{"two entries change places", ErrOrder, func(_ *testing.T, s []Stream) {
		i := entriesOf(&s[0])[10]
		s[0].Received[i], s[0].Received[i+1] = s[0].Received[i+1], s[0].Received[i]
	}},
	{"an entry of the old filter comes after the swap", ErrRevision, func(t *testing.T, s []Stream) {
		t.Helper()
		i := noticeOf(t, &s[0], 5)
		late := proto.CloneOf(s[0].Received[entriesOf(&s[0])[3]])
		s[0].Received = slices.Insert(s[0].Received, i+1, late)
	}},
	{"a refused filter is applied", ErrRevision, func(t *testing.T, s []Stream) {
		t.Helper()
		i := noticeOf(t, &s[0], 2)
		s[0].Received = slices.Insert(s[0].Received, i+1, &loggerv1.LogEntry{Notice: &loggerv1.Notice{
			Kind: &loggerv1.Notice_Applied{Applied: &loggerv1.Applied{Revision: 2, Cursor: cursor(80)}},
		}})
	}},
	{"a good filter is refused", ErrRevision, func(_ *testing.T, s []Stream) {
		s[0].Sent[1] = &loggerv1.LogFilter{Query: "fine"}
	}},
	{"an entry does not match", ErrNotMatching, func(t *testing.T, s []Stream) {
		t.Helper()
		// Entry 49, of severity 1, comes behind entry 48, the last of severity 24.
		_, log := sampleLog(t, 49)
		stray := proto.CloneOf(log[48])
		stray.FilterRevision = 1
		i := slices.IndexFunc(s[0].Received, func(m *loggerv1.LogEntry) bool { return m.GetCursor() == cursor(48) })
		s[0].Received = slices.Insert(s[0].Received, i+1, stray)
	}},
	{"an entry is altered", ErrChanged, func(_ *testing.T, s []Stream) {
		i := entriesOf(&s[1])[5]
		s[1].Received[i] = proto.CloneOf(s[1].Received[i])
		s[1].Received[i].Message += "!"
	}},
	{"an entry is not of this log", ErrChanged, func(_ *testing.T, s []Stream) {
		stray := proto.CloneOf(s[1].Received[entriesOf(&s[1])[5]])
		stray.Cursor = epoch.Cursor(100)
		s[1].Received = slices.Insert(s[1].Received, 1, stray)
	}},
	{"a filter begins elsewhere than asked", ErrBegin, func(_ *testing.T, s []Stream) {
		s[0].Sent[0].Begin = &loggerv1.LogFilter_AfterCursor{AfterCursor: cursor(19)}
	}},
	{"a replay is too short", ErrBegin, func(_ *testing.T, s []Stream) {
		s[0].Sent[5].Begin = &loggerv1.LogFilter_Last{Last: 20}
	}},
	{"a filter gets no answer", ErrUnanswered, func(_ *testing.T, s []Stream) {
		s[1].Sent = append(s[1].Sent, &loggerv1.LogFilter{})
	}},
	{"entries are left out and told", ErrGap, func(_ *testing.T, s []Stream) {
		at := entriesOf(&s[1])
		s[1].Received = slices.Replace(s[1].Received, at[5], at[8]+1, &loggerv1.LogEntry{Notice: &loggerv1.Notice{
			Kind: &loggerv1.Notice_Gap{Gap: &loggerv1.Gap{FromCursor: cursor(125), ToCursor: cursor(129), Entries: 4}},
		}})
	}},
	{"a filter is answered twice", ErrRevision, func(t *testing.T, s []Stream) {
		t.Helper()
		i := noticeOf(t, &s[0], 2)
		s[0].Received = slices.Insert(s[0].Received, i+1, s[0].Received[i])
	}},
	{"a filter is applied that was never sent", ErrRevision, func(_ *testing.T, s []Stream) {
		s[1].Received = append(s[1].Received, &loggerv1.LogEntry{Notice: &loggerv1.Notice{
			Kind: &loggerv1.Notice_Applied{Applied: &loggerv1.Applied{Revision: 2, Cursor: cursor(200)}},
		}})
	}},
	{"progress is told beyond what was sent", ErrMissing, func(t *testing.T, s []Stream) {
		t.Helper()
		i := entriesOf(&s[0])[10]
		ahead := &scene{}
		ahead.progress(61, 1)
		s[0].Received = slices.Insert(slices.Delete(s[0].Received, i, i+1), i, ahead.stream.Received[0])
		s[0].Received = slices.Delete(s[0].Received, i+1, noticeOf(t, &s[0], 2)-1) // what comes later is not due
	}},
	{"a resume begins too far on", ErrMissing, func(_ *testing.T, s []Stream) {
		s[1].Sent[0].Begin = &loggerv1.LogFilter_AfterCursor{AfterCursor: cursor(121)}
		s[1].Received[0].GetNotice().GetApplied().Cursor = cursor(121)
		s[1].Received = slices.Delete(s[1].Received, 1, 2)
	}},
	{"something comes after the goodbye", ErrEnd, func(_ *testing.T, s []Stream) {
		last := len(s[1].Received) - 1
		s[1].Received = slices.Insert(s[1].Received, last, goodbye(199))
	}},
	{"a stream that said goodbye ends well", ErrEnd, func(_ *testing.T, s []Stream) {
		s[1].Received = append(s[1].Received, goodbye(200))
		s[1].HalfClosed, s[1].End = true, new(codes.OK)
	}},
	{"a half-closed stream fails", ErrEnd, func(_ *testing.T, s []Stream) {
		s[1].HalfClosed, s[1].End = true, new(codes.Internal)
	}},
	{"a stream ends by itself", ErrEnd, func(_ *testing.T, s []Stream) {
		s[1].End = new(codes.OK)
	}},
}

// With those of gaps and of writers: see TestGapsAllowed and TestWriters.

// TestCorrupted wants the one breach that each corruption is.
func TestCorrupted(t *testing.T) {
	for _, c := range corruptions {
		t.Run(c.name, func(t *testing.T) {
			log, streams := faithful(t)
			c.corrupt(t, streams)
			result := Check(log, streams, Options{Until: cursor(200)})
			if len(result.Breaches) == 0 {
				t.Fatal("not noticed")
			}
			for _, b := range result.Breaches {
				if !errors.Is(b, c.want) {
					t.Errorf("got %v, want only %q", b, c.want)
				}
			}
		})
	}
}

// Whichever entry is lost or comes twice, it is the only breach. Only the last one before a
// filter that begins elsewhere may be lost: nobody can know that the server had come to it.
func TestAnyEntry(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		log, streams := faithful(t)
		s := &streams[random.IntN(len(streams))]
		at := entriesOf(s)
		i := at[random.IntN(len(at))]
		if i+1 < len(s.Received) && s.Received[i+1].GetNotice().GetRejected().GetRevision() == 6 {
			continue
		}
		want := ErrMissing
		if random.IntN(2) == 0 {
			want = ErrTwice
			s.Received = slices.Insert(s.Received, i, s.Received[i])
		} else {
			s.Received = slices.Delete(s.Received, i, i+1)
		}
		breaches := Check(log, streams, Options{Until: cursor(200)}).Breaches
		if len(breaches) != 1 || !errors.Is(breaches[0], want) {
			t.Fatalf("got %v, want one %q", breaches, want)
		}
	}
}

// A gap that is allowed excuses what lies in it and nothing else.
func TestGapsAllowed(t *testing.T) {
	log, streams := faithful(t)
	s := &streams[1]
	at := entriesOf(s)
	gap := &loggerv1.Gap{FromCursor: cursor(125), ToCursor: cursor(129), Entries: 4, Reason: loggerv1.GapReason_RATE_LIMIT}
	s.Received = slices.Replace(s.Received, at[5], at[8]+1, &loggerv1.LogEntry{Notice: &loggerv1.Notice{Kind: &loggerv1.Notice_Gap{Gap: gap}}})
	options := Options{Until: cursor(200), Gaps: true}
	if err := Check(log, streams, options).Err(); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		name    string
		corrupt func(g *loggerv1.Gap)
	}{
		{"a wrong count of what matches", func(g *loggerv1.Gap) { g.Entries = 5 }},
		{"a wrong count of what was there", func(g *loggerv1.Gap) { g.Reason, g.Entries = loggerv1.GapReason_RETENTION, 3 }},
		{"no count", func(g *loggerv1.Gap) { g.Reason, g.Entries = loggerv1.GapReason_DAMAGE, 0 }},
		{"a gap that ends before it begins", func(g *loggerv1.Gap) { g.FromCursor, g.ToCursor = g.GetToCursor(), g.GetFromCursor() }},
		{"a gap over what came", func(g *loggerv1.Gap) { g.FromCursor, g.Entries = cursor(124), 5 }},
		{"a gap of no cursor", func(g *loggerv1.Gap) { g.ToCursor = "here" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			faithful := proto.CloneOf(gap)
			c.corrupt(gap)
			breaches := Check(log, streams, options).Breaches
			if !slices.ContainsFunc(breaches, func(b *Breach) bool { return errors.Is(b, ErrGap) }) {
				t.Errorf("got %v, want %q", breaches, ErrGap)
			}
			proto.Reset(gap)
			proto.Merge(gap, faithful)
		})
	}
}

func TestLogInDisorder(t *testing.T) {
	_, entries := sampleLog(t, 3)
	slices.Reverse(entries)
	if _, err := NewLog(entries); err == nil {
		t.Error("a log in disorder was taken")
	}
}
