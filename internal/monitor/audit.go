package monitor

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"google.golang.org/grpc/peer"

	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// audit writes the one line that a stream leaves in the server's log: who read how much,
// from where, for how long, and why that ended. What was looked for is not in it; see
// auditFilter. A stream that never had a filter has read nothing, and is told at debug alone:
// a flood of streams that are reset as soon as they are open would fill the log.
func (s *session) audit(ctx context.Context, opened time.Time, err error) {
	level := slog.LevelInfo
	if s.revision == 0 {
		level = slog.LevelDebug
	}
	s.service.logger.LogAttrs(ctx, level, "a stream ended",
		slog.String("principal", s.reader.name()), slog.String("peer", peerOf(ctx)),
		slog.Duration("lasted", time.Since(opened).Round(time.Millisecond)),
		slog.Int("entries", s.ledger.delivered), slog.Uint64("filters", uint64(s.revision)),
		slog.String("ended", endName(err)))
}

// auditFilter writes what a stream reads from now on, with the scope. At debug alone: the
// values in a filter may be somebody's secrets.
func (s *session) auditFilter(ctx context.Context) {
	s.service.logger.LogAttrs(ctx, slog.LevelDebug, "a filter is in force",
		slog.String("principal", s.reader.name()), slog.String("peer", peerOf(ctx)),
		slog.Uint64("revision", uint64(s.revision)), slog.String("filter", s.matcher.Canonical()))
}

// name returns what the server's log calls the reader.
func (r *reader) name() string { return cmp.Or(r.principal.Name, "anonymous") }

// peerOf returns the address that a call comes from.
func peerOf(ctx context.Context) string {
	if p, ok := peer.FromContext(ctx); ok && p.Addr != nil {
		return p.Addr.String()
	}
	return "unknown"
}

// endName returns the reason of an error, as callers are told it.
func endName(err error) string {
	if err == nil {
		return "OK"
	}
	p, _ := fault.Describe(err)
	return p.Reason
}
