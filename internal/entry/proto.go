package entry

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// FromProto returns the entry that a writer sent. Its error says what is wrong with the
// entry and what would be right. The fields that the server sets are ignored.
func FromProto(p *loggerv1.LogEntry) (*Entry, error) {
	if p == nil {
		return nil, errors.New("the entry is null: leave it out")
	}
	e := &Entry{Service: p.GetService(), Host: p.GetHost(), Message: p.GetMessage()}
	var errs [5]error
	e.Timestamp, errs[0] = nanos("timestamp", p.GetTimestamp())
	e.Observed, errs[1] = nanos("observed_timestamp", p.GetObservedTimestamp())
	e.Severity, errs[2] = severity(p)
	e.TraceID, errs[3] = hexID("trace_id", p.GetTraceId(), 32)
	e.SpanID, errs[4] = hexID("span_id", p.GetSpanId(), 16)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	if n := len(p.GetAttributes()); n > 0 {
		e.Attributes = make([]Attribute, 0, n)
		for k, v := range p.GetAttributes() {
			e.Attributes = append(e.Attributes, Attribute{k, v})
		}
		e.Attributes = SortAttributes(e.Attributes)
	}
	return e, nil
}

// ToProto returns the entry as a message of the contract with this cursor.
func (e *Entry) ToProto(cursor string) *loggerv1.LogEntry {
	p := &loggerv1.LogEntry{
		Cursor:            cursor,
		Timestamp:         timestamp(e.Timestamp),
		ObservedTimestamp: timestamp(e.Observed),
		Severity:          e.Severity.Group(),
		SeverityNumber:    int32(e.Severity),
		Service:           e.Service,
		Host:              e.Host,
		Message:           e.Message,
		TraceId:           e.TraceID,
		SpanId:            e.SpanID,
	}
	if len(e.Attributes) > 0 {
		p.Attributes = make(map[string]string, len(e.Attributes))
		for _, a := range e.Attributes {
			p.Attributes[a.Key] = a.Value
		}
	}
	return p
}

func timestamp(ns int64) *timestamppb.Timestamp {
	if ns == 0 {
		return nil
	}
	seconds, nanos := splitNanos(ns)
	return &timestamppb.Timestamp{Seconds: seconds, Nanos: int32(nanos)} //nolint:gosec // G115: below 1e9.
}

// nanos returns a time as nanoseconds since 1970, which hold the years 1678 to 2262.
func nanos(field string, t *timestamppb.Timestamp) (int64, error) {
	if t == nil {
		return 0, nil
	}
	const limit = math.MaxInt64/nanosPerSecond - 1
	if err := t.CheckValid(); err != nil || t.GetSeconds() > limit || t.GetSeconds() < -limit {
		return 0, fmt.Errorf("%s is out of range: send a time of the years 1678 to 2262", field)
	}
	return t.GetSeconds()*nanosPerSecond + int64(t.GetNanos()), nil
}

func severity(p *loggerv1.LogEntry) (Severity, error) {
	if n := p.GetSeverityNumber(); n != 0 {
		if n < 0 || n > int32(MaxSeverity) {
			return 0, fmt.Errorf("severity_number %d is out of range: send 1 (TRACE) to 24 (FATAL4), or 0", n)
		}
		return Severity(n), nil
	}
	if g := p.GetSeverity(); g < 0 || g > loggerv1.Severity_FATAL {
		return 0, fmt.Errorf("severity %d is unknown: send 1 (TRACE) to 6 (FATAL), or 0", g)
	}
	return SeverityOfGroup(p.GetSeverity()), nil
}

func hexID(field, id string, digits int) (string, error) {
	if id == "" {
		return "", nil
	}
	if len(id) != digits || strings.Trim(id, "0123456789abcdefABCDEF") != "" {
		return "", fmt.Errorf("%s is not valid: send %d hexadecimal digits, or leave it out", field, digits)
	}
	return strings.ToLower(id), nil
}
