package client_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/seed-2f16ea30/logsieve/client"
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/apptest"
	"github.com/seed-2f16ea30/logsieve/internal/streamguard"
)

// fragile is a connection that breaks after some bytes were read from it, wherever in a
// message that may be.
type fragile struct {
	net.Conn
	left int
}

func (f *fragile) Read(p []byte) (int, error) {
	if f.left <= 0 {
		_ = f.Close()
		return 0, syscall.ECONNRESET
	}
	n, err := f.Conn.Read(p[:min(len(p), f.left)])
	f.left -= n
	return n, err
}

// dial returns a client of a real server, whose streams are guarded.
func dial(t *testing.T, address string, opts ...client.Option) *client.Client {
	t.Helper()
	guard := &streamguard.Log{}
	opts = append(opts, client.WithDialOption(grpc.WithChainStreamInterceptor(streamguard.Client(guard.Add))))
	c, err := client.Dial(address, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		mustNotFail(t, c.Close())
		guard.Check(t)
	})
	return c
}

// store stores entries with the numbers from (included) to to (not included).
func store(t *testing.T, c *client.Client, from, to int) {
	t.Helper()
	entries := make([]*loggerv1.LogEntry, 0, to-from)
	for n := from; n < to; n++ {
		entries = append(entries, &loggerv1.LogEntry{
			Message:    strconv.Itoa(n),
			Attributes: map[string]string{"mod2": strconv.Itoa(n % 2), "mod3": strconv.Itoa(n % 3)},
		})
	}
	if _, err := c.Write(t.Context(), entries...); err != nil {
		t.Errorf("Write: %v", err)
	}
}

// divisors are the filters that are sent in turn, by what they let through.
var divisors = []int{1, 2, 3}

func divisibleBy(d int) *loggerv1.LogFilter {
	if d == 1 {
		return &loggerv1.LogFilter{}
	}
	return &loggerv1.LogFilter{Query: fmt.Sprintf("attributes.mod%d=0", d)}
}

// A connection that breaks every few entries, while entries are stored and filters
// replaced: the caller sees one stream, in order, each entry once and none left out.
func TestNothingIsLostOrRepeatedOnABrokenLine(t *testing.T) {
	// The last entry matches all filters: it may be judged by any of them.
	const total, batch, budget = 6*3_333 + 1, 50, 30_000
	server := apptest.Start(t, apptest.Config(t))
	writer := dial(t, server.GRPC)
	random := rand.New(rand.NewPCG(1, 2))
	var dials atomic.Int64
	c := dial(t, server.GRPC, quick(), client.WithDialOption(
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
			// The first one lasts: Monitor does not try again.
			if dials.Add(1) == 1 {
				return &fragile{conn, budget}, err
			}
			return &fragile{conn, 100 + random.IntN(budget)}, err
		})))
	s, err := c.Monitor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // returns nil
	mustSend(t, s, &loggerv1.LogFilter{Begin: fromTheBeginning()})

	written := make(chan struct{})
	go func() {
		defer close(written)
		for n := 0; n < total; n += batch {
			store(t, writer, n, min(n+batch, total))
		}
	}()
	sent := 1
	var seen sighting
	for seen.number < total-1 || seen.revision < 1 {
		e := mustRecv(t, s)
		seen.next(t, e)
		// Another filter now and then, but everything for the last part, to see its end.
		if n := seen.number; n < total*9/10 && random.IntN(200) == 0 || n >= total*9/10 && sent%len(divisors) != 1 {
			mustSend(t, s, divisibleBy(divisors[sent%len(divisors)]))
			sent++
		}
	}
	<-written
	t.Logf("%d connections, %d filters, %d entries received", dials.Load(), sent, seen.count)
	if dials.Load() < 20 || sent < 10 {
		t.Errorf("only %d connections and %d filters: this has tested little", dials.Load(), sent)
	}
}

// sighting is the last entry that was received.
type sighting struct {
	number, count int
	revision      uint32
}

// next checks that nothing is missing between the last entry and this one.
func (s *sighting) next(t *testing.T, e *loggerv1.LogEntry) {
	t.Helper()
	if r := e.GetNotice().GetRejected(); r != nil && r.GetReason() == "SUPERSEDED" {
		return
	}
	number, err := strconv.Atoi(e.GetMessage())
	if err != nil || e.GetNotice() != nil {
		t.Fatalf("unexpected: %v", e)
	}
	if s.count == 0 {
		s.number, s.revision = -1, 1
	}
	if number <= s.number || e.GetFilterRevision() < s.revision {
		t.Fatalf("entry %d of revision %d after %d of %d", number, e.GetFilterRevision(), s.number, s.revision)
	}
	for missing := s.number + 1; missing < number; missing++ {
		// Where filters changed in between, it is not known here at which entry.
		due := true
		for r := s.revision; r <= e.GetFilterRevision(); r++ {
			due = due && missing%divisors[(int(r)-1)%len(divisors)] == 0
		}
		if due {
			t.Fatalf("entry %d is missing between %d (revision %d) and %d (revision %d)",
				missing, s.number, s.revision, number, e.GetFilterRevision())
		}
	}
	s.number, s.revision = number, e.GetFilterRevision()
	s.count++
}

// A server that is stopped, as for an upgrade, and started again.
func TestServerRestart(t *testing.T) {
	cfg := apptest.Config(t)
	server := apptest.Start(t, cfg)
	cfg.GRPC.Address = server.GRPC // the next one has to be found in the same place
	writer := dial(t, server.GRPC, quick())
	outages, back := 0, 0
	c := dial(t, server.GRPC, quick(), client.WithOnReconnect(func(attempt int, _ error, _ time.Duration) {
		switch attempt {
		case 0:
			back++
		case 1:
			outages++
		}
	}))
	s, err := c.Monitor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // returns nil
	mustSend(t, s, &loggerv1.LogFilter{Begin: fromTheBeginning()})
	const rounds, batch = 3, 100
	var seen sighting
	for round := range rounds {
		store(t, writer, round*batch, (round+1)*batch)
		for seen.number < (round+1)*batch-1 {
			seen.next(t, mustRecv(t, s))
		}
		if err := server.Stop(); err != nil {
			t.Fatal(err)
		}
		server = apptest.Start(t, cfg)
		// What is written before the stream is back must not be missed either; the writer's
		// connection may not have noticed yet.
		if _, err := writer.Fields(t.Context(), &loggerv1.ListFieldsRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	store(t, writer, rounds*batch, rounds*batch+1)
	seen.next(t, mustRecv(t, s))
	if seen.count != rounds*batch+1 || outages != rounds || back != rounds {
		t.Errorf("%d entries, %d outages, %d times back; want %d, %d, %d", seen.count, outages, back, rounds*batch+1, rounds, rounds)
	}
}

// fromTheBeginning is where a filter begins that wants all that is retained.
func fromTheBeginning() *loggerv1.LogFilter_Since {
	return &loggerv1.LogFilter_Since{Since: &timestamppb.Timestamp{}}
}
