package line

import (
	"strings"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// record is a structured line on its way to an entry.
type record struct {
	fields []field
	// best holds, for each role, the field that plays it, as its index plus 1.
	best [roles]int
	// rank holds the rank of that field.
	rank [roles]uint8
	// severity, time and observed are what the fields that play those roles mean.
	severity       entry.Severity
	time, observed int64
}

// field is a member of a JSON object, with its path, or a pair of logfmt.
type field struct {
	key, value string
	// text is set where the value is text and not a number or a literal.
	text bool
	// attribute is set where the field is an attribute whatever its name is.
	attribute bool
	// used is set where the entry has the field in another place.
	used bool
}

// keptFields bounds the record that is kept for the next line, so that one huge line does
// not hold its memory for good.
const keptFields = 256

func (r *record) release() {
	if cap(r.fields) > keptFields {
		return
	}
	clear(r.fields)
	*r = record{fields: r.fields[:0]}
	records.Put(r)
}

func (r *record) add(key, value string, text, attribute bool) {
	r.fields = append(r.fields, field{key: key, value: value, text: text, attribute: attribute})
}

// entry turns the fields into an entry.
func (r *record) entry(clock clock) *entry.Entry {
	for i := range r.fields {
		f := &r.fields[i]
		if f.attribute {
			continue
		}
		if name, ok := lookup(f.key); ok && (r.best[name.role] == 0 || name.rank < r.rank[name.role]) {
			if r.understand(f, name, clock) {
				r.best[name.role], r.rank[name.role] = i+1, name.rank
			}
		}
	}
	e := &entry.Entry{Severity: r.severity, Timestamp: r.time, Observed: r.observed}
	e.Message = r.take(message)
	e.Service = r.take(service)
	e.Host = r.take(host)
	e.TraceID = strings.ToLower(afterSlash(r.take(trace)))
	e.SpanID = strings.ToLower(r.take(span))
	r.take(level)
	r.take(observed)
	if r.take(when) != "" {
		e.Timestamp += r.nanos()
	}
	r.takeParent(e)
	r.takeName(e)
	e.Attributes = r.attributes(e.Severity)
	return e
}

// understand says whether the field can play its role, and keeps what it means.
func (r *record) understand(f *field, name name, clock clock) bool {
	switch name.role {
	case level:
		s, ok := levelOf(name.scale, f.value)
		if ok {
			r.severity = s
		}
		return ok
	case when:
		t, ok := clock.value(f.value)
		if ok {
			r.time = t
		}
		return ok
	case observed:
		t, ok := clock.value(f.value)
		if ok {
			r.observed = t
		}
		return ok
	case trace:
		return isHexID(afterSlash(f.value), traceDigits)
	case span:
		return isHexID(f.value, spanDigits)
	case message:
		return f.value != "" // A number is a message too.
	case nanos, parent:
		return true
	default:
		return f.text && f.value != ""
	}
}

// take returns the value of the field that plays a role and marks it used.
func (r *record) take(role role) string {
	if r.best[role] == 0 {
		return ""
	}
	f := &r.fields[r.best[role]-1]
	f.used = true
	return f.value
}

// nanos returns the part of a second that some loggers put into a field of its own.
func (r *record) nanos() int64 {
	if r.best[nanos] == 0 || r.time%second != 0 {
		return 0
	}
	n, digits := number(r.fields[r.best[nanos]-1].value, 9)
	if digits == 0 {
		return 0
	}
	r.take(nanos)
	return int64(n)
}

// takeParent reads trace and span from a traceparent of W3C, 00-<trace>-<span>-01.
func (r *record) takeParent(e *entry.Entry) {
	if r.best[parent] == 0 || e.TraceID != "" {
		return
	}
	parts := strings.Split(r.fields[r.best[parent]-1].value, "-")
	if len(parts) == 4 && isHexID(parts[1], traceDigits) && isHexID(parts[2], spanDigits) {
		e.TraceID, e.SpanID = strings.ToLower(parts[1]), strings.ToLower(parts[2])
		r.take(parent)
	}
}

// takeName takes "name" for the service where the line is of bunyan or pino, which call
// it so; elsewhere it is as likely the name of a person.
func (r *record) takeName(e *entry.Entry) {
	if e.Service != "" || r.best[nameOfNode] == 0 || r.best[host] == 0 || r.best[level] == 0 {
		return
	}
	if l := &r.fields[r.best[level]-1]; !l.text && l.key == "level" {
		e.Service = r.take(nameOfNode)
	}
}

// attributes returns what is left. Of two levels, as text and as a number, only the one
// that says something else stays.
func (r *record) attributes(severity entry.Severity) []entry.Attribute {
	left := 0
	for i := range r.fields {
		f := &r.fields[i]
		if !f.used && !f.attribute && severity != 0 {
			if name, ok := lookup(f.key); ok && name.role == level {
				s, ok := levelOf(name.scale, f.value)
				f.used = ok && s.Group() == severity.Group()
			}
		}
		if !f.used {
			left++
		}
	}
	if left == 0 {
		return nil
	}
	attributes := make([]entry.Attribute, 0, left)
	for i := range r.fields {
		if f := &r.fields[i]; !f.used {
			attributes = append(attributes, entry.Attribute{Key: f.key, Value: f.value})
		}
	}
	return entry.SortAttributes(attributes)
}

const (
	traceDigits = 32
	spanDigits  = 16
)

// isHexID says whether s is an id of that many hexadecimal digits that are not all 0.
func isHexID(s string, digits int) bool {
	if len(s) != digits {
		return false
	}
	zeros := true
	for i := range len(s) {
		c := s[i]
		if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
		zeros = zeros && c == '0'
	}
	return !zeros
}

// afterSlash returns the id of a Google Cloud trace, projects/<project>/traces/<id>.
func afterSlash(s string) string {
	return s[strings.LastIndexByte(s, '/')+1:]
}
