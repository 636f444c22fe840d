// Package history checks what a client of a stream was sent against the log itself.
//
// A [Log] is the reference: every entry that the server holds, in its order. A [Stream]
// is what one client has sent and received on one stream. [Check] plays the stream and
// returns every [Breach] of what a Monitor stream promises: from where a filter holds,
// which the applied notice says, every entry that it selects is received once, in the
// order of the log, as it is in the log, and under that filter's revision.
//
// Whether an entry is selected is decided by package filter, on the entry of the log.
// Where entries are owed is taken from the notices: a stream that asks for them owes, at
// an applied, caught_up, progress or goodbye, everything up to its cursor. So a checked
// stream must ask for notices in every filter.
package history
