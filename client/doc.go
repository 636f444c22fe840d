// Package client is the Go client of logsieve: it watches a live log through filters
// that are replaced while the stream runs, and reads and writes entries.
//
// A [Client] is one connection that any number of goroutines and streams share. A
// [Stream], opened with [Client.Monitor], has Send, Recv and Close, each of which may be
// called from any goroutine at any time. What a stream guarantees:
//
//   - Order. Recv returns entries in the order of the log, and a filter's revision counts
//     the calls of Send: 1, 2, 3, …
//   - Nothing twice, nothing lost. Every entry that matches is returned once or lies in
//     the range of a gap notice, also across reconnects.
//   - Concurrency. Never two SendMsg nor two RecvMsg of one gRPC stream run at the same
//     time; a SendMsg and a RecvMsg do. Send does not wait for Recv, nor Recv for Send.
//   - Back-pressure. A stream holds no entries of its own: what is not asked for with Recv
//     stays with the transport and, beyond its window, with the server, which keeps its
//     place in the log.
//   - Goroutines. A stream has none of its own; it works while its methods are called. Once
//     its context is cancelled, it has ended, or Close has returned, it holds nothing.
//
// # Reconnecting
//
// A transient fault is not seen by the caller: UNAVAILABLE, ABORTED, RESOURCE_EXHAUSTED
// with a time to come back, a broken connection, or a server that says goodbye because it
// is stopped, the stream has become too old, or its credential has expired or was replaced
// (once: a token that is refused at the beginning of a stream ends it). Recv opens the stream again, with
// exponential back-off and full jitter, sends the filter that was in force with the last
// cursor, then the newest one if that was not answered yet, and returns the next entry.
// All other errors end the stream and are returned.
//
// To know where it stands although no entry has matched yet, a stream always asks the
// server for the notices applied, caught_up and progress. Those that the caller has not
// asked for with LogFilter.notices are not returned; they cost one small message every few
// seconds. With [WithReconnect](false) a filter is sent as it is and every message of the
// server is returned as it comes.
//
// The end of a stream is lasting: whatever Recv returned as an error, it returns again.
package client
