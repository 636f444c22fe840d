package soak

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/demo"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
	"github.com/seed-2f16ea30/logsieve/test/history"
)

// send hands entries to a server and returns once they are acknowledged.
type send func(ctx context.Context, entries []*loggerv1.LogEntry) error

// writer writes entries that say which they are, and remembers which were acknowledged.
// When the server is gone, it goes on with the next ones.
type writer struct {
	name      string
	send      send
	generator *demo.Generator

	mu      sync.Mutex
	written []history.Write
	refused int
	slowest time.Duration // of the acknowledgements
	last    error
}

func newWriter(name string, seed uint64, send send) *writer {
	return &writer{name: name, send: send, generator: demo.New(seed)}
}

// write writes n entries and returns whether they were acknowledged.
func (w *writer) write(ctx context.Context, n int) error {
	w.mu.Lock()
	first := len(w.written)
	entries := make([]*loggerv1.LogEntry, n)
	for i := range entries {
		e := w.generator.Next(time.Now())
		e.Message = fmt.Sprintf("%s ~%s:%d", e.GetMessage(), w.name, first+i)
		entries[i] = e
		w.written = append(w.written, history.Write{Message: e.GetMessage()})
	}
	w.mu.Unlock()

	began := time.Now()
	err := w.send(ctx, entries)

	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.refused++
		w.last = err
		return err
	}
	w.slowest = max(w.slowest, time.Since(began))
	for i := range entries {
		w.written[first+i].Acknowledged = true
	}
	return nil
}

// run writes so many entries a second until ctx ends. Where an acknowledgement took longer,
// the next batch is the larger, up to a fifth of a second's.
func (w *writer) run(ctx context.Context, perSecond int) {
	const interval = 20 * time.Millisecond
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	largest := max(perSecond/5, 1)
	for last := time.Now(); ctx.Err() == nil; {
		now := time.Now()
		due := int(now.Sub(last).Seconds() * float64(perSecond))
		if due > 0 {
			last = now
			// Not with ctx: a batch that was begun is finished.
			_ = w.write(context.WithoutCancel(ctx), min(due, largest)) // it is remembered
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// history returns what was written, for the checker.
func (w *writer) history() history.Writer {
	w.mu.Lock()
	defer w.mu.Unlock()
	return history.Writer{Name: w.name, Sent: w.written}
}

// load is some writers at work.
type load struct {
	writers []*writer
	asked   int // entries a second
	began   time.Time
	took    time.Duration // until stop
	stop    func()        // waits for them, and closes their connections
}

// String tells how much was sent, and how fast that was.
func (l *load) String() string {
	sent, _ := l.written()
	return fmt.Sprintf("%d entries at %.0f/s (%d/s asked for)", sent, float64(sent)/l.took.Seconds(), l.asked)
}

// mixedLoad lets three writers write so many entries a second together: with WriteEntries,
// with POST /logs and with OTLP.
func mixedLoad(t *testing.T, s *server.Server, perSecond int) *load {
	t.Helper()
	api, otlp := connect(t, s.GRPC), connect(t, s.OTLPGRPC)
	l := startLoad(t, perSecond,
		newWriter("api", 1, viaAPI(api)),
		newWriter("post", 2, viaPost(s.HTTP)),
		newWriter("otlp", 3, viaOTLP(otlp)))
	stop := l.stop
	l.stop = func() {
		stop()
		_, _ = api.Close(), otlp.Close() // a second time, that is an error
		http.DefaultClient.CloseIdleConnections()
	}
	return l
}

func startLoad(t *testing.T, perSecond int, writers ...*writer) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, w := range writers {
		running.Go(func() { w.run(ctx, perSecond/len(writers)) })
	}
	l := &load{writers: writers, asked: perSecond, began: time.Now()}
	l.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		l.took = time.Since(l.began)
	})
	t.Cleanup(l.stop)
	return l
}

// written returns how many entries were sent, and how many were acknowledged.
func (l *load) written() (sent, acknowledged int) {
	for _, w := range l.writers {
		for _, e := range w.history().Sent {
			sent++
			if e.Acknowledged {
				acknowledged++
			}
		}
	}
	return sent, acknowledged
}

// slowest returns how long the slowest acknowledgement took.
func (l *load) slowest() (most time.Duration) {
	for _, w := range l.writers {
		w.mu.Lock()
		most = max(most, w.slowest)
		w.mu.Unlock()
	}
	return most
}

func (l *load) histories() (all []history.Writer) {
	for _, w := range l.writers {
		all = append(all, w.history())
	}
	return all
}

// writeTimeout bounds one write: a server that does not answer is a fault, too.
const writeTimeout = patience

// connect returns a connection that looks for the server again at once.
func connect(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithConnectParams(eager()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func viaAPI(conn *grpc.ClientConn) send {
	logger := loggerv1.NewLoggerClient(conn)
	return func(ctx context.Context, entries []*loggerv1.LogEntry) error {
		ctx, cancel := context.WithTimeout(ctx, writeTimeout)
		defer cancel()
		answer, err := logger.WriteEntries(ctx, &loggerv1.WriteEntriesRequest{Entries: entries})
		if err == nil && int(answer.GetAccepted()) != len(entries) {
			err = fmt.Errorf("%d of %d entries were accepted", answer.GetAccepted(), len(entries))
		}
		return err
	}
}

func viaPost(address string) send {
	return func(ctx context.Context, entries []*loggerv1.LogEntry) error {
		ctx, cancel := context.WithTimeout(ctx, writeTimeout)
		defer cancel()
		var body bytes.Buffer
		for _, e := range entries {
			line, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(e)
			if err != nil {
				return err
			}
			body.Write(append(line, '\n'))
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/logs", &body)
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/x-ndjson")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close() //nolint:errcheck // it was only read
		answer := &loggerv1.WriteEntriesResponse{}
		text, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		if err := protojson.Unmarshal(text, answer); err != nil || int(answer.GetAccepted()) != len(entries) {
			return fmt.Errorf("POST /logs answered %s: %s", response.Status, text)
		}
		return nil
	}
}

func viaOTLP(conn *grpc.ClientConn) send {
	exporter := plogotlp.NewGRPCClient(conn)
	return func(ctx context.Context, entries []*loggerv1.LogEntry) error {
		ctx, cancel := context.WithTimeout(ctx, writeTimeout)
		defer cancel()
		logs := plog.NewLogs()
		for _, e := range entries {
			resource := logs.ResourceLogs().AppendEmpty()
			resource.Resource().Attributes().PutStr("service.name", e.GetService())
			record := resource.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			record.Body().SetStr(e.GetMessage())
			record.SetSeverityNumber(plog.SeverityNumber(e.GetSeverityNumber()))
		}
		answer, err := exporter.Export(ctx, plogotlp.NewExportRequestFromLogs(logs))
		if err == nil && answer.PartialSuccess().RejectedLogRecords() > 0 {
			err = fmt.Errorf("%d of %d records were rejected", answer.PartialSuccess().RejectedLogRecords(), len(entries))
		}
		return err
	}
}
