package history

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// Log is the reference: the entries of a log, in its order. It is immutable.
type Log struct {
	records []record
}

// record is one entry in the three forms in which it is needed.
type record struct {
	place   place
	message *loggerv1.LogEntry
	entry   *entry.Entry // what filters are evaluated on
}

// NewLog returns the log of these entries, as ListEntries returns them, oldest first. It
// fails if they are not in order, or cannot be read.
func NewLog(entries []*loggerv1.LogEntry) (*Log, error) {
	l := &Log{records: make([]record, 0, len(entries))}
	for i, m := range entries {
		p, err := parsePlace(m.GetCursor())
		if err != nil {
			return nil, fmt.Errorf("entry %d of the log: %w", i, err)
		}
		if i > 0 && p.compare(l.records[i-1].place) <= 0 {
			return nil, fmt.Errorf("entry %d of the log (%s) is not behind the one before it (%s)",
				i, m.GetCursor(), entries[i-1].GetCursor())
		}
		e, err := entry.FromProto(m)
		if err != nil {
			return nil, fmt.Errorf("entry %d of the log: %w", i, err)
		}
		l.records = append(l.records, record{p, m, e})
	}
	return l, nil
}

// Len returns the number of entries.
func (l *Log) Len() int { return len(l.records) }

// End returns the cursor of the last entry, empty if there is none.
func (l *Log) End() string {
	if len(l.records) == 0 {
		return ""
	}
	return l.records[len(l.records)-1].message.GetCursor()
}

// behind returns the index of the first entry behind a place.
func (l *Log) behind(p place) int {
	i, found := slices.BinarySearchFunc(l.records, p, func(r record, p place) int { return r.place.compare(p) })
	if found {
		i++
	}
	return i
}

// at returns the index of the entry at a place.
func (l *Log) at(p place) (int, bool) {
	return slices.BinarySearchFunc(l.records, p, func(r record, p place) int { return r.place.compare(p) })
}

// same tells whether a message of a stream is an entry of the log.
func (r *record) same(m *loggerv1.LogEntry) bool {
	if m.GetFilterRevision() == 0 {
		return false
	}
	m = proto.CloneOf(m)
	m.FilterRevision = 0
	return proto.Equal(m, r.message)
}

// place is where a cursor points to. Cursors are opaque to clients; a test that compares
// them with one another has to look inside.
type place struct {
	text  string
	bytes []byte // epoch and position, which compare as the positions do
}

// A cursor holds 14 bytes before its check: version, epoch and position, big-endian.
const placeBytes = 14

func parsePlace(cursor string) (place, error) {
	b, err := base64.URLEncoding.DecodeString(cursor)
	if err != nil || len(cursor) != store.CursorLength || len(b) < placeBytes {
		return place{}, fmt.Errorf("%q is not a cursor", cursor)
	}
	return place{cursor, b[:placeBytes]}, nil
}

func (p place) compare(q place) int { return bytes.Compare(p.bytes, q.bytes) }

// Compare tells which of two cursors is the later one, as [cmp.Compare] does. What is not
// a cursor, the empty one for instance, is before all that are.
func Compare(a, b string) int {
	p, errA := parsePlace(a)
	q, errB := parsePlace(b)
	switch {
	case errA == nil && errB == nil:
		return p.compare(q)
	case errA != nil && errB != nil:
		return cmp.Compare(a, b)
	case errA != nil:
		return -1
	default:
		return 1
	}
}
