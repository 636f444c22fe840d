// Package feed is what writes logs to a server in the end-to-end tests: log files, the
// OpenTelemetry SDK, and the API itself.
//
// A [Feed] remembers every entry that its sources have written, and [Feed.Check] finds
// them in the log: each once, those of one source in the order in which they were
// written, and with what the source could tell of it.
package feed
