package tui

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// wish is a filter that was typed.
type wish struct {
	query string
	now   bool // without waiting for more to be typed
}

// want has a filter sent once typing rests, or now. The newest wins. It does not block.
func (s *session) want(query string, now bool) {
	for w := (wish{query, now}); ; {
		select {
		case s.wanted <- w:
			return
		default:
		}
		select {
		case <-s.wanted: // older
		default:
		}
	}
}

// send sends the filters. It alone does, so that a filter's revision is its ordinal here.
func (s *session) send(ctx context.Context, _ program) {
	s.transmit(s.base.GetQuery())
	rest := time.NewTimer(debounce)
	rest.Stop()
	defer rest.Stop()
	query := ""
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-s.wanted:
			query = w.query
			if !w.now {
				rest.Reset(debounce)
				continue
			}
			rest.Stop()
		case <-rest.C:
		}
		s.transmit(query)
	}
}

// transmit sends a filter. What goes wrong is for Recv to find out.
func (s *session) transmit(query string) {
	s.mu.Lock()
	s.sent++
	s.queries[s.sent] = query
	s.mu.Unlock()
	f := proto.CloneOf(s.base)
	f.Query = query
	_ = s.stream.Send(f)
}

// query returns what was sent as a revision, and forgets it and those before it. False if
// that is forgotten already.
func (s *session) query(revision uint32) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	query, ok := s.queries[revision]
	for r := range s.queries {
		if r <= revision {
			delete(s.queries, r)
		}
	}
	return query, ok
}

// askFields has the fields delivered. It does not block.
func (s *session) askFields() {
	select {
	case s.asked <- struct{}{}:
	default: // asked already
	}
}

// complete asks the server for its fields, whenever they are asked for.
func (s *session) complete(ctx context.Context, p program) {
	const values = 100 // of each: more than anybody pages through
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.asked:
		}
		limited, cancel := context.WithTimeout(ctx, fieldsTimeout)
		resp, err := s.fields(limited, &loggerv1.ListFieldsRequest{Values: values})
		cancel()
		if err != nil {
			resp = &loggerv1.ListFieldsResponse{} // completion offers what is in the language
		}
		p.Send(fieldsKnown(resp.GetFields()))
	}
}
