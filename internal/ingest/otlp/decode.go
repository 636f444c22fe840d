package otlp

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/wire"
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
	errMalformed = fmt.Errorf("the body is not a valid ExportLogsServiceRequest: %w", wire.ErrMalformed)
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
	slab     wire.Slab
}

// decode reads an ExportLogsServiceRequest. It copies what it keeps of data, in pieces: an
// entry that pointed into data would keep all of it.
func decode(data []byte) (*request, error) {
	r := &request{}
	err := r.read(data)
	if errors.Is(err, wire.ErrMalformed) {
		err = errMalformed
	}
	return r, err
}

func (r *request) read(data []byte) error {
	fields := wire.Fields{Data: data}
	for fields.Next() {
		if fields.Number == 1 {
			if err := r.resourceLogs(fields.Bytes()); err != nil {
				return err
			}
		}
	}
	return fields.Err()
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
	fields := wire.Fields{Data: data}
	for fields.Next() {
		if fields.Number == 1 {
			if err := common.resource(bytes.Clone(fields.Bytes())); err != nil {
				return err
			}
		}
	}
	if fields.Err() != nil {
		return fields.Err()
	}
	fields = wire.Fields{Data: data}
	for fields.Next() {
		if fields.Number == 2 {
			if err := r.scopeLogs(fields.Bytes(), common); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *shared) resource(data []byte) error {
	list := attributeList{limit: maxSharedAttributes}
	fields := wire.Fields{Data: data}
	for fields.Next() {
		if fields.Number == 1 {
			if err := list.keyValue(fields.Bytes(), "", 0); err != nil {
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
	return fields.Err()
}

func (r *request) scopeLogs(data []byte, common shared) error {
	records := 0
	fields := wire.Fields{Data: data}
	for fields.Next() {
		switch fields.Number {
		case 1:
			if err := common.scope(bytes.Clone(fields.Bytes())); err != nil {
				return err
			}
		case 2:
			records++
		}
	}
	if fields.Err() != nil {
		return fields.Err()
	}
	if len(r.entries)+r.rejected+records > maxRecords {
		return errTooMuch
	}
	r.entries = slices.Grow(r.entries, records)
	r.slab.Begin(data)
	fields = wire.Fields{Data: data}
	for fields.Next() {
		if fields.Number != 2 {
			continue
		}
		if err := r.record(r.slab.Text(fields.From, fields.To), &common); err != nil {
			return err
		}
	}
	return nil
}

// scope adds the scope's attributes behind those of the resource, in a list of its own:
// other scopes share the resource's.
func (s *shared) scope(data []byte) error {
	list := attributeList{limit: maxSharedAttributes}
	fields := wire.Fields{Data: data}
	for fields.Next() {
		switch fields.Number {
		case 1:
			list.text("otel.scope.name", fields.Bytes())
		case 2:
			list.text("otel.scope.version", fields.Bytes())
		case 3:
			if err := list.keyValue(fields.Bytes(), "otel.scope", 0); err != nil {
				return err
			}
		}
	}
	s.attributes = append(slices.Clip(s.attributes), list.attributes...)
	s.dropped += list.dropped
	return fields.Err()
}

// record reads a LogRecord and keeps it, or counts it as rejected. It fails if the request as
// a whole cannot be used.
func (r *request) record(data []byte, common *shared) error {
	e := r.slab.Entry()
	reader := recordReader{entry: e}
	reader.list.limit = maxRecordAttributes
	own := min(wire.Count(data, fieldAttributes), maxRecordAttributes)
	reader.list.attributes = r.slab.Attributes(len(common.attributes) + own + spareAttributes)
	err := reader.read(data)
	if err == nil {
		err = reader.finish(common)
	}
	if errors.Is(err, wire.ErrMalformed) {
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

// nanoseconds refuses what an entry cannot hold.
func nanoseconds(name string, value uint64) (int64, error) {
	if value > math.MaxInt64 {
		return 0, fmt.Errorf("%s %d is out of range: send a time before the year 2262", name, value)
	}
	return int64(value), nil
}
