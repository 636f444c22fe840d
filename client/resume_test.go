package client_test

import (
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

var errCut = status.Error(codes.Unavailable, "cut")

func query(q string) *loggerv1.LogFilter { return &loggerv1.LogFilter{Query: q} }

func TestResumeBehindTheLastEntry(t *testing.T) {
	s := play(
		t, nil,
		func(c call) error {
			wantFilter(c, "a", last(9))
			c.send(applied(1, "0"), entry("1", 1), entry("2", 1))
			return errCut
		},
		func(c call) error {
			wantFilter(c, "a", after("2"))
			c.send(applied(1, "2"), entry("3", 1))
			return errCut
		},
		func(c call) error {
			wantFilter(c, "a", after("3"))
			c.send(applied(1, "3"), entry("4", 1))
			return c.hang()
		},
	)
	f := query("a")
	f.Begin = &loggerv1.LogFilter_Last{Last: 9}
	mustSend(t, s, f)
	f.Query = "changed by the caller, which is its right"
	for _, cursor := range []string{"1", "2", "3", "4"} {
		wantEntry(t, s, cursor, 1)
	}
}

// What a message says about the position counts, whatever message it is.
func TestResumeFromEveryKindOfMessage(t *testing.T) {
	tests := map[string]struct {
		sent []*loggerv1.LogEntry
		want *loggerv1.LogFilter
	}{
		"nothing":  {nil, last(9)},
		"applied":  {[]*loggerv1.LogEntry{applied(1, "10")}, after("10")},
		"entry":    {[]*loggerv1.LogEntry{applied(1, "10"), entry("11", 1)}, after("11")},
		"caughtUp": {[]*loggerv1.LogEntry{applied(1, "10"), caughtUp("12")}, after("12")},
		"progress": {[]*loggerv1.LogEntry{applied(1, "10"), entry("11", 1), progress(1, "13", 0, 0)}, after("13")},
		"gap":      {[]*loggerv1.LogEntry{applied(1, "10"), gap("14")}, after("14")},
		"goodbye":  {[]*loggerv1.LogEntry{applied(1, "10"), goodbye(loggerv1.GoodbyeReason_DRAIN, "15")}, after("15")},
		// Its cursor says nothing yet: nobody knows whether the first filter is good.
		"goodbye before an answer": {[]*loggerv1.LogEntry{goodbye(loggerv1.GoodbyeReason_DRAIN, "15")}, last(9)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := play(
				t, nil,
				func(c call) error {
					wantFilter(c, "a", last(9))
					c.send(test.sent...)
					return errCut
				},
				func(c call) error {
					wantFilter(c, "a", test.want)
					c.send(entry("20", 1))
					return c.hang()
				},
			)
			mustSend(t, s, &loggerv1.LogFilter{Query: "a", Begin: &loggerv1.LogFilter_Last{Last: 9}})
			for {
				e := mustRecv(t, s)
				if e.GetCursor() == "20" {
					break
				}
				if e.GetNotice() != nil && e.GetNotice().GetGap() == nil {
					t.Errorf("got the notice %v, which was not asked for", e)
				}
			}
		})
	}
}

func TestTransientEnds(t *testing.T) {
	exhausted, err := status.New(codes.ResourceExhausted, "later").WithDetails(
		protoadapt.MessageV1Of(&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Millisecond)}))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(call) error{
		"UNAVAILABLE":        func(call) error { return errCut },
		"ABORTED":            func(call) error { return status.Error(codes.Aborted, "") },
		"RESOURCE_EXHAUSTED": func(call) error { return exhausted.Err() },
		"drained": func(c call) error {
			c.send(goodbye(loggerv1.GoodbyeReason_DRAIN, "1"))
			return errCut
		},
		"too old, with a quiet end": func(c call) error {
			c.send(goodbye(loggerv1.GoodbyeReason_MAX_AGE, "1"))
			return nil
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			s := play(
				t, nil,
				func(c call) error {
					c.filter()
					c.send(applied(1, "0"), entry("1", 1))
					return end(c)
				},
				func(c call) error {
					wantFilter(c, "", after("1"))
					c.send(entry("2", 1))
					return c.hang()
				},
			)
			mustSend(t, s, nil)
			wantEntry(t, s, "1", 1)
			wantEntry(t, s, "2", 1)
		})
	}
}

func TestPermanentEndsAreReturnedAtOnce(t *testing.T) {
	for _, code := range []codes.Code{
		codes.Unauthenticated, codes.PermissionDenied, codes.InvalidArgument, codes.OutOfRange, codes.NotFound,
		codes.Unimplemented, codes.FailedPrecondition, codes.Internal, codes.ResourceExhausted,
	} {
		t.Run(code.String(), func(t *testing.T) {
			s := play(t, nil, func(c call) error {
				c.filter()
				return status.Error(code, "that is final")
			})
			mustSend(t, s, nil)
			for range 2 { // the end is lasting
				if _, err := s.Recv(); status.Code(err) != code {
					t.Errorf("Recv = %v, want %v", err, code)
				}
				if err := s.Send(nil); status.Code(err) != code {
					t.Errorf("Send = %v, want %v", err, code)
				}
			}
		})
	}
}
