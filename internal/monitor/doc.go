// Package monitor is the Logger service: the session of one stream, and the calls that
// write and list entries.
//
// What a stream promises:
//
//  1. Order: entries come in the order of the log; within a revision cursors only
//     increase.
//  2. Completeness: from the position where it begins, every retained entry that matches
//     is delivered once, or lies in the range of a gap notice. There is no third case.
//  3. Swap: after the notice that revision n is applied, no entry of an older revision
//     follows. A filter change is a seek to the position reached, with a new predicate:
//     what was queued under the old filter and not sent is dropped and judged again.
//  4. Latest wins: a filter that a newer one overtakes before it was applied is answered
//     with a rejected notice, reason SUPERSEDED. Where it said where to begin and the
//     newer one does not, the newer one begins there.
//     A filter that is being searched for ("the last N that match") counts as not applied.
//  5. A client that stops reading costs at most the stream's queue, and slows neither
//     ingest nor any other stream.
//  6. End: after a half-close the stream delivers what the log held at that moment and
//     ends with OK. A cancelled call ends at once. When the server is drained, the stream
//     says goodbye, with a cursor to resume from, and ends with UNAVAILABLE; when its
//     credential ends, with UNAUTHENTICATED, and not one entry more is sent.
//  7. One goroutine sends and one receives; no other goroutine touches the stream. The
//     one that sends is the handler's own.
//
// What a principal may read, its scope, is ANDed first into every filter, here and in the
// calls that list, and is never shown. Whoever may read a part of the log learns nothing of
// the rest:
//
//   - What the whole log holds in some stretch is not counted for them: such a number is 0.
//     What they are told is counted over what they may read.
//   - Their cursors are sealed, for readers of the same alone: see [store.Cursors].
//   - What remains is time: that a listing takes longer where others have written much.
//
// A call without a principal is refused: it has come in by a way that asks nobody.
package monitor
