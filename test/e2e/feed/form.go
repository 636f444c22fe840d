package feed

import (
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/demo"
)

// form is how an entry was written down, and so what the server can know of it.
type form struct {
	// precision of its time.
	precision time.Duration
	// bare forms have neither attributes nor traces, and the message is the whole line.
	bare bool
	// numbered forms have the severity's number, not only its name.
	numbered bool
}

var (
	exact = form{precision: time.Nanosecond, numbered: true}

	lineForms = map[demo.Format]form{
		demo.JSON:   {precision: time.Nanosecond},
		demo.Logfmt: {precision: time.Millisecond},
		demo.Text:   {precision: time.Microsecond, bare: true},
	}
)

// told is what two entries must agree in.
type told struct {
	Time                                         time.Time
	Severity                                     loggerv1.Severity
	Number                                       int32
	Service, Host, Message, Trace, Span, Missing string
}

// diff returns what an entry of the log says otherwise than it was written.
func (f form) diff(want, got *loggerv1.LogEntry) string {
	w, g := f.told(want), f.told(got)
	if f.bare {
		w.Trace, w.Span = "", ""
		if strings.HasSuffix(got.GetMessage(), want.GetMessage()) {
			g.Message = w.Message
		}
		return cmp.Diff(w, g)
	}
	for key, value := range want.GetAttributes() {
		if have, ok := got.GetAttributes()[key]; !ok || have != value {
			g.Missing = key + "=" + value
		}
	}
	return cmp.Diff(w, g)
}

func (f form) told(e *loggerv1.LogEntry) told {
	t := told{
		Time: e.GetTimestamp().AsTime().Truncate(f.precision), Severity: e.GetSeverity(),
		Service: e.GetService(), Host: e.GetHost(), Message: e.GetMessage(), Trace: e.GetTraceId(), Span: e.GetSpanId(),
	}
	if f.numbered {
		t.Number = e.GetSeverityNumber()
	}
	return t
}
