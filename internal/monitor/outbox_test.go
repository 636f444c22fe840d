package monitor

import (
	"context"
	"testing"
	"unsafe"

	"google.golang.org/grpc"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/frame"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// sent is a stream that keeps the last message.
type sent struct {
	grpc.ServerStream

	ctx  context.Context
	last *frame.Message
}

func (s *sent) Context() context.Context { return s.ctx }

func (s *sent) SendMsg(m any) error {
	s.last, _ = m.(*frame.Message)
	return nil
}

// TestSparseEntriesHoldNoOthers looks at what a message keeps in memory until its client
// reads it: an entry's encoding lies in one piece of memory with that of its neighbours.
func TestSparseEntriesHoldNoOthers(t *testing.T) {
	stream := &sent{ctx: t.Context()}
	out := newOutbox(stream, store.Epoch(1).Plain())
	position := entry.Position(1)
	for _, step := range []struct {
		distance entry.Position
		shares   bool
	}{{1000, false}, {1, true}, {1, true}, {1000, false}, {2, true}} {
		position += step.distance
		e := &entry.Entry{Message: "hello"}
		e.Freeze(position)
		if err := out.entry(e, 1); err != nil {
			t.Fatal(err)
		}
		shares := unsafe.SliceData(stream.last.Data[0].ReadOnlyData()) == unsafe.SliceData(e.Wire())
		if shares != step.shares {
			t.Errorf("%d behind the one before, an entry is sent from the store's memory: %t", step.distance, shares)
		}
	}
}
