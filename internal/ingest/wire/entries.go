package wire

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// MaxEntries bounds the entries of one request. Twenty MiB of empty ones, of two bytes each,
// would otherwise become two gigabytes.
const MaxEntries = 100_000

// ErrTooMany means that a request holds more than MaxEntries.
var ErrTooMany = fmt.Errorf("the request holds more than %d entries: send it in parts", MaxEntries)

// Batch is what a WriteEntriesRequest holds.
type Batch struct {
	// Entries are those that are good, in their order.
	Entries []*entry.Entry
	// Rejected are those that are not.
	Rejected []Rejection
}

// Rejection says which entry of a request cannot be stored, and why, in a sentence that says
// what would be right.
type Rejection struct {
	Index  int // from 0
	Reason error
}

// fieldEntries is the number of the only field of a WriteEntriesRequest.
const fieldEntries = 1

// Decode reads a logger.v1.WriteEntriesRequest. It makes the entries that [entry.FromProto]
// makes of the decoded request, copies what it keeps of data, and fails with ErrMalformed and
// ErrTooMany.
//
// Entries as every client writes them are read here. Any other is decoded by the protobuf
// library, so that what is right and what is wrong with it is written down once.
func Decode(data []byte) (Batch, error) {
	var b Batch
	switch n := Count(data, fieldEntries); {
	case n > MaxEntries:
		return b, ErrTooMany
	case n > 0:
		b.Entries = make([]*entry.Entry, 0, n)
	}
	var slab Slab
	slab.Begin(data)
	fields := Fields{Data: data}
	for index := 0; fields.Next(); {
		if fields.Number != fieldEntries {
			continue
		}
		r := entryReader{entry: slab.Entry(), slab: &slab}
		if r.read(slab.Text(fields.From, fields.To)) {
			b.Entries = append(b.Entries, r.entry)
		} else if e, err := unusual(fields.Bytes()); err == nil {
			b.Entries = append(b.Entries, e)
		} else {
			b.Rejected = append(b.Rejected, Rejection{index, err})
		}
		index++
	}
	return b, fields.Err()
}

var errEntry = errors.New("the entry is not valid protobuf: send a logger.v1.LogEntry, with all text in UTF-8")

// unusual reads an entry in any form.
func unusual(data []byte) (*entry.Entry, error) {
	var p loggerv1.LogEntry
	if err := proto.Unmarshal(data, &p); err != nil {
		return nil, errEntry
	}
	return entry.FromProto(&p)
}
