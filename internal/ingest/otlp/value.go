package otlp

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"strconv"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/wire"
)

const (
	// maxSharedAttributes and maxRecordAttributes bound what is decoded for an entry. They
	// are far above what a Sink keeps, and told in the same way.
	maxSharedAttributes = 256
	maxRecordAttributes = 1024
	// flatDepth and flatName bound the flattening of maps; what is deeper, or would have a
	// longer name, becomes JSON text. A long name before many short ones would otherwise
	// be written out once for each.
	flatDepth = 16
	flatName  = 512
	// maxDepth bounds how deep a value may be nested at all. Values are read recursively.
	maxDepth = 64
)

var errTooDeep = errors.New("a value is nested more than 64 deep: send it flatter")

// Field numbers of AnyValue.
const (
	valueString = 1
	valueBool   = 2
	valueInt    = 3
	valueDouble = 4
	valueArray  = 5
	valueMap    = 6
	valueBytes  = 7
)

// value is an AnyValue: the number of the field that it has set, and what that holds. The
// number 0 says that none is set.
type value struct {
	number int
	bits   uint64
	bytes  []byte
}

// attributeList gathers attributes, flattened, up to a limit.
type attributeList struct {
	attributes []entry.Attribute
	limit      int
	dropped    int
}

func (l *attributeList) text(key string, value []byte) {
	if len(value) > 0 {
		l.add(key, wire.Text(value))
	}
}

func (l *attributeList) add(key, value string) {
	if len(l.attributes) >= l.limit {
		l.dropped++
		return
	}
	l.attributes = append(l.attributes, entry.Attribute{Key: key, Value: value})
}

// keyValue adds a KeyValue under a name that begins with prefix.
func (l *attributeList) keyValue(data []byte, prefix string, depth int) error {
	key, encoded, err := splitKeyValue(data)
	if err != nil {
		return err
	}
	if prefix != "" {
		key = prefix + "." + key
	}
	v, err := readValue(encoded)
	if err != nil {
		return err
	}
	switch {
	case v.number == 0:
		return nil
	case v.number == valueMap && depth < flatDepth && len(key) <= flatName && len(v.bytes) > 0:
		fields := wire.Fields{Data: v.bytes}
		for fields.Next() {
			if fields.Number != 1 {
				continue
			}
			if err := l.keyValue(fields.Bytes(), key, depth+1); err != nil {
				return err
			}
		}
		return fields.Err()
	}
	text, err := v.text()
	l.add(key, text)
	return err
}

func splitKeyValue(data []byte) (key string, encoded []byte, err error) {
	fields := wire.Fields{Data: data}
	for fields.Next() {
		switch fields.Number {
		case 1:
			key = wire.Text(fields.Bytes())
		case 2:
			encoded = fields.Bytes()
		}
	}
	return key, encoded, fields.Err()
}

// readValue reads an AnyValue.
func readValue(data []byte) (v value, err error) {
	fields := wire.Fields{Data: data}
	for fields.Next() {
		if fields.Number >= valueString && fields.Number <= valueBytes {
			v = value{fields.Number, fields.Value, fields.Bytes()}
		}
	}
	return v, fields.Err()
}

// bodyText returns the message that a body stands for.
func bodyText(data []byte) (string, error) {
	v, err := readValue(data)
	if err != nil {
		return "", err
	}
	return v.text()
}

// text returns a value as an attribute has it: text as it is, numbers as they are written,
// bytes in base64, the rest as JSON.
func (v value) text() (string, error) {
	switch v.number {
	case valueString:
		return wire.Text(v.bytes), nil
	case valueBool:
		return strconv.FormatBool(v.bits != 0), nil
	case valueInt:
		return strconv.FormatInt(int64(v.bits), 10), nil //nolint:gosec // G115: protobuf's own form of an int64.
	case valueDouble:
		return strconv.FormatFloat(math.Float64frombits(v.bits), 'g', -1, 64), nil
	case valueBytes:
		return base64.StdEncoding.EncodeToString(v.bytes), nil
	case valueArray, valueMap:
		b, err := v.appendJSON(nil, 1)
		return string(b), err
	default:
		return "", nil
	}
}

func (v value) appendJSON(b []byte, depth int) ([]byte, error) {
	if depth > maxDepth {
		return b, errTooDeep
	}
	switch v.number {
	case valueArray:
		return appendArray(b, v.bytes, depth)
	case valueMap:
		return appendMap(b, v.bytes, depth)
	case valueString, valueBytes:
		text, err := v.text()
		return appendQuoted(b, text), err
	case valueDouble:
		if f := math.Float64frombits(v.bits); math.IsNaN(f) || math.IsInf(f, 0) {
			text, err := v.text()
			return appendQuoted(b, text), err // JSON has no numbers for these.
		}
	case 0:
		return append(b, "null"...), nil
	}
	text, err := v.text()
	return append(b, text...), err
}

func appendArray(b, data []byte, depth int) ([]byte, error) {
	b = append(b, '[')
	fields := wire.Fields{Data: data}
	for comma := false; fields.Next(); {
		if fields.Number != 1 {
			continue
		}
		if comma {
			b = append(b, ',')
		}
		comma = true
		v, err := readValue(fields.Bytes())
		if err != nil {
			return nil, err
		}
		if b, err = v.appendJSON(b, depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), fields.Err()
}

func appendMap(b, data []byte, depth int) ([]byte, error) {
	b = append(b, '{')
	fields := wire.Fields{Data: data}
	for comma := false; fields.Next(); {
		if fields.Number != 1 {
			continue
		}
		if comma {
			b = append(b, ',')
		}
		comma = true
		key, encoded, err := splitKeyValue(fields.Bytes())
		if err != nil {
			return nil, err
		}
		v, err := readValue(encoded)
		if err != nil {
			return nil, err
		}
		if b, err = v.appendJSON(append(appendQuoted(b, key), ':'), depth+1); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), fields.Err()
}

// appendQuoted appends text as a JSON string. What is not UTF-8 becomes U+FFFD.
func appendQuoted(b []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return append(b, `""`...) // A string always has a JSON form.
	}
	return append(b, quoted...)
}
