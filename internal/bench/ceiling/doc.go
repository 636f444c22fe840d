// Package ceiling serves the messages of a log stream with nothing behind them: what the
// same libraries cost on the same machine if a server does nothing but send. It takes the
// same clients as logsieve does, so that what a ratio compares differs in the server
// alone.
//
// A client asks for what it wants with a LogFilter: last is how many messages, and
// max_entries_per_second at which pace; 0 is as fast as they are taken. The query says
// how, see the constants. After the last message the stream ends.
package ceiling
