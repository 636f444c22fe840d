package monitor_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/auth"
)

func TestNobodyReadsOrWrites(t *testing.T) {
	s := start(t)
	s.write(1)
	noRights := &auth.Principal{Name: "without rights"}
	for name, test := range map[string]struct {
		principal *auth.Principal
		want      codes.Code
	}{
		"nobody":         {nil, codes.Unauthenticated},
		"without rights": {noRights, codes.PermissionDenied},
	} {
		t.Run(name, func(t *testing.T) {
			for call, err := range everyCall(t, s.with(t).as(test.principal)) {
				if status.Code(err) != test.want {
					t.Errorf("%s ended with %v, want %v", call, err, test.want)
				}
			}
		})
	}
}

// everyCall makes each call of the service, and returns how it ended.
func everyCall(t *testing.T, s *server) map[string]error {
	t.Helper()
	ctx := t.Context()
	ended := map[string]error{}
	m := s.monitor()
	_ = m.Send(last("", 1)) // it may have ended already
	_, ended["Monitor"] = m.Recv()
	tail, err := s.Tail(ctx, last("", 1))
	if err != nil {
		t.Fatal(err)
	}
	_, ended["Tail"] = tail.Recv()
	_, ended["ListEntries"] = s.ListEntries(ctx, &loggerv1.ListEntriesRequest{})
	_, ended["ListFields"] = s.ListFields(ctx, &loggerv1.ListFieldsRequest{})
	_, ended["WriteEntries"] = s.WriteEntries(ctx, &loggerv1.WriteEntriesRequest{Entries: []*loggerv1.LogEntry{{Message: "x"}}})
	return ended
}

// TestOthersDoNotShow compares what a reader of a part of the log is told on two servers, of
// which one holds the entries of others as well: it is the same, in everything but cursors,
// which say nothing.
func TestOthersDoNotShow(t *testing.T) {
	alone := transcript(t, 0)
	for _, others := range []int{1, 7, 500} {
		if diff := cmp.Diff(alone, transcript(t, others)); diff != "" {
			t.Errorf("%d entries of others in between show (-alone +with others):\n%s", others, diff)
		}
	}
}

// transcript returns everything that the service of mine is told while others write.
func transcript(t *testing.T, others int) (told []string) {
	t.Helper()
	s := start(t, func(c *setup) { c.monitor.ProgressInterval = 10 * time.Millisecond })
	mine := s.as(principal(t, "mine", "service=mine"))
	n := 0
	write := func() {
		t.Helper()
		put(t, s, "others", others, 0)
		put(t, mine, "mine", 1, n)
		put(t, s, "others", others, 0)
		n++
	}
	for range 30 {
		write()
	}
	m := mine.monitor(&loggerv1.LogFilter{Query: "entry", Notices: true, Begin: &loggerv1.LogFilter_Last{Last: 20}})
	for wrote := false; len(told) < 32; {
		e := m.next()
		switch p := e.GetNotice().GetProgress(); {
		case p == nil, p.GetMatched() == 25: // those before it come whenever they do
			told = append(told, tell(e))
		}
		if e.GetNotice().GetCaughtUp() != nil && !wrote {
			wrote = true
			for range 5 {
				write()
			}
		}
	}
	return append(told, lists(t, mine)...)
}

