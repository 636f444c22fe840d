package index

// Stats counts what a [Set] does. Unlike times, the counts are the same on every
// machine: tests hold the index to them.
type Stats struct {
	// Entries were matched.
	Entries uint64
	// Candidates are the groups that were looked at: their anchor held, and they want the
	// entry's severity.
	Candidates uint64
	// Groups are the candidates that matched.
	Groups uint64
	// Compared are the texts that were compared since their gram occurred.
	Compared uint64
	// Regexes are the regular expressions that were run. Those of a Set so small that it
	// evaluates every filter alone are not counted.
	Regexes uint64
	// Deferred are the regular expressions that were not run since no more work was allowed,
	// once an entry each. The same Sets are left out.
	Deferred uint64
}
