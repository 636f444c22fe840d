// Package telemetry is what the server says about itself: its log and its metrics.
//
// The log is a slog.Logger that is made once and injected; nothing writes to a global
// one. Metrics live in a registry of ours, which parts are given to register their own:
// names begin with logsieve_, counters end in _total, units are seconds and bytes. Neither
// the log nor the metrics ever hold a log entry or the text of a filter.
//
// gRPC and grpc-gateway log through a global of theirs, which [RedirectGRPC] takes over.
package telemetry
