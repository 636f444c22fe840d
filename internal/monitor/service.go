package monitor

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
	"github.com/seed-2f16ea30/logsieve/internal/hub"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// History is the store, as far as the service needs it: what is retained.
type History interface {
	// Read returns the stretch of the log behind a position.
	Read(ctx context.Context, after entry.Position, maxBytes int) (store.Batch, error)
	// ReadBackward returns the stretch that ends before a position; 0 is the end.
	ReadBackward(ctx context.Context, before entry.Position, maxBytes int) (store.Batch, error)
	// PositionAt returns the last position that was taken in before a time.
	PositionAt(ctx context.Context, t time.Time) (entry.Position, error)
	// Bounds returns the stretch that is retained.
	Bounds() store.Bounds
	// Entries returns how many entries were ever stored behind a position, up to and
	// including another one: as many as there are positions, but for the holes.
	Entries(after, through entry.Position) uint64
	// Epoch returns what cursors of this log carry.
	Epoch() store.Epoch
}

// Sink takes entries in.
type Sink interface {
	// Append returns once the entries are stored.
	Append(ctx context.Context, entries []*entry.Entry) error
}

// Config holds what a stream may cost and how long things may take.
type Config struct {
	// QueueBytes bounds the entries that wait for one live stream.
	QueueBytes int
	// ProgressInterval is how often a stream that asked for notices is told how far it is.
	ProgressInterval time.Duration
	// FirstFilterTimeout is how long a stream may be open before its first filter.
	FirstFilterTimeout time.Duration
	// MaxStreams is how many streams may be open at the same time, and
	// MaxStreamsPerPrincipal how many of them one principal may have. 0 of those: as many
	// as there may be, which also holds for principals without a name.
	MaxStreams, MaxStreamsPerPrincipal int
	// FilterUpdates is how many filters a second a stream takes up, after the first
	// FilterBurst. Those that come faster are overtaken by the newest. 0: no limit.
	FilterUpdates, FilterBurst int
	// Filter are the limits of a filter.
	Filter filter.Limits
	// MaxEntriesPerSecond is how many entries a second a stream is sent, whatever its filter
	// says; what is above it is left out, and told. 0: no limit.
	MaxEntriesPerSecond int
	// MaxAge is how long a stream may last. 0: as long as it likes.
	MaxAge time.Duration
	// IdleTimeout is how long a stream that is live may have nothing to send, and get no
	// filter. 0: as long as it likes.
	IdleTimeout time.Duration
	// Limits is told each time that a limit bites. Nil: nobody is.
	Limits LimitHits
	// CursorSecret seals the cursors of those who may read a part of the log. It must be
	// the same after a restart for them to be able to resume; see [store.Secret].
	CursorSecret []byte
}

// Service implements logger.v1.Logger. Its methods are safe for concurrent use.
type Service struct {
	loggerv1.UnimplementedLoggerServer

	cfg     Config
	hub     *hub.Hub
	history History
	sink    Sink
	metrics *Metrics
	logger  *slog.Logger

	places    places
	drain     chan struct{} // closed by Drain
	drainOnce sync.Once
}

var _ loggerv1.LoggerServer = (*Service)(nil)

// New returns the service over a hub, the history behind it, and a sink for what is
// written. None of them is closed by it.
func New(cfg Config, h *hub.Hub, history History, sink Sink, metrics *Metrics, logger *slog.Logger) *Service {
	return &Service{
		cfg: cfg, hub: h, history: history, sink: sink, metrics: metrics, logger: logger,
		places: newPlaces(cfg.MaxStreams, cfg.MaxStreamsPerPrincipal),
		drain:  make(chan struct{}),
	}
}

// Drain makes every stream, now and later, say goodbye and end with UNAVAILABLE. It does
// not wait for them.
func (s *Service) Drain() { s.drainOnce.Do(func() { close(s.drain) }) }

// Monitor streams what matches the newest filter that the client has sent.
func (s *Service) Monitor(stream grpc.BidiStreamingServer[loggerv1.LogFilter, loggerv1.LogEntry]) error {
	r, err := s.reader(stream.Context())
	if err != nil {
		return err
	}
	filters := newInbox(r, s.cfg.FilterUpdates, s.cfg.FilterBurst)
	// The goroutine that receives is not waited for: Recv returns only when the stream
	// has ended, which is when this handler has returned. It touches nothing but the
	// inbox.
	go filters.receive(stream.Context(), stream.Recv)
	return r.serve(stream, filters, (*outbox).begin)
}

// Tail streams what matches one filter.
func (s *Service) Tail(f *loggerv1.LogFilter, stream grpc.ServerStreamingServer[loggerv1.LogEntry]) error {
	r, err := s.reader(stream.Context())
	if err != nil {
		return err
	}
	filters := newInbox(r, s.cfg.FilterUpdates, s.cfg.FilterBurst)
	filters.put(f)
	// A wrong filter fails the call before it has headers: over HTTP that is a status.
	return r.serve(stream, filters, nil)
}

// serve runs the session of a stream on the goroutine of its handler. begin, if not nil,
// is called before the first filter is waited for.
func (r *reader) serve(stream grpc.ServerStream, filters *inbox, begin func(*outbox) error) (err error) {
	s := r.service
	if limit, err := s.places.take(r.principal.Name); err != nil {
		s.hit(limit)
		return err
	}
	defer s.places.leave(r.principal.Name)
	s.metrics.streams.Inc()
	defer s.metrics.streams.Dec()

	out := newOutbox(stream, r.cursors)
	session := newSession(r, out, filters)
	opened := time.Now()
	defer func() {
		session.close()
		session.audit(stream.Context(), opened, err)
	}()
	if begin != nil {
		if err := begin(out); err != nil {
			return err
		}
	}
	return session.run(stream.Context())
}