// lists returns all pages of what a reader may read, in both directions, and the fields.
func lists(t *testing.T, s *server) (told []string) {
	t.Helper()
	for _, order := range []loggerv1.Order{loggerv1.Order_NEWEST_FIRST, loggerv1.Order_OLDEST_FIRST} {
		for _, size := range []uint32{7, 35, 100} {
			req := &loggerv1.ListEntriesRequest{Order: order, PageSize: size}
			for more := true; more; more = req.GetPageToken() != "" {
				page, err := s.ListEntries(t.Context(), req)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page.GetEntries() {
					told = append(told, tell(e))
				}
				req.PageToken = page.GetNextPageToken()
				told = append(told, fmt.Sprintf("page of %d, more %t, gaps %v", len(page.GetEntries()), req.GetPageToken() != "", page.GetGaps()))
			}
		}
	}
	fields, err := s.ListFields(t.Context(), &loggerv1.ListFieldsRequest{Window: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields.GetFields() {
		told = append(told, fmt.Sprintf("field %s: %d entries, %d distinct, %d values", f.GetName(), f.GetEntries(), f.GetDistinct(), len(f.GetValues())))
		for _, v := range f.GetValues() {
			told = append(told, v.GetValue())
		}
	}
	return append(told, fmt.Sprintf("fields of %d entries", fields.GetEntries()))
}

// put writes entries of a service.
func put(t *testing.T, s *server, service string, entries, number int) {
	t.Helper()
	if entries == 0 {
		return
	}
	req := &loggerv1.WriteEntriesRequest{}
	for range entries {
		req.Entries = append(req.Entries, &loggerv1.LogEntry{Service: service, Message: message(number)})
	}
	if _, err := s.WriteEntries(t.Context(), req); err != nil {
		t.Fatal(err)
	}
}

// tell returns a message without what differs from run to run: times, and cursors.
func tell(e *loggerv1.LogEntry) string {
	switch kind := e.GetNotice().GetKind().(type) {
	case *loggerv1.Notice_Applied:
		return fmt.Sprintf("applied %q", kind.Applied.GetQuery())
	case *loggerv1.Notice_CaughtUp:
		return "caught up"
	case *loggerv1.Notice_Progress:
		p := kind.Progress
		return fmt.Sprintf("progress: scanned %d, matched %d, behind %d", p.GetScanned(), p.GetMatched(), p.GetBehind())
	case nil:
		return fmt.Sprintf("%s: %s", e.GetService(), e.GetMessage())
	default:
		return e.String()
	}
}

// TestScopeIsNotShown looks at what a filter is told to be: its author's own part.
func TestScopeIsNotShown(t *testing.T) {
	s := start(t)
	mine := s.as(principal(t, "mine", "attributes.tenant=secret"))
	if a := mine.monitor(query("hello")).applied(1); a.GetQuery() != "hello" {
		t.Errorf("the filter is %q", a.GetQuery())
	}
	_, err := mine.ListEntries(t.Context(), &loggerv1.ListEntriesRequest{Query: "severity>="})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("refused with %v", err)
	}
}

// TestCursorsOfAScope resumes by every cursor that a reader of a part of the log is given,
// and tries it for others.
func TestCursorsOfAScope(t *testing.T) {
	s := start(t)
	mine, everything := s.as(principal(t, "mine", "service=a")), s.as(principal(t, "everything", ""))
	again, yours := s.as(principal(t, "mine again", "service=a")), s.as(principal(t, "yours", "service=b"))
	s.write(20)
	m := mine.monitor(last("", 5))
	cursors := map[string]string{"applied": m.applied(1).GetCursor()}
	for range 5 {
		cursors["entry"] = m.next().GetCursor()
	}
	cursors["caught up"] = m.next().GetNotice().GetCaughtUp().GetCursor()
	resp, err := mine.WriteEntries(t.Context(), &loggerv1.WriteEntriesRequest{Entries: []*loggerv1.LogEntry{{Message: "x", Service: "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	cursors["written"] = resp.GetCursor()
	for name, cursor := range cursors {
		if e := nextOf(t, again.with(t).monitor(after(cursor))); e.GetNotice().GetApplied() == nil {
			t.Errorf("%s: a reader of the same is told %v", name, e)
		}
		checkRefused(t, name, yours, cursor)
		checkRefused(t, name, everything, cursor)
	}
	checkRefused(t, "plain", mine, s.monitor(last("", 1)).applied(1).GetCursor())
}

func nextOf(t *testing.T, m *stream) *loggerv1.LogEntry {
	t.Helper()
	defer m.cancel()
	return m.next()
}

// checkRefused checks that a reader cannot use a cursor, and is told why.
func checkRefused(t *testing.T, name string, s *server, cursor string) {
	t.Helper()
	_, monitored := s.monitor(after(cursor)).Recv()
	_, listed := s.ListEntries(t.Context(), &loggerv1.ListEntriesRequest{AfterCursor: cursor})
	for _, err := range []error{monitored, listed} {
		if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), "may read something else") {
			t.Errorf("%s: ended with %v", name, err)
		}
	}
}

// TestWriterLearnsNoPosition writes with a credential that may not read: its cursors are of
// no use to anybody.
func TestWriterLearnsNoPosition(t *testing.T) {
	s := start(t)
	writer := s.as(&auth.Principal{Name: "writer", Permissions: auth.Write})
	resp, err := writer.WriteEntries(t.Context(), &loggerv1.WriteEntriesRequest{Entries: []*loggerv1.LogEntry{{Message: "x"}}})
	if err != nil || resp.GetCursor() == "" {
		t.Fatal(resp, err)
	}
	checkRefused(t, "written", s, resp.GetCursor())
}

// TestSkippedEntriesOfOthersAreNotCounted holds for a gap: how many entries it spans tells
// how much everybody writes.
func TestSkippedEntriesOfOthersAreNotCounted(t *testing.T) {
	s := start(t, func(c *setup) { c.monitor.QueueBytes = 10_000 })
	mine := s.as(principal(t, "mine", "service=a"))
	m := mine.monitor(&loggerv1.LogFilter{Overload: loggerv1.Overload_SKIP_TO_LIVE, Notices: true})
	m.live(1)
	for range 50 {
		s.write(1000)
	}
	for {
		e := m.next()
		if e.GetNotice() == nil && e.GetService() != "a" {
			t.Fatalf("got %v", e)
		}
		if g := e.GetNotice().GetGap(); g != nil {
			if g.GetEntries() != 0 || strings.ContainsAny(e.GetMessage(), "0123456789") {
				t.Errorf("a reader of a part of the log is told %v", e)
			}
			return
		}
	}
}

func TestStreamsOfAPrincipal(t *testing.T) {
	s := start(t, func(c *setup) { c.monitor.MaxStreamsPerPrincipal = 2 })
	mine := s.as(principal(t, "mine", ""))
	first := mine.monitor(all())
	first.live(1)
	second := mine.monitor(all())
	second.live(1)
	_, err := mine.monitor(all()).Recv()
	if status.Code(err) != codes.ResourceExhausted || !strings.Contains(err.Error(), "max_streams_per_principal") {
		t.Errorf("the third stream ended with %v", err)
	}
	for range 3 {
		s.monitor(all()).live(1) // those without a name
	}
	yours := s.as(principal(t, "yours", ""))
	yours.monitor(all()).live(1)

	// One ends, and another one may begin.
	if err := first.CloseSend(); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := first.Recv(); err != nil {
			break
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		m := mine.monitor(all())
		if _, err := m.Recv(); err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatal("no stream may begin although one has ended")
		}
	}
}
