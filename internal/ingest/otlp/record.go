package otlp

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/wire"
)

// recordReader reads one LogRecord.
type recordReader struct {
	entry        *entry.Entry
	list         attributeList
	severityText string
	eventName    string
	dropped      uint64
	trace, span  []byte
}

// Field numbers of LogRecord.
const (
	fieldTime              = 1
	fieldSeverityNumber    = 2
	fieldSeverityText      = 3
	fieldBody              = 5
	fieldAttributes        = 6
	fieldDroppedAttributes = 7
	fieldTraceID           = 9
	fieldSpanID            = 10
	fieldObservedTime      = 11
	fieldEventName         = 12
)

func (r *recordReader) read(data []byte) error {
	fields := wire.Fields{Data: data}
	for fields.Next() {
		if err := r.field(&fields); err != nil {
			return err
		}
	}
	return fields.Err()
}

func (r *recordReader) field(f *wire.Fields) (err error) {
	switch f.Number {
	case fieldTime:
		r.entry.Timestamp, err = nanoseconds("time_unix_nano", f.Value)
	case fieldObservedTime:
		r.entry.Observed, err = nanoseconds("observed_time_unix_nano", f.Value)
	case fieldSeverityNumber:
		if f.Value > uint64(entry.MaxSeverity) {
			return fmt.Errorf("severity_number %d is out of range: send 1 (TRACE) to 24 (FATAL4), or 0", int64(f.Value)) //nolint:gosec // G115: protobuf's own form of an enum.
		}
		r.entry.Severity = entry.Severity(f.Value)
	case fieldSeverityText:
		r.severityText = wire.Text(f.Bytes())
	case fieldBody:
		r.entry.Message, err = bodyText(f.Bytes())
	case fieldAttributes:
		err = r.list.keyValue(f.Bytes(), "", 0)
	case fieldDroppedAttributes:
		r.dropped = f.Value
	case fieldTraceID:
		r.trace = f.Bytes()
	case fieldSpanID:
		r.span = f.Bytes()
	case fieldEventName:
		r.eventName = wire.Text(f.Bytes())
	}
	return err
}

// Attributes that have no field in an entry.
const (
	keySeverityText = "severity_text"
	keyEventName    = "event.name"
	// keyDropped is the name that OpenTelemetry gives to its count of attributes that the
	// sender left out, in formats that have no field for it.
	keyDropped = "otel.dropped_attributes_count"
)

// finish completes the entry with what is known of the whole record.
func (r *recordReader) finish(common *shared) error {
	e := r.entry
	if err := r.ids(); err != nil {
		return err
	}
	attributes := r.list.attributes
	add := func(key, value string) {
		attributes = append(attributes, entry.Attribute{Key: key, Value: value})
	}
	if r.severityText != "" && e.Severity == 0 {
		severity, ok := entry.ParseSeverity(r.severityText)
		if e.Severity = severity; !ok {
			add(keySeverityText, r.severityText)
		}
	}
	if r.eventName != "" {
		add(keyEventName, r.eventName)
	}
	if r.dropped > 0 {
		add(keyDropped, strconv.FormatUint(r.dropped, 10))
	}
	if dropped := r.list.dropped + common.dropped; dropped > 0 {
		add(ingest.KeyDroppedAttributes, strconv.Itoa(dropped))
	}
	e.Service, e.Host = common.service, common.host
	// The record's own come first, since the first of a name stays.
	if attributes = append(attributes, common.attributes...); len(attributes) > 0 {
		e.Attributes = entry.SortAttributes(attributes)
	}
	return nil
}

const traceBytes, spanBytes = 16, 8

// ids reads trace and span, which are of the right length or absent. All zeros means
// absent too.
func (r *recordReader) ids() error {
	if len(r.trace) != 0 && len(r.trace) != traceBytes || len(r.span) != 0 && len(r.span) != spanBytes {
		return fmt.Errorf("trace_id has %d bytes and span_id %d: send 16 and 8, or none", len(r.trace), len(r.span))
	}
	var digits [2 * (traceBytes + spanBytes)]byte
	n := hex.Encode(digits[:], r.trace)
	n += hex.Encode(digits[n:], r.span)
	if n == 0 {
		return nil
	}
	both := string(digits[:n]) // One piece of memory for both.
	if !allZero(r.trace) {
		r.entry.TraceID = both[:2*len(r.trace)]
	}
	if !allZero(r.span) {
		r.entry.SpanID = both[2*len(r.trace):]
	}
	return nil
}

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
