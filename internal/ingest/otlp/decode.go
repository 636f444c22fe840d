package otlp

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

const (
	// maxRecords and maxCost bound what one request may grow to. A record may be two
	// bytes on the wire, and every record gets the attributes of its resource: unbounded,
	// 20 MiB could ask for terabytes.
	maxRecords = 100_000
	maxCost    = 256 << 20
	// What an entry and an attribute cost in memory beyond their text.
	entryCost, attributeCost = 192, 32
)

var (
	errMalformed = errors.New("the body is not a valid ExportLogsServiceRequest")
	errTooMuch   = fmt.Errorf("the request holds more than %d records, or too many attributes: send it in parts", maxRecords)
)

// request is a decoded request.
type request struct {
	entries []*entry.Entry
	// rejected counts the records that cannot be stored, refusal says why the first
	// cannot.
	rejected int
	refusal  string
	cost     int
}

// decode reads an ExportLogsServiceRequest. The entries' text points into data, which the
// caller gives away.
func decode(data []byte) (*request, error) {
	r := &request{}
	fields := message{data: data}
	for fields.next() {
		if fields.number == 1 {
			if err := r.resourceLogs(fields.bytes()); err != nil {
				return nil, err
			}
		}
	}
	if fields.err() != nil {
		return nil, fields.err()
	}
	return r, nil
}

// shared is what all records of a resource, and of a scope in it, have in common.
type shared struct {
	service, host string
	attributes    []entry.Attribute
	dropped       int
}

func (r *request) resourceLogs(data []byte) error {
	var common shared
	// The resource may stand behind its records: look for it first.
	fields := message{data: data}
	for fields.next() {
		if fields.number == 1 {
			if err := common.resource(fields.bytes()); err != nil {
				return err
			}
		}
	}
	if fields.err() != nil {
		return fields.err()
	}
	fields = message{data: data}
	for fields.next() {
		if fields.number == 2 {
			if err := r.scopeLogs(fields.bytes(), common); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *shared) resource(data []byte) error {
	list := attributeList{limit: maxSharedAttributes}
	fields := message{data: data}
	for fields.next() {
		if fields.number == 1 {
			if err := list.keyValue(fields.bytes(), "", 0); err != nil {
				return err
			}
		}
	}
	for _, a := range list.attributes {
		switch {
		case a.Key == "service.name" && s.service == "":
			s.service = a.Value
		case a.Key == "host.name" && s.host == "":
			s.host = a.Value
		default:
			s.attributes = append(s.attributes, a)
		}
	}
	s.dropped = list.dropped
	return fields.err()
}

func (r *request) scopeLogs(data []byte, common shared) error {
	records := 0
	fields := message{data: data}
	for fields.next() {
		switch fields.number {
		case 1:
			if err := common.scope(fields.bytes()); err != nil {
				return err
			}
		case 2:
			records++
		}
	}
	if fields.err() != nil {
		return fields.err()
	}
	if len(r.entries)+r.rejected+records > maxRecords {
		return errTooMuch
	}
	r.entries = slices.Grow(r.entries, records)
	// One piece of memory for the records that came together: they leave together too.
	slab := make([]entry.Entry, records)
	fields = message{data: data}
	for fields.next() {
		if fields.number != 2 {
			continue
		}
		if err := r.record(fields.bytes(), &slab[0], &common); err != nil {
			return err
		}
		slab = slab[1:]
	}
	return nil
}

// scope adds the scope's attributes behind those of the resource, in a list of its own:
// other scopes share the resource's.
func (s *shared) scope(data []byte) error {
	list := attributeList{limit: maxSharedAttributes}
	fields := message{data: data}
	for fields.next() {
		switch fields.number {
		case 1:
			list.text("otel.scope.name", fields.bytes())
		case 2:
			list.text("otel.scope.version", fields.bytes())
		case 3:
			if err := list.keyValue(fields.bytes(), "otel.scope", 0); err != nil {
				return err
			}
		}
	}
	s.attributes = append(slices.Clip(s.attributes), list.attributes...)
	s.dropped += list.dropped
	return fields.err()
}

// record reads a LogRecord into e and keeps it, or counts it as rejected. It fails if the
// request as a whole cannot be used.
func (r *request) record(data []byte, e *entry.Entry, common *shared) error {
	reader := recordReader{entry: e}
	reader.list.limit = maxRecordAttributes
	// Most records have a handful of their own: one allocation for all.
	reader.list.attributes = make([]entry.Attribute, 0, len(common.attributes)+countField(data, fieldAttributes)+spareAttributes)
	err := reader.read(data)
	if err == nil {
		err = reader.finish(common)
	}
	if errors.Is(err, errMalformed) {
		return err
	}
	if err != nil {
		if r.rejected == 0 {
			r.refusal = err.Error()
		}
		r.rejected++
		return nil
	}
	if r.cost += entryCost + attributeCost*len(e.Attributes); r.cost > maxCost {
		return errTooMuch
	}
	r.entries = append(r.entries, e)
	return nil
}

// spareAttributes is room for what becomes an attribute without having been one, which is
// rarely more than the event name.
const spareAttributes = 1

// countField counts the fields of this number in a message, up to the first mistake.
func countField(data []byte, number int) int {
	count := 0
	fields := message{data: data}
	for fields.next() {
		if fields.number == number {
			count++
		}
	}
	return min(count, maxRecordAttributes)
}

// nanoseconds refuses what an entry cannot hold.
func nanoseconds(name string, value uint64) (int64, error) {
	if value > math.MaxInt64 {
		return 0, fmt.Errorf("%s %d is out of range: send a time before the year 2262", name, value)
	}
	return int64(value), nil
}
