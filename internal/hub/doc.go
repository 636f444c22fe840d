// Package hub is where the log becomes live: it follows the store, keeps the recent
// entries in a ring, and hands each new entry to the streams whose filters match it.
//
// A stream is in one of two states. It is live: the hub puts what matches into its
// [Subscription], and the stream takes it from there. Or it is behind: it reads the log
// from its position on with [Hub.Read], out of the ring or the store, and judges the
// entries itself, until [Hub.Join] makes it live. Replay, a slow reader, a changed
// filter and a resumed stream are this one mechanism.
//
// What holds:
//
//   - One goroutine publishes. Publishing never blocks and never waits for a reader: a
//     subscription that is full is marked as behind and gets nothing more.
//   - What a regular expression costs is bounded for all others: an entry that cannot be
//     judged at little cost is put into the subscription undecided, and its stream asks
//     [Hub.Selects].
//   - Joining is exact: a stream that joins behind position p gets every entry behind p
//     once, as the backlog that Join returns or through its subscription.
//   - What a subscription holds is bounded by its budget; what the ring holds, by the
//     ring's limits.
//
// Lock order: Hub.mu, then Subscription.mu. Neither is held while anything is sent,
// read from the store, or waited for.
package hub
