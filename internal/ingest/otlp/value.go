package otlp

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"unsafe"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
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

// attributeList gathers attributes, flattened, up to a limit.
type attributeList struct {
	attributes []entry.Attribute
	limit      int
	dropped    int
}

func (l *attributeList) text(key string, value []byte) {
	if len(value) > 0 {
		l.add(key, alias(value))
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
	key, value, err := splitKeyValue(data)
	if err != nil {
		return err
	}
	if prefix != "" {
		key = prefix + "." + key
	}
	v, err := readValue(value)
	if err != nil {
		return err
	}
	switch {
	case v.number == 0:
		return nil
	case v.number == valueMap && depth < flatDepth && len(key) <= flatName && len(v.bytes) > 0:
		return eachField(v.bytes, func(f field) error {
			if f.number != 1 {
				return nil
			}
			return l.keyValue(f.bytes, key, depth+1)
		})
	}
	text, err := v.text()
	l.add(key, text)
	return err
}

func splitKeyValue(data []byte) (key string, value []byte, err error) {
	err = eachField(data, func(f field) error {
		switch f.number {
		case 1:
			key = alias(f.bytes)
		case 2:
			value = f.bytes
		}
		return nil
	})
	return key, value, err
}

// readValue returns the one field that an AnyValue has set, and number 0 if none is.
func readValue(data []byte) (v field, err error) {
	err = eachField(data, func(f field) error {
		if f.number >= valueString && f.number <= valueBytes {
			v = f
		}
		return nil
	})
	return v, err
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
func (f field) text() (string, error) {
	switch f.number {
	case valueString:
		return alias(f.bytes), nil
	case valueBool:
		return strconv.FormatBool(f.value != 0), nil
	case valueInt:
		return strconv.FormatInt(int64(f.value), 10), nil //nolint:gosec // G115: protobuf's own form of an int64.
	case valueDouble:
		return strconv.FormatFloat(math.Float64frombits(f.value), 'g', -1, 64), nil
	case valueBytes:
		return base64.StdEncoding.EncodeToString(f.bytes), nil
	case valueArray, valueMap:
		b, err := f.appendJSON(nil, 1)
		return string(b), err
	default:
		return "", nil
	}
}

func (f field) appendJSON(b []byte, depth int) ([]byte, error) {
	if depth > maxDepth {
		return b, errTooDeep
	}
	switch f.number {
	case valueArray:
		return appendArray(b, f.bytes, depth)
	case valueMap:
		return appendMap(b, f.bytes, depth)
	case valueString, valueBytes:
		text, err := f.text()
		return appendQuoted(b, text), err
	case valueDouble:
		if v := math.Float64frombits(f.value); math.IsNaN(v) || math.IsInf(v, 0) {
			text, err := f.text()
			return appendQuoted(b, text), err // JSON has no numbers for these.
		}
	case 0:
		return append(b, "null"...), nil
	}
	text, err := f.text()
	return append(b, text...), err
}

func appendArray(b, data []byte, depth int) ([]byte, error) {
	b = append(b, '[')
	first := true
	err := eachField(data, func(f field) error {
		if f.number != 1 {
			return nil
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		v, err := readValue(f.bytes)
		if err != nil {
			return err
		}
		b, err = v.appendJSON(b, depth+1)
		return err
	})
	return append(b, ']'), err
}

func appendMap(b, data []byte, depth int) ([]byte, error) {
	b = append(b, '{')
	first := true
	err := eachField(data, func(f field) error {
		if f.number != 1 {
			return nil
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		key, value, err := splitKeyValue(f.bytes)
		if err != nil {
			return err
		}
		b = append(appendQuoted(b, key), ':')
		v, err := readValue(value)
		if err != nil {
			return err
		}
		b, err = v.appendJSON(b, depth+1)
		return err
	})
	return append(b, '}'), err
}

// appendQuoted appends text as a JSON string. What is not UTF-8 becomes U+FFFD.
func appendQuoted(b []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return append(b, `""`...) // A string always has a JSON form.
	}
	return append(b, quoted...)
}

// alias returns b as a string without a copy: the body of a request is never changed once
// it is read, and its entries leave memory at about the same time.
func alias(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // G103: see above; copies were a third of the cost of a record.
}
