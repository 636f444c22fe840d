package load

import (
	"bytes"
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// samples is how many different entries there are but for their numbers and traces. It
// is a multiple of classes; a store compresses blocks of fewer, and so gains nothing by
// their coming back.
const samples = 1000

// Source makes the encodings of entries. It never changes, and is safe for concurrent
// use.
//
// To encode each entry anew would take as much processor time as the server takes for it,
// on a machine that both share. So the samples are encoded once, and only the digits that
// differ are written into a copy.
type Source struct {
	samples [samples]sample
}

// sample is an entry as a field of a WriteEntriesRequest, and where in it the digits
// are.
type sample struct {
	wire      []byte
	id, trace int
}

// NewSource returns a source whose entries have hosts that begin with this text.
func NewSource(host string) (*Source, error) {
	s := &Source{}
	now := time.Now()
	for i := range s.samples {
		e := entryOf(uint64(i), host, now)
		body, err := proto.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("encode a sample: %w", err)
		}
		const entriesField = 1 // of WriteEntriesRequest
		wire := protowire.AppendBytes(protowire.AppendTag(nil, entriesField, protowire.BytesType), body)
		s.samples[i] = sample{
			wire:  wire,
			id:    bytes.Index(wire, []byte(e.GetMessage()[:textLength])),
			trace: bytes.Index(wire, []byte(e.GetTraceId())) + traceFixed,
		}
	}
	return s, nil
}

// Append appends the entries of a writer with n numbers from first on, as fields of a
// WriteEntriesRequest.
func (s *Source) Append(dst []byte, writer int, first uint64, n int) []byte {
	for number := first; number < first+uint64(n); number++ { //nolint:gosec // G115: n is not negative.
		p := &s.samples[number%samples]
		at := len(dst)
		dst = append(dst, p.wire...)
		id := dst[at+p.id:]
		putDigits(id[:writerDigits], uint64(writer)) //nolint:gosec // G115: writers are few.
		putDigits(id[writerDigits+1:textLength-1], number)
		putTrace(dst[at+p.trace:][:traceDrawn], number)
	}
	return dst
}

// Sample returns the entry with this ID, decoded.
func (s *Source) Sample(id ID) (*loggerv1.LogEntry, error) {
	request := &loggerv1.WriteEntriesRequest{}
	if err := proto.Unmarshal(s.Append(nil, id.Writer, id.Number, 1), request); err != nil {
		return nil, err
	}
	return request.GetEntries()[0], nil
}

// The first digits of a trace are those of its sample, the others are drawn for each
// entry: a store must not find them again.
const (
	traceFixed = 8
	traceDrawn = 24
)

func putTrace(digits []byte, number uint64) {
	const hexadecimal = "0123456789abcdef"
	x := number
	for i := range digits {
		if i%16 == 0 {
			// The finaliser of SplitMix64: neighbours have nothing in common.
			x += 0x9e3779b97f4a7c15
			x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
			x = (x ^ x>>27) * 0x94d049bb133111eb
			x ^= x >> 31
		}
		digits[i] = hexadecimal[x>>(4*(i%16))&0xf]
	}
}

// entryOf returns what an entry is by its number.
func entryOf(number uint64, host string, now time.Time) *loggerv1.LogEntry {
	service, status := serviceOf(number), statusOf(number)
	severity := severityOf(number)
	id := ID{Number: number}
	return &loggerv1.LogEntry{
		Timestamp: timestamppb.New(now.Add(time.Duration(number) * time.Millisecond)), //nolint:gosec // G115: below samples.
		Severity:  severity, SeverityNumber: int32(severity)*4 - 3,
		Service: service,
		Host:    fmt.Sprintf("%s%02d", host, number%16),
		Message: fmt.Sprintf("%sGET /api/v1/%s/%06x answered %s in %d.%d ms to 203.0.113.%d, %d bytes, cache miss on %s:%04x, upstream asked twice",
			id, service, number*7919, status, number*31%900, number%10, number%256, number*97%9000, service, number*31),
		Attributes: map[string]string{statusKey: status},
		TraceId:    fmt.Sprintf("%0*x%0*d", traceFixed, number*2654435761%(1<<32), traceDrawn, 0),
	}
}
