// Package tui is the full-screen terminal of logsieve: a live log with the filter under it,
// which is edited while the entries flow. See [Run].
//
// What holds:
//
//   - Nothing is lost. What the screen cannot take stays with the server, which keeps the
//     stream's place in the log: entries come in batches, one a frame at most, and only as
//     many as there is room for. A screen that is held still for long stops taking.
//   - Memory is bounded: 10,000 rows, or 64 MiB of them, whichever is reached first, and
//     512 entries on their way. The oldest rows go first, but none that is being looked at.
//   - A mistake in the filter changes nothing but the line that tells of it.
//   - Text of entries does nothing to the terminal: see package termtext.
//   - The terminal is left as it was found, also after a panic or a signal that ends the
//     context.
//
// Goroutines: the program's, which alone touches the model, and those of the session, which
// receive, pace, send filters and ask for fields. All have ended when Run returns.
package tui
