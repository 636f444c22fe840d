package monitor

import (
	"fmt"

	"google.golang.org/protobuf/types/known/durationpb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/fault"
)

// plain returns a notice that is sent only to those who asked for notices.
func plain(n *loggerv1.Notice) *loggerv1.LogEntry { return &loggerv1.LogEntry{Notice: n} }

// spoken returns a notice that everybody gets, with a sentence for a client that knows
// nothing of notices.
func spoken(n *loggerv1.Notice, severity entry.Severity, sentence string) *loggerv1.LogEntry {
	return &loggerv1.LogEntry{
		Notice: n, Service: fault.Domain, Message: sentence,
		Severity: severity.Group(), SeverityNumber: int32(severity),
	}
}

func (s *session) cursor(p entry.Position) string { return s.reader.cursors.Mark(p) }

func (s *session) sendApplied() error {
	cursor := s.cursor(s.reached)
	return s.out.notice(plain(&loggerv1.Notice{Kind: &loggerv1.Notice_Applied{Applied: &loggerv1.Applied{
		Revision: s.revision, Cursor: cursor, Query: s.query,
	}}}), cursor)
}

func (s *session) sendCaughtUp() error {
	cursor := s.cursor(s.reached)
	return s.out.notice(plain(&loggerv1.Notice{Kind: &loggerv1.Notice_CaughtUp{CaughtUp: &loggerv1.CaughtUp{
		Revision: s.revision, Cursor: cursor,
	}}}), cursor)
}

func (s *session) sendProgress() error {
	cursor, head := s.cursor(s.reached), max(s.service.hub.Head(), s.reached)
	return s.out.notice(plain(&loggerv1.Notice{Kind: &loggerv1.Notice_Progress{Progress: &loggerv1.Progress{
		Cursor: cursor, Scanned: s.reader.count(s.scanned), Matched: uint64(s.ledger.matched), //nolint:gosec // G115: a count.
		Behind: s.reader.count(s.between(s.reached, head)), HeadCursor: s.cursor(head), Revision: s.revision,
	}}}), cursor)
}

func (s *session) sendRejected(revision uint32, err error) error {
	p, known := fault.Describe(err)
	if !known {
		s.service.logger.Error("a filter could not be applied", "error", err)
	}
	s.service.metrics.rejected.Inc()
	sentence := fmt.Sprintf("filter %d was refused, the one before it stays in force: %s", revision, p.Error())
	return s.out.notice(spoken(&loggerv1.Notice{Kind: &loggerv1.Notice_Rejected{
		Rejected: p.Rejected(revision),
	}}, entry.Warn, sentence), "")
}

// sendLogGap tells of a gap of which it is known how many entries the log held there,
// whoever may read them.
func (s *session) sendLogGap(from, to entry.Position, entries uint64, reason loggerv1.GapReason) error {
	return s.sendGap(from, to, s.reader.count(entries), reason)
}

// sendGap tells that entries behind one position, up to and including another, are
// missing; 0 entries is an unknown number.
func (s *session) sendGap(from, to entry.Position, entries uint64, reason loggerv1.GapReason) error {
	cursor := s.cursor(to)
	sentence := fmt.Sprintf("%d entries are missing here: %s", entries, gapSentences[reason])
	if entries == 0 {
		sentence = "entries may be missing here: " + gapSentences[reason]
	}
	return s.out.notice(spoken(&loggerv1.Notice{Kind: &loggerv1.Notice_Gap{Gap: &loggerv1.Gap{
		FromCursor: s.cursor(from), ToCursor: cursor, Entries: entries, Reason: reason,
	}}}, entry.Warn, sentence), cursor)
}

var gapSentences = map[loggerv1.GapReason]string{
	loggerv1.GapReason_RETENTION:       "retention removed them before this stream could read them",
	loggerv1.GapReason_RATE_LIMIT:      "more matched than max_entries_per_second allows",
	loggerv1.GapReason_SKIPPED_TO_LIVE: "this stream was too slow and skipped to live",
	loggerv1.GapReason_DAMAGE:          "they are damaged on the server's disk",
}

func (s *session) sendGoodbye(e *ending) error {
	cursor := s.cursor(s.reached)
	return s.out.notice(spoken(&loggerv1.Notice{Kind: &loggerv1.Notice_Goodbye{Goodbye: &loggerv1.Goodbye{
		Reason: e.reason, Cursor: cursor, RetryAfter: durationpb.New(e.problem.RetryAfter),
	}}}, entry.Info, e.problem.Message+": resume from the cursor of this notice"), cursor)
}
