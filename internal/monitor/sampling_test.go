package monitor_test

import (
	"testing"
	"time"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// A progress notice says that everything up to its cursor was sent or told: a client that
// resumes from there would otherwise never hear of what was left out.
func TestProgressComesBehindWhatWasLeftOut(t *testing.T) {
	s := start(t, func(c *setup) { c.monitor.ProgressInterval = 20 * time.Millisecond })
	m := s.monitor(&loggerv1.LogFilter{MaxEntriesPerSecond: 1, Notices: true})
	m.live(1)
	const written = 50
	s.write(written)
	for sent, told := uint64(0), uint64(0); sent+told < written; {
		e := m.next()
		switch kind := e.GetNotice().GetKind().(type) {
		case nil:
			sent++
		case *loggerv1.Notice_Gap:
			told += kind.Gap.GetEntries()
		case *loggerv1.Notice_Progress:
			if p := kind.Progress; p.GetScanned() != sent+told {
				t.Fatalf("progress was told behind %d entries, when %d were sent and %d told as left out", p.GetScanned(), sent, told)
			}
		}
	}
}
