package streamguard_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"github.com/seed-2f16ea30/logsieve/internal/streamguard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stall is a stream of either side whose methods last until they are let go, so that two
// calls overlap for certain.
type stall struct {
	grpc.ClientStream
	grpc.ServerStream
	inside, leave chan struct{}
}

func newStall() *stall { return &stall{inside: make(chan struct{}), leave: make(chan struct{})} }

func (s *stall) Context() context.Context { return context.Background() }

func (s *stall) SendMsg(any) error { return s.wait() }
func (s *stall) RecvMsg(any) error { return s.wait() }
func (s *stall) CloseSend() error  { return s.wait() }

func (s *stall) wait() error {
	s.inside <- struct{}{}
	<-s.leave
	return nil
}

// overlap runs two calls at the same time.
func (s *stall) overlap(t *testing.T, a, b func() error) {
	t.Helper()
	var both sync.WaitGroup
	for _, f := range []func() error{a, b} {
		both.Go(func() {
			if err := f(); err != nil {
				t.Error(err)
			}
		})
	}
	<-s.inside
	<-s.inside
	s.leave <- struct{}{}
	s.leave <- struct{}{}
	both.Wait()
}

// stream is what both sides have.
type stream interface {
	SendMsg(m any) error
	RecvMsg(m any) error
}

func client(t *testing.T, s *stall, report func(string)) grpc.ClientStream {
	t.Helper()
	guarded, err := streamguard.Client(report)(t.Context(), nil, nil, "/Method", func(context.Context, *grpc.StreamDesc, *grpc.ClientConn, string, ...grpc.CallOption) (grpc.ClientStream, error) {
		return s, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return guarded
}

func server(t *testing.T, s *stall, report func(string)) (guarded grpc.ServerStream) {
	t.Helper()
	err := streamguard.Server(report)(nil, s, &grpc.StreamServerInfo{FullMethod: "/Method"}, func(_ any, inner grpc.ServerStream) error {
		guarded = inner
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return guarded
}

func TestGuard(t *testing.T) {
	sides := map[string]func(*testing.T, *stall, func(string)) stream{
		"client": func(t *testing.T, s *stall, report func(string)) stream { t.Helper(); return client(t, s, report) },
		"server": func(t *testing.T, s *stall, report func(string)) stream { t.Helper(); return server(t, s, report) },
	}
	for side, guarded := range sides {
		t.Run(side, func(t *testing.T) {
			var seen streamguard.Log
			inner := newStall()
			s := guarded(t, inner, seen.Add)
			send := func() error { return s.SendMsg(nil) }
			recv := func() error { return s.RecvMsg(nil) }

			inner.overlap(t, send, recv)
			if got := seen.Violations(); len(got) != 0 {
				t.Errorf("sending beside receiving is reported: %q", got)
			}
			inner.overlap(t, send, send)
			inner.overlap(t, recv, recv)
			got := seen.Violations()
			if len(got) != 2 || !strings.Contains(got[0], "in SendMsg of /Method on the "+side) ||
				!strings.Contains(got[1], "in RecvMsg of /Method on the "+side) {
				t.Errorf("violations = %q, want one of SendMsg and one of RecvMsg on the %s", got, side)
			}
		})
	}
}

func TestCloseSendCountsAsSending(t *testing.T) {
	var seen streamguard.Log
	inner := newStall()
	s := client(t, inner, seen.Add)
	inner.overlap(t, s.CloseSend, func() error { return s.SendMsg(nil) })
	if got := seen.Violations(); len(got) != 1 {
		t.Errorf("violations = %q, want one", got)
	}
}

// fakeT records whether a test would have failed.
type fakeT struct{ failures int }

func (f *fakeT) Helper()               {}
func (f *fakeT) Errorf(string, ...any) { f.failures++ }

func TestCheckFailsTheTest(t *testing.T) {
	var seen streamguard.Log
	var test fakeT
	seen.Check(&test)
	if test.failures != 0 {
		t.Error("Check fails without a violation")
	}
	seen.Add("one")
	seen.Check(&test)
	if test.failures != 1 {
		t.Error("Check does not fail after a violation")
	}
}
