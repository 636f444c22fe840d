package monitor

// ledger counts what became of every entry that a stream had to do with, so that it can
// be checked at the stream's end that none was lost on the way.
type ledger struct {
	// handed were put into the stream's subscriptions by the hub. Of these, judged were
	// dealt with, and dropped were given up for a new filter or the end of the stream.
	handed, judged, dropped int
	// matched were to be sent. Of these, delivered were handed to the transport, sampled
	// were left out and told as a gap or are about to be, and failed were on their way
	// when the stream broke.
	matched, delivered, sampled, failed int
}

// unaccounted returns how many entries have no place in the ledger. It is 0, or there is
// a mistake in this package or in package hub.
func (l *ledger) unaccounted() int {
	return distance(l.handed, l.judged+l.dropped) + distance(l.matched, l.delivered+l.sampled+l.failed)
}

func distance(a, b int) int { return max(a, b) - min(a, b) }
