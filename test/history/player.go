package history

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// player plays streams against the log, message by message.
type player struct {
	log     *Log
	options Options
	result  Result

	index    int // of the stream
	stream   *Stream
	answered map[uint32]bool // filters that were applied or rejected
	goodbye  bool            // the server has said it

	// The filter in force; revision 0 while none is.
	revision uint32
	matcher  *filter.Matcher
	first    int    // index of the first entry that it judges
	last     uint32 // how many entries it asked for at the end of the log, 0 if it did not

	// next is the index of the first entry of the log that was not judged yet.
	next int
	// owed are entries that were passed over although they match. One that comes later is
	// out of order; one that does not come is missing.
	owed map[int]bool
	// delivered are the entries that were received since the stream last began anew.
	delivered map[int]bool
}

// begin turns to another stream.
func (p *player) begin(index int, s *Stream) {
	p.index, p.stream, p.answered = index, s, map[uint32]bool{}
	p.revision, p.goodbye = 0, false
	if !s.Resumed {
		p.settle()
		p.matcher, p.delivered = nil, map[int]bool{}
	}
}

func (p *player) breach(kind error, format string, args ...any) {
	p.result.Breaches = append(p.result.Breaches, &Breach{
		Kind: kind, Stream: p.index, Revision: p.revision, Detail: fmt.Sprintf(format, args...),
	})
}

// entry judges an entry that was received.
func (p *player) entry(m *loggerv1.LogEntry) {
	p.result.Entries++
	at, err := parsePlace(m.GetCursor())
	if err != nil {
		p.breach(ErrChanged, "%v: %v", err, m)
		return
	}
	i, found := p.log.at(at)
	if !found || !p.log.records[i].same(m) {
		p.breach(ErrChanged, "%v", m)
	}
	if found && p.inForce(m.GetFilterRevision()) {
		p.judge(i)
	}
}

// judge judges the entry with this index, received under the filter in force.
func (p *player) judge(i int) {
	switch {
	case p.delivered[i]:
		p.breach(ErrTwice, "%s", p.tell(i))
		return
	case i < p.next:
		p.breach(ErrOrder, "%s came behind %s", p.tell(i), p.tell(p.next-1))
		delete(p.owed, i)
	default:
		p.pass(i)
		p.next = i + 1
	}
	p.delivered[i] = true
	if !p.matcher.Match(p.log.records[i].entry) {
		p.breach(ErrNotMatching, "%s under %q", p.tell(i), p.matcher.Canonical())
	}
}

// inForce tells whether a message is of the filter in force.
func (p *player) inForce(revision uint32) bool {
	if revision == p.revision && revision != 0 {
		return true
	}
	p.breach(ErrRevision, "a message of revision %d came", revision)
	return false
}

// pass passes over the entries before an index: those that match are owed.
func (p *player) pass(before int) {
	for ; p.next < before; p.next++ {
		if p.matcher.Match(p.log.records[p.next].entry) {
			p.owed[p.next] = true
		}
	}
}

// owe demands what is owed up to a cursor.
func (p *player) owe(cursor string) {
	at, err := parsePlace(cursor)
	switch {
	case err != nil:
		p.breach(ErrBegin, "a notice has a cursor that is none: %v", err)
	case p.matcher == nil:
		p.breach(ErrRevision, "a notice came before a filter was applied")
	default:
		p.pass(p.log.behind(at))
	}
	p.settle()
}

// settle makes missing what is still owed.
func (p *player) settle() {
	for _, i := range slices.Sorted(maps.Keys(p.owed)) {
		p.breach(ErrMissing, "%s, which %q selects", p.tell(i), p.matcher.Canonical())
	}
	p.owed = map[int]bool{}
}

// tell names an entry in a sentence.
func (p *player) tell(i int) string {
	const most = 80
	m := p.log.records[i].message
	text := m.GetMessage()
	return fmt.Sprintf("entry %d of the log (%s, %s, %q)", i, m.GetCursor(), cmp.Or(m.GetService(), "no service"), text[:min(len(text), most)])
}
