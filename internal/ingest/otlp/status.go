package otlp

import (
	"context"
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// storeError marks an error as the store's: nothing of the request was stored.
type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }

// statusOf returns what a sender is told of an error. What a sender can do nothing about
// is logged, and told without its details.
func (r *Receiver) statusOf(ctx context.Context, err error) *status.Status {
	var ofStore storeError
	var ofCaller *fault.Problem // the caller is above its rates
	switch {
	case ctx.Err() != nil:
		return status.FromContextError(ctx.Err())
	case errors.Is(err, errTooMuch), errors.Is(err, inflate.ErrTooLarge), errors.Is(err, store.ErrTooLarge):
		// Without retry information: the same request would be refused again.
		return status.New(codes.ResourceExhausted, err.Error())
	case !errors.As(err, &ofStore):
		return status.New(codes.InvalidArgument, err.Error())
	case errors.As(err, &ofCaller):
		st, _ := fault.Status(ofCaller)
		return st
	case errors.Is(err, store.ErrFull):
		return later("the store takes no more entries for now: its disk is nearly full")
	case errors.Is(err, store.ErrFailed):
		return later("the store takes no entries for now: its disk failed")
	case errors.Is(err, store.ErrClosed):
		return later("the server is being stopped")
	default:
		r.logger.ErrorContext(ctx, "records could not be stored", "error", err)
		return later("the store could not take the records")
	}
}

// later is the answer that makes a sender keep its records and try again.
func later(message string) *status.Status {
	plain := status.New(codes.Unavailable, message)
	detailed, err := plain.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(retryAfter)})
	if err != nil {
		return plain
	}
	return detailed
}
