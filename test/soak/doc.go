// Package soak breaks things while logs flow, and holds what every writer and every
// subscriber saw against the log: nothing missed, nothing twice, nothing out of order.
//
// The faults are real: a process that is killed, a disk that is full, a connection that
// is reset. Each test ends with the checker of package history. As they stand the tests are
// short; with -soak they run for as long as the figures in docs/guarantees.md say, which
// -soak.report then replaces by those that were measured.
package soak
