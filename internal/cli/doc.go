// Package cli is the command line of logsieve: the subcommands, what they print, and the
// code with which they exit.
//
// Entries and other data go to standard output, everything else to standard error, so that
// a pipe carries data alone. Text of log entries is made harmless before it is printed for
// people: an entry cannot move the cursor, change colours, or pass for another line. What
// reads standard output may go away at any time; that is a quiet end.
package cli
