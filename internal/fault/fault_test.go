package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDescribe(t *testing.T) {
	_, wrong := filter.Parse("severity>=LOUD")
	for name, test := range map[string]struct {
		err    error
		code   codes.Code
		reason string
		known  bool
	}{
		"a filter":       {wrong, codes.InvalidArgument, "INVALID_QUERY", true},
		"a problem":      {fault.Invalid("last", "too many", ""), codes.InvalidArgument, "INVALID_FILTER", true},
		"garbled":        {store.ErrCursorMalformed, codes.InvalidArgument, "INVALID_CURSOR", true},
		"foreign":        {store.ErrCursorEpoch, codes.FailedPrecondition, "CURSOR_OF_ANOTHER_LOG", true},
		"another scope":  {store.ErrCursorScope, codes.InvalidArgument, "CURSOR_OF_ANOTHER_SCOPE", true},
		"too old":        {store.ErrCursorTooOld, codes.OutOfRange, "CURSOR_TOO_OLD", true},
		"ahead":          {store.ErrCursorAhead, codes.OutOfRange, "CURSOR_AHEAD", true},
		"full":           {store.ErrFull, codes.ResourceExhausted, "STORE_FULL", true},
		"failed":         {store.ErrFailed, codes.Unavailable, "STORE_FAILED", true},
		"too large":      {store.ErrTooLarge, codes.InvalidArgument, "BATCH_TOO_LARGE", true},
		"closed":         {store.ErrClosed, codes.Unavailable, "STOPPING", true},
		"cancelled":      {context.Canceled, codes.Canceled, "CANCELED", true},
		"a deadline":     {context.DeadlineExceeded, codes.DeadlineExceeded, "DEADLINE", true},
		"something else": {errors.New("disk on fire"), codes.Internal, "INTERNAL", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range []error{test.err, fmt.Errorf("on the way: %w", test.err), errors.Join(test.err)} {
				p, known := fault.Describe(err)
				if p.Code != test.code || p.Reason != test.reason || known != test.known || p.Message == "" {
					t.Errorf("%v is told as %+v, known %t", err, p, known)
				}
			}
		})
	}
}

// TestStatusCarriesThePlaceOfTheMistake: the place is in a detail of the contract's own
// type, so that a client needs no other.
func TestStatusCarriesThePlaceOfTheMistake(t *testing.T) {
	_, err := filter.Parse("a\nseverity>=LOUD")
	st, _ := fault.Status(err)
	var got *loggerv1.Rejected
	for _, d := range st.Details() {
		if r, ok := d.(*loggerv1.Rejected); ok {
			got = r
		}
	}
	if got.GetField() != "query" || got.GetBegin() != 12 || got.GetEnd() != 16 || got.GetLine() != 2 || got.GetColumn() != 11 {
		t.Errorf("the detail is %v", got)
	}
	p, _ := fault.Describe(err)
	if diff := cmp.Diff(p.Rejected(0), fault.FromRejected(p.Rejected(7)).Rejected(0), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestStatusLeavesStatusesAlone(t *testing.T) {
	want := status.Error(codes.Aborted, "as it is")
	if st, known := fault.Status(want); !known || st.Code() != codes.Aborted || st.Message() != "as it is" {
		t.Errorf("%v became %v", want, st)
	}
	if st, known := fault.Status(nil); st != nil || !known {
		t.Errorf("no error became %v", st)
	}
}
