package entry

import (
	"math"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

func TestSeverity(t *testing.T) {
	names := []string{
		"", "TRACE", "TRACE", "TRACE", "TRACE", "DEBUG", "DEBUG", "DEBUG", "DEBUG", "INFO", "INFO", "INFO", "INFO",
		"WARN", "WARN", "WARN", "WARN", "ERROR", "ERROR", "ERROR", "ERROR", "FATAL", "FATAL", "FATAL", "FATAL",
	}
	for n, name := range names {
		s := Severity(n)
		if s.String() != name {
			t.Errorf("%d is %q, want %q", n, s.String(), name)
		}
		if want := loggerv1.Severity_value[name]; name != "" && s.Group() != loggerv1.Severity(want) {
			t.Errorf("%d is of group %v, want %d", n, s.Group(), want)
		}
	}
	if s := Severity(25).String(); s != "" {
		t.Errorf("25 is %q, want nothing", s)
	}
	for g, want := range map[loggerv1.Severity]Severity{-1: 0, 0: 0, 1: Trace, 2: Debug, 3: Info, 4: Warn, 5: Error, 6: Fatal, 7: 0} {
		if got := SeverityOfGroup(g); got != want {
			t.Errorf("group %d begins at %d, want %d", g, got, want)
		}
	}
}

func TestParseSeverity(t *testing.T) {
	for name, want := range map[string]Severity{
		"ERROR": Error, "error": Error, "Err": Error, "WARNING": Warn, "warn": Warn, "Information": Info, "informational": Info,
		"notice": Info + 1, "crit": Error + 1, "alert": Error + 2, "emerg": Fatal, "PANIC": Fatal, "trace": Trace, "fine": Debug,
	} {
		if got, ok := ParseSeverity(name); !ok || got != want {
			t.Errorf("%q is %d, want %d", name, got, want)
		}
	}
	for _, name := range []string{"", "x", "errors", " error", "informationally", strings.Repeat("e", 1000)} {
		if got, ok := ParseSeverity(name); ok {
			t.Errorf("%q is taken for %d", name, got)
		}
	}
	for name := range severityNames {
		if len(name) > longestSeverityName || name != strings.ToLower(name) {
			t.Errorf("the name %q is never found", name)
		}
	}
}

func TestSortAttributes(t *testing.T) {
	got := SortAttributes([]Attribute{{"b", "1"}, {"a", "2"}, {"", "3"}, {"b", "4"}, {"", "5"}})
	if want := []Attribute{{"a", "2"}, {"b", "1"}}; !slices.Equal(got, want) {
		t.Errorf("sorted to %v, want %v", got, want)
	}
	if got := SortAttributes(nil); len(got) != 0 {
		t.Errorf("none sorted to %v", got)
	}
}

func TestAttribute(t *testing.T) {
	e := sample()
	if v, ok := e.Attribute("url.path"); !ok || v != "/v1/orders/8675309/pay" {
		t.Errorf("url.path is %q, %v", v, ok)
	}
	if v, ok := e.Attribute("url"); ok {
		t.Errorf("url is %q, and there is none", v)
	}
}

func TestFromProtoRefuses(t *testing.T) {
	for text, p := range map[string]*loggerv1.LogEntry{
		"is null":                           nil,
		"timestamp is out of range":         {Timestamp: &timestamppb.Timestamp{Seconds: math.MaxInt64}},
		"observed_timestamp is out of":      {ObservedTimestamp: &timestamppb.Timestamp{Nanos: -1}},
		"severity_number 25 is out of":      {SeverityNumber: 25},
		"severity_number -1 is out of":      {SeverityNumber: -1},
		"severity 7 is unknown":             {Severity: 7},
		"severity -1 is unknown":            {Severity: -1},
		"send 32 hexadecimal digits":        {TraceId: "4bf92f"},
		"trace_id is not valid":             {TraceId: strings.Repeat("g", 32)},
		"span_id is not valid: send 16 hex": {SpanId: strings.Repeat("0", 32)},
	} {
		if _, err := FromProto(p); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v: %v, want an error with %q", p, err, text)
		}
	}
	_, err := FromProto(&loggerv1.LogEntry{Severity: 7, TraceId: "x", SpanId: "y"})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("three mistakes, and the error is: %v", err)
	}
}

func TestFromProtoNormalises(t *testing.T) {
	e, err := FromProto(&loggerv1.LogEntry{
		Severity: loggerv1.Severity_WARN, TraceId: strings.Repeat("AB", 16), SpanId: strings.Repeat("CD", 8),
		Attributes: map[string]string{"b": "1", "a": "2", "": "3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if e.Severity != Warn || e.TraceID != strings.Repeat("ab", 16) || e.SpanID != strings.Repeat("cd", 8) ||
		!slices.Equal(e.Attributes, []Attribute{{"a", "2"}, {"b", "1"}}) {
		t.Errorf("became %+v", plainly(e))
	}
	if e, err := FromProto(&loggerv1.LogEntry{Severity: loggerv1.Severity_WARN, SeverityNumber: 15}); err != nil || e.Severity != 15 {
		t.Errorf("severity_number does not win: %v, %v", e, err)
	}
}
