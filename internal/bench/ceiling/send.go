package ceiling

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

func encode(e *loggerv1.LogEntry) (*message, error) {
	wire, err := proto.Marshal(e)
	if err != nil {
		return nil, err
	}
	body, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(e)
	if err != nil {
		return nil, err
	}
	return &message{entry: e, wire: wire, line: fmt.Appendf(nil, `{"result":%s}`, body)}, nil
}

// beat is how often a message that is sent at a pace may be sent: as often as entries are
// written at one.
const beat = 10 * time.Millisecond

// send calls one as often as a filter asks for, at its pace, until it fails.
func send(ctx context.Context, f *loggerv1.LogFilter, one func() error) error {
	last, pace := int(f.GetLast()), int(f.GetMaxEntriesPerSecond())
	if pace == 0 {
		for range last {
			if err := one(); err != nil {
				return err
			}
		}
		return nil
	}
	ticker := time.NewTicker(max(beat, time.Second/time.Duration(pace)))
	defer ticker.Stop()
	begin := time.Now()
	for sent := 0; sent < last; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		for due := min(int(time.Since(begin).Seconds()*float64(pace)), last); sent < due; sent++ {
			if err := one(); err != nil {
				return err
			}
		}
	}
	return nil
}
