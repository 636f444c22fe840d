package wire

import (
	"encoding/binary"
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// Fields goes through the fields of a message in protobuf:
//
//	fields := wire.Fields{Data: data}
//	for fields.Next() {
//		switch fields.Number { … }
//	}
//	return fields.Err()
//
// It holds places in data and no pointers into it: with pointers a record took a quarter
// more time, because the garbage collector has to be told of each that is written.
type Fields struct {
	// Data is the message. It is not changed.
	Data []byte

	// Number is that of the field. Of Value and the text between From and To the one is
	// set that its wire type has; a field of another wire type than its number should have
	// thus looks empty.
	Number   int
	Value    uint64
	From, To int

	at      int
	damaged bool
}

// ErrMalformed means that a message is not protobuf.
var ErrMalformed = errors.New("the message is not valid protobuf: send what the contract says")

// Next reads the next field and returns whether there is one.
func (f *Fields) Next() bool {
	if f.at >= len(f.Data) {
		return false
	}
	tag := f.varint()
	f.Number = int(tag >> 3)
	f.Value, f.From, f.To = 0, 0, 0
	switch protowire.Type(tag & 7) {
	case protowire.VarintType:
		f.Value = f.varint()
	case protowire.BytesType:
		length := f.varint()
		if length > uint64(len(f.Data)-f.at) { //nolint:gosec // G115: at is never behind the end.
			f.damaged = true
			break
		}
		f.From = f.at
		f.To = f.at + int(length) //nolint:gosec // G115: checked above.
		f.at = f.To
	case protowire.Fixed64Type:
		if f.fits(8) {
			f.Value = binary.LittleEndian.Uint64(f.Data[f.at-8:])
		}
	case protowire.Fixed32Type:
		f.fits(4)
	default:
		// Groups are in no contract of ours, and are read recursively: refuse them.
		f.damaged = true
	}
	if f.damaged || f.Number == 0 {
		f.damaged = true
		f.at = len(f.Data)
		return false
	}
	return true
}

// Bytes is the text of the field, not copied.
func (f *Fields) Bytes() []byte { return f.Data[f.From:f.To:f.To] }

// Err is why Next returned false, nil at the end.
func (f *Fields) Err() error {
	if f.damaged {
		return ErrMalformed
	}
	return nil
}

// fits moves over n bytes, if they are there.
func (f *Fields) fits(n int) bool {
	if len(f.Data)-f.at < n {
		f.damaged = true
		return false
	}
	f.at += n
	return true
}

// varint reads a number. Tags and most lengths are one byte.
func (f *Fields) varint() uint64 {
	if f.at < len(f.Data) && f.Data[f.at] < 0x80 {
		f.at++
		return uint64(f.Data[f.at-1])
	}
	v, n := protowire.ConsumeVarint(f.Data[f.at:])
	if n < 0 {
		f.damaged = true
		return 0
	}
	f.at += n
	return v
}

// Count counts the fields of this number in a message, up to the first mistake.
func Count(data []byte, number int) (n int) {
	fields := Fields{Data: data}
	for fields.Next() {
		if fields.Number == number {
			n++
		}
	}
	return n
}
