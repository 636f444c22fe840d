// Package index matches an entry against very many standing filters at once, at a cost
// that grows with the filters that may match it and not with those that there are.
//
// A [Set] says of each entry exactly what evaluating every filter alone would say. To
// match an entry allocates nothing, but for the rare filter that is filed anew, and keeps
// nothing of it. A filter is added or removed in place, in microseconds, with no rebuild
// at any time. A Set is not safe for concurrent use: whoever owns it has a lock, and a
// change takes effect between two entries and nowhere else. It takes about 200 bytes a
// subscriber, and 128 KiB for what it learns of the traffic.
//
// How it works:
//
//   - Filters with the same canonical text are one group, judged once an entry.
//   - Each group is filed under an anchor: atoms (see [filter.Atom]) of which one must
//     hold for the filter to be true. Of an "all" that is the part whose atoms are rarest
//     in the traffic that was sampled, of an "any" the atoms of all parts. What an entry
//     does not have, no group filed under it is looked at for.
//   - Atoms are looked up, not tried: texts and prefixes in hash tables, texts contained
//     by a hashed gram of theirs in one pass over the folded text, numbers and times in
//     sorted bounds of which only the satisfied side is walked.
//   - A list of groups is sorted by the lowest severity that they want, and a walk ends
//     at the first that wants more than the entry has. Most of what people watch is a
//     service from some severity on, and is never looked at for the usual entry.
//   - What the anchor and the severity leave open of a filter is its rest: a small
//     program over predicates that all groups share, each judged at most once an entry.
//     The texts that it asks for in the message, and those that its regular expressions
//     require, are looked for in the same pass as all others: to ask is to look at a
//     number, and an expression runs only where it can match.
//   - The expressions of strangers can be made to take a tenth of a second an entry. Work
//     is bounded ([Set.Allow]): beyond that nothing is run, and a filter that could not be
//     decided is handed out as one that may match, for its subscriber to decide at its own
//     cost.
//   - Where filters and texts are best filed depends on the traffic. One entry of 64 is
//     sampled; what is looked at in vain is filed anew.
//   - Groups with no anchor (only negations, only a severity, or an expression that
//     requires no text) are in one list, which is walked for every entry. Its length is
//     that of different filters of this kind.
//   - A Set of a few filters evaluates each alone, which is faster.
//
// Rejected: an automaton over all filters (Aho-Corasick for the texts) scans twice as
// fast and takes ten times the memory, and half a second to rebuild at 100,000 filters,
// while filters here change with every key that somebody types. Counting satisfied
// predicates per filter pays for each predicate that is true, and the commonest are
// true of most entries.
package index
