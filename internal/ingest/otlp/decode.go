package otlp

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

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
	err := eachField(data, func(f field) error {
		if f.number == 1 {
			return r.resourceLogs(f.bytes)
		}
		return nil
	})
	if err != nil {
		return nil, err
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
	// The resource may stand behind its records.
	err := eachField(data, func(f field) error {
		if f.number == 1 {
			return common.resource(f.bytes)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return eachField(data, func(f field) error {
		if f.number == 2 {
			return r.scopeLogs(f.bytes, common)
		}
		return nil
	})
}

func (s *shared) resource(data []byte) error {
	list := attributeList{limit: maxSharedAttributes}
	err := eachField(data, func(f field) error {
		if f.number == 1 {
			return list.keyValue(f.bytes, "", 0)
		}
		return nil
	})
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
	return err
}

func (r *request) scopeLogs(data []byte, common shared) error {
	records := 0
	err := eachField(data, func(f field) error {
		switch f.number {
		case 1:
			return common.scope(f.bytes)
		case 2:
			records++
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(r.entries)+r.rejected+records > maxRecords {
		return errTooMuch
	}
	// One piece of memory for the records that came together: they leave together too.
	slab := make([]entry.Entry, records)
	return eachField(data, func(f field) error {
		if f.number != 2 {
			return nil
		}
		e := &slab[0]
		slab = slab[1:]
		return r.record(f.bytes, e, &common)
	})
}

// scope adds the scope's attributes behind those of the resource, in a list of its own:
// other scopes share the resource's.
func (s *shared) scope(data []byte) error {
	list := attributeList{limit: maxSharedAttributes}
	err := eachField(data, func(f field) error {
		switch f.number {
		case 1:
			list.text("otel.scope.name", f.bytes)
		case 2:
			list.text("otel.scope.version", f.bytes)
		case 3:
			return list.keyValue(f.bytes, "otel.scope", 0)
		}
		return nil
	})
	s.attributes = append(slices.Clip(s.attributes), list.attributes...)
	s.dropped += list.dropped
	return err
}

// record reads a LogRecord into e and keeps it, or counts it as rejected. It fails if the
// request as a whole cannot be used.
func (r *request) record(data []byte, e *entry.Entry, common *shared) error {
	reader := recordReader{entry: e}
	reader.list.limit = maxRecordAttributes
	// Most records have a handful of their own: one allocation for all.
	reader.list.attributes = make([]entry.Attribute, 0, len(common.attributes)+countField(data, 6)+1)
	err := eachField(data, reader.field)
	if errors.Is(err, errMalformed) {
		return err
	}
	if err == nil {
		err = reader.finish(common)
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

// field is a field of a message. Of number, fixed64, fixed32 and bytes, the one is set
// that its wire type has.
type field struct {
	number protowire.Number
	value  uint64
	bytes  []byte
}

// eachField calls visit for each field of a message, until it fails. Fields of other wire
// types than their number has are for visit to ignore: they have a zero value.
func eachField(data []byte, visit func(field) error) error {
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return errMalformed
		}
		data = data[n:]
		f := field{number: number}
		switch kind {
		case protowire.VarintType:
			f.value, n = protowire.ConsumeVarint(data)
		case protowire.Fixed64Type:
			f.value, n = protowire.ConsumeFixed64(data)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(data)
		case protowire.Fixed32Type:
			_, n = protowire.ConsumeFixed32(data)
		default:
			// Groups are not used by OTLP, and are read recursively: refuse them.
			return errMalformed
		}
		if n < 0 {
			return errMalformed
		}
		data = data[n:]
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

// countField counts the fields of this number in a message, up to the first mistake.
func countField(data []byte, number protowire.Number) int {
	count := 0
	for len(data) > 0 {
		found, kind, n := protowire.ConsumeTag(data)
		if n < 0 || kind == protowire.StartGroupType {
			break
		}
		m := protowire.ConsumeFieldValue(found, kind, data[n:])
		if m < 0 {
			break
		}
		data = data[n+m:]
		if found == number {
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
