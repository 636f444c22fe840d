package history

import (
	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/filter"
)

// applied puts a filter in force.
func (p *player) applied(a *loggerv1.Applied) {
	p.result.Applied++
	f, ok := p.answer(a.GetRevision())
	if !ok {
		return
	}
	matcher, err := filter.Compile(f)
	if err != nil {
		p.breach(ErrRevision, "filter %d was applied although it is wrong: %v", a.GetRevision(), err)
		return
	}
	if a.GetQuery() != matcher.Canonical() {
		p.breach(ErrRevision, "filter %d was applied as %q, not as %q", a.GetRevision(), a.GetQuery(), matcher.Canonical())
	}
	at, err := parsePlace(a.GetCursor())
	if err != nil {
		p.breach(ErrBegin, "filter %d was applied at a cursor that is none: %v", a.GetRevision(), err)
		return
	}
	begin := p.beginOf(a.GetRevision())
	p.seek(at, begin)
	p.revision, p.matcher, p.last = a.GetRevision(), matcher, 0
	if last, ok := begin.(*loggerv1.LogFilter_Last); ok {
		p.last = last.Last
	}
	p.first = p.next
}

// seek moves to where a filter came into force. What the filter before it owed up to
// there was due, unless the new one asked to begin elsewhere.
func (p *player) seek(at place, begin any) {
	index := p.log.behind(at)
	cursor, asked := begin.(*loggerv1.LogFilter_AfterCursor)
	if asked && cursor.AfterCursor != at.text {
		p.breach(ErrBegin, "the filter asked for %s and begins at %s", cursor.AfterCursor, at.text)
	}
	goesOn := p.revision == 0 && p.stream.Resumed || p.revision != 0 && begin == nil
	switch {
	case !goesOn || p.matcher == nil:
		p.settle()
		p.delivered = map[int]bool{}
	case index < p.next:
		p.settle()
		p.breach(ErrBegin, "the filter begins at %s, although %s was judged already", at.text, p.tell(p.next-1))
	default:
		p.pass(index)
		p.settle()
	}
	p.next = index
}

// beginOf returns where a filter asked to begin, nil if it goes on where the stream is. A
// filter that says nothing takes over what the filters that it overtook had asked for.
func (p *player) beginOf(revision uint32) any {
	overtaken := map[uint32]bool{}
	for _, m := range p.stream.Received {
		if r, ok := superseded(m); ok {
			overtaken[r] = true
		}
	}
	for r := revision; r > 0; r-- {
		if r != revision && !overtaken[r] {
			break
		}
		if begin := p.stream.Sent[r-1].GetBegin(); begin != nil {
			return begin
		}
	}
	return nil
}

// answer notes the answer to a filter and returns the filter.
func (p *player) answer(revision uint32) (*loggerv1.LogFilter, bool) {
	switch {
	case revision == 0 || int(revision) > len(p.stream.Sent):
		p.breach(ErrRevision, "filter %d was answered and never sent", revision)
		return nil, false
	case p.answered[revision]:
		p.breach(ErrRevision, "filter %d was answered twice", revision)
		return nil, false
	}
	p.answered[revision] = true
	return p.stream.Sent[revision-1], true
}

// rejected notes that a filter was refused.
func (p *player) rejected(r *loggerv1.Rejected) {
	f, ok := p.answer(r.GetRevision())
	if !ok {
		return
	}
	if r.GetReason() == "SUPERSEDED" {
		p.result.Superseded++
		if int(r.GetRevision()) == len(p.stream.Sent) {
			p.breach(ErrRevision, "filter %d was overtaken, though none is newer", r.GetRevision())
		}
		return
	}
	p.result.Refused++
	if f == nil || f.GetBegin() != nil {
		return
	}
	if _, err := filter.Compile(f); err == nil {
		p.breach(ErrRevision, "filter %d was refused although nothing is wrong with it: %s", r.GetRevision(), r.GetMessage())
	}
}

// caughtUp demands all that was replayed, and that it was enough.
func (p *player) caughtUp(c *loggerv1.CaughtUp) {
	if !p.inForce(c.GetRevision()) {
		return
	}
	p.owe(c.GetCursor())
	if p.last == 0 {
		return
	}
	// How far the log went when the filter was applied is not known; by now it goes at
	// least as far.
	if got := p.count(p.first, p.next); got < p.last && p.count(0, p.first) > 0 {
		p.breach(ErrBegin, "the last %d entries were asked for, %d came, and there are more before them", p.last, got)
	}
}

// count returns how many entries of a range of the log match.
func (p *player) count(from, to int) (n uint32) {
	for i := from; i < to; i++ {
		if p.matcher.Match(p.log.records[i].entry) {
			n++
		}
	}
	return n
}

// gap passes over entries that were left out.
func (p *player) gap(g *loggerv1.Gap) {
	p.result.Gaps++
	from, errFrom := parsePlace(g.GetFromCursor())
	to, errTo := parsePlace(g.GetToCursor())
	switch {
	case errTo != nil || errFrom != nil && g.GetFromCursor() != "":
		p.breach(ErrGap, "its cursors are none: %v", g)
		return
	case p.matcher == nil:
		p.breach(ErrRevision, "a gap came before a filter was applied")
		return
	case !p.options.Gaps:
		p.breach(ErrGap, "%v", g)
	}
	begin := 0
	if errFrom == nil {
		begin = p.log.behind(from)
	}
	end := p.log.behind(to)
	if begin > end {
		p.breach(ErrGap, "it ends before it begins: %v", g)
		return
	}
	// What the filter passed over before the gap is owed as ever.
	p.pass(begin)
	for i := begin; i < min(p.next, end); i++ {
		if p.delivered[i] {
			p.breach(ErrGap, "%s is told as missing, and came", p.tell(i))
		}
		delete(p.owed, i)
	}
	p.countGap(g, begin, end)
	p.next = max(p.next, end)
}

// countGap checks how many entries a gap says that it left out.
func (p *player) countGap(g *loggerv1.Gap, begin, end int) {
	missing, what := uint64(end-begin), "are" //nolint:gosec // G115: begin is not behind end.
	if g.GetReason() == loggerv1.GapReason_RATE_LIMIT {
		missing, what = uint64(p.count(begin, end)), "match"
	}
	if missing != g.GetEntries() {
		p.breach(ErrGap, "%d entries are told (%v), %d %s there", g.GetEntries(), g.GetReason(), missing, what)
	}
}
