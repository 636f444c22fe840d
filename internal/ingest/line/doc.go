// Package line makes a log entry of a line of text.
//
// [Parser.Parse] never fails and never drops a line: what is neither a JSON object nor
// logfmt is plain text, and its message is the whole line.
//
// # JSON and logfmt
//
// Level, time, message, service, host, trace and span are recognised under the names
// that common loggers use (zap, zerolog, logrus, slog, pino, bunyan, winston, log4j,
// logback, serilog, python-json-logger, ECS, Google Cloud, journald), written in any case
// and with or without _, - and @. What is recognised leaves the attributes; everything
// else becomes one: nested objects are flattened, their names joined with dots, an array
// stays the JSON text that it was, and null is left out. A line without a message has
// the whole line as its message, so that a search for a text still finds it. An object
// named attributes is taken for that of OpenTelemetry and of our own entries: its members
// are attributes under their own names.
//
// A line is logfmt only if all of it is key=value, at least two of them: prose that
// mentions a=b stays prose.
//
// # Plain text
//
// A time is looked for where lines begin, a severity in the few fields behind it and
// before the sentence: ERROR, [error], E0102, <3>, W/, " D ", error:, and last level=… in
// any place. The word "error" inside a sentence is not a severity. Service and host are
// taken from what syslog daemons write: a time, a host, a tag and a colon.
//
// # Time
//
// A time without a zone is in [Parser].Location. A time without a year is in the year
// that puts it nearest before now, give or take a day for clocks that differ. A time of
// day alone is no time: the entry then has none.
package line
