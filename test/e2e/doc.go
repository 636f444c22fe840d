// Package e2e holds the end-to-end tests: the built binary, run as its users run it, with
// real peers on both sides and nothing faked in between.
//
// Logs come in from log files that are followed, from the OpenTelemetry SDK, and through
// the API (package feed). They are watched by the Go client, ws and grpc-js on Node.js,
// curl and an EventSource (package watch), which replace their filters while the log
// grows. What each has received is checked, entry by entry, against the log itself
// (package history).
//
// The tests need Go, Node.js with npm, and curl. Every wait is for a condition and has a
// deadline.
package e2e
