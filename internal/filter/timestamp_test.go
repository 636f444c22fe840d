package filter

import (
	"testing"
	"time"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestTimestamp(t *testing.T) {
	e := &entry.Entry{Timestamp: time.Date(2026, 11, 21, 13, 45, 0, 500, time.UTC).UnixNano()}
	checkSelects(t, e, []selectCase{
		{"timestamp>2026-11-21T13:45:00Z", true},
		{"timestamp>=2026-11-21T13:45:00.0000005Z", true},
		{"timestamp>2026-11-21T13:45:00.0000005Z", false},
		{"timestamp<2026-11-21T13:45:00Z", false},
		{"timestamp<=2026-11-21T13:45:01Z", true},
		{"timestamp=2026-11-21T13:45:00.0000005Z", true},
		{"timestamp=2026-11-21T13:45:00Z", false},
		{"timestamp!=2026-11-21T13:45:00Z", true},
		{"timestamp!=2026-11-21T13:45:00.0000005Z", false},
		{"timestamp=2026-11-21T22:45:00.0000005+09:00", true}, // an instant, not a text
		{`timestamp>"2026-11-21T13:45:00Z"`, true},
		{"timestamp>2026-11-21T13:00:00Z timestamp<2026-11-21T14:00:00Z", true},
		{"timestamp>1969-01-01T00:00:00Z", true},
	})
}
