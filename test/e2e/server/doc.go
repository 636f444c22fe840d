// Package server builds the logsieve binary and runs it as its users do: as a process,
// with a configuration file, stopped by signals.
//
// A [Server] that is started by a test ends with it at the latest. What it writes to
// standard error is kept; a data race or a panic that is found there fails the test.
package server
