package otlp

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"
)

// message goes through the fields of a message in protobuf:
//
//	fields := message{data: data}
//	for fields.next() {
//		switch fields.number { … }
//	}
//	return fields.err()
//
// It holds places in data and no pointers into it: with pointers a record took a quarter
// more time, because the garbage collector has to be told of each that is written.
type message struct {
	data []byte
	at   int

	// number is that of the field. Of value and the text between from and to the one is
	// set that its wire type has; a field of another wire type than its number should have
	// thus looks empty.
	number   int
	value    uint64
	from, to int

	damaged bool
}

// next reads the next field and returns whether there is one.
func (m *message) next() bool {
	if m.at >= len(m.data) {
		return false
	}
	tag := m.varint()
	m.number = int(tag >> 3)
	m.value, m.from, m.to = 0, 0, 0
	switch protowire.Type(tag & 7) {
	case protowire.VarintType:
		m.value = m.varint()
	case protowire.BytesType:
		length := m.varint()
		if length > uint64(len(m.data)-m.at) { //nolint:gosec // G115: at is never behind the end.
			m.damaged = true
			break
		}
		m.from = m.at
		m.to = m.at + int(length) //nolint:gosec // G115: checked above.
		m.at = m.to
	case protowire.Fixed64Type:
		if m.fits(8) {
			m.value = binary.LittleEndian.Uint64(m.data[m.at-8:])
		}
	case protowire.Fixed32Type:
		m.fits(4)
	default:
		// Groups are not used by OTLP, and are read recursively: refuse them.
		m.damaged = true
	}
	if m.damaged || m.number == 0 {
		m.damaged = true
		m.at = len(m.data)
		return false
	}
	return true
}

// bytes is the text of the field, not copied.
func (m *message) bytes() []byte { return m.data[m.from:m.to:m.to] }

// err is why next returned false, nil at the end.
func (m *message) err() error {
	if m.damaged {
		return errMalformed
	}
	return nil
}

// fits moves over n bytes, if they are there.
func (m *message) fits(n int) bool {
	if len(m.data)-m.at < n {
		m.damaged = true
		return false
	}
	m.at += n
	return true
}

// varint reads a number. Tags and most lengths are one byte.
func (m *message) varint() uint64 {
	if m.at < len(m.data) && m.data[m.at] < 0x80 {
		m.at++
		return uint64(m.data[m.at-1])
	}
	v, n := protowire.ConsumeVarint(m.data[m.at:])
	if n < 0 {
		m.damaged = true
		return 0
	}
	m.at += n
	return v
}
