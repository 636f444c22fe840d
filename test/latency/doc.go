// Package latency measures how long it takes from writing an entry to receiving it, over
// gRPC and over a WebSocket, beside a bare gRPC ping-pong in the same minute on the same
// machine: an absolute time says little where the machine is shared.
//
//	go test ./test/latency -run Latency -v -count 1 -args -each 20s
//
// Without the flag it measures for a moment only, as a test that every entry arrives.
package latency
