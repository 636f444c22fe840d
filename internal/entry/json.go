package entry

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// AppendJSON appends the entry in protobuf's JSON form with the field names of the
// contract, and with the fields that only a stream knows; a revision of 0 is left out.
// All but those is encoded once an entry and shared.
func (e *Entry) AppendJSON(dst, cursor []byte, revision uint32) []byte {
	dst = append(dst, `{"cursor":"`...)
	dst = append(dst, cursor...)
	dst = append(dst, '"')
	if revision != 0 {
		dst = append(dst, `,"filter_revision":`...)
		dst = strconv.AppendUint(dst, uint64(revision), 10)
	}
	return append(dst, e.sharedJSON()...)
}

// sharedJSON returns what follows the stream's own fields, from the comma to the
// closing brace.
func (e *Entry) sharedJSON() []byte {
	if shared := e.json.Load(); shared != nil {
		return *shared
	}
	shared := e.appendSharedJSON(make([]byte, 0, 96+len(e.wire)+len(e.wire)/4))
	e.json.Store(&shared)
	return shared
}

func (e *Entry) appendSharedJSON(b []byte) []byte {
	b = appendJSONTime(b, `,"timestamp":"`, e.Timestamp)
	b = appendJSONTime(b, `,"observed_timestamp":"`, e.Observed)
	if e.Severity != 0 {
		b = append(b, `,"severity":"`...)
		b = append(b, e.Severity.String()...)
		b = append(b, `","severity_number":`...)
		b = strconv.AppendUint(b, uint64(e.Severity), 10)
	}
	b = appendJSONField(b, `,"service":`, e.Service)
	b = appendJSONField(b, `,"host":`, e.Host)
	b = appendJSONField(b, `,"message":`, e.Message)
	for i := range e.Attributes {
		if i == 0 {
			b = append(b, `,"attributes":{`...)
		} else {
			b = append(b, ',')
		}
		b = appendJSONString(b, e.Attributes[i].Key)
		b = append(b, ':')
		b = appendJSONString(b, e.Attributes[i].Value)
	}
	if len(e.Attributes) > 0 {
		b = append(b, '}')
	}
	b = appendJSONField(b, `,"trace_id":`, e.TraceID)
	b = appendJSONField(b, `,"span_id":`, e.SpanID)
	return append(b, '}')
}

func appendJSONField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return appendJSONString(append(b, name...), value)
}

// appendJSONTime writes 0, 3, 6 or 9 digits of a second, as protobuf's JSON form has it.
func appendJSONTime(b []byte, name string, ns int64) []byte {
	if ns == 0 {
		return b
	}
	layout := "2006-01-02T15:04:05.000000000Z"
	switch {
	case ns%1_000_000_000 == 0:
		layout = "2006-01-02T15:04:05Z"
	case ns%1_000_000 == 0:
		layout = "2006-01-02T15:04:05.000Z"
	case ns%1_000 == 0:
		layout = "2006-01-02T15:04:05.000000Z"
	}
	b = append(b, name...)
	b = time.Unix(0, ns).UTC().AppendFormat(b, layout)
	return append(b, '"')
}

// appendJSONString quotes s. Bytes that are not UTF-8 become U+FFFD: the result is
// always valid JSON. U+2028 and U+2029 are escaped, since a line of a stream may be
// read by a program that takes them for the end of a line.
func appendJSONString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(append(b, s[start:i]...), `\ufffd`...)
			start = i + size
		case r == '\u2028' || r == '\u2029':
			b = append(append(b, s[start:i]...), `\u202`...)
			b = append(b, hex[r&15])
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
