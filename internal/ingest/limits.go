package ingest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Limits bound one entry. A limit that is 0 has its default.
type Limits struct {
	// EntryBytes bounds all text of an entry. At most half of it goes to attributes, and
	// at most a quarter to one attribute's value; the message gets what they leave.
	// Default 256 KiB, at least 4 KiB.
	EntryBytes int
	// Attributes bounds how many attributes an entry has, not counting those that tell
	// what was cut. Default 128.
	Attributes int
	// NameBytes bounds the key of an attribute, a service and a host. Default 256.
	NameBytes int
}

const (
	defaultEntryBytes = 256 << 10
	defaultAttributes = 128
	defaultNameBytes  = 256

	// minEntryBytes leaves room for what tells that an entry was cut.
	minEntryBytes = 4 << 10
	// markBytes is at least the size of the attributes that tell what was cut.
	markBytes = 256
)

// Attributes that tell what was cut.
const (
	// KeyTruncated is "true" where a text of the entry was cut.
	KeyTruncated = "log.truncated"
	// KeyOriginalLength is the length in bytes that a cut message had.
	KeyOriginalLength = "log.original_length"
	// KeyTruncatedAttributes is the number of attributes whose key or value was cut.
	KeyTruncatedAttributes = "log.truncated_attributes"
	// KeyDroppedAttributes is the number of attributes that were left out.
	KeyDroppedAttributes = "log.dropped_attributes"
)

func (l Limits) orDefault() Limits {
	set := func(limit *int, otherwise int) {
		if *limit <= 0 {
			*limit = otherwise
		}
	}
	set(&l.EntryBytes, defaultEntryBytes)
	set(&l.Attributes, defaultAttributes)
	set(&l.NameBytes, defaultNameBytes)
	l.EntryBytes = max(l.EntryBytes, minEntryBytes)
	return l
}

// fit cuts e to the limits and makes its text valid UTF-8. Nearly every entry fits as it
// is, which costs a look at each byte and no allocation.
func (l Limits) fit(e *entry.Entry) {
	if l.fits(e) {
		return
	}
	var cuts cuts
	e.Service = l.name(e.Service, &cuts)
	e.Host = l.name(e.Host, &cuts)
	size := len(e.Service) + len(e.Host) + l.fitAttributes(e, &cuts)

	message := strings.ToValidUTF8(e.Message, "\uFFFD")
	if room := l.EntryBytes - size - markBytes; len(message) > room {
		cuts.message = len(e.Message)
		message = CutText(message, room)
	}
	e.Message = message
	e.Attributes = entry.SortAttributes(cuts.appendMarks(e.Attributes))
}

func (l Limits) fits(e *entry.Entry) bool {
	if len(e.Attributes) > l.Attributes || len(e.Service) > l.NameBytes || len(e.Host) > l.NameBytes {
		return false
	}
	if !utf8.ValidString(e.Service) || !utf8.ValidString(e.Host) || !utf8.ValidString(e.Message) {
		return false
	}
	size := 0
	for i := range e.Attributes {
		a := &e.Attributes[i]
		if len(a.Key) > l.NameBytes || len(a.Value) > l.EntryBytes/4 {
			return false
		}
		if !utf8.ValidString(a.Key) || !utf8.ValidString(a.Value) {
			return false
		}
		size += len(a.Key) + len(a.Value)
	}
	return size <= l.EntryBytes/2 && size+len(e.Service)+len(e.Host)+len(e.Message) <= l.EntryBytes
}

// fitAttributes cuts the attributes and returns their size. They are left unsorted.
func (l Limits) fitAttributes(e *entry.Entry, cuts *cuts) int {
	size := 0
	// A maker may have used one slice for several entries: leave it as it is.
	kept := make([]entry.Attribute, 0, min(len(e.Attributes), l.Attributes)+marks)
	for _, a := range e.Attributes {
		key := l.name(a.Key, nil)
		room := l.EntryBytes/2 - size - len(key)
		if len(kept) == l.Attributes || room < 0 {
			cuts.dropped++
			continue
		}
		value := CutText(strings.ToValidUTF8(a.Value, "\uFFFD"), min(l.EntryBytes/4, room))
		if len(key) < len(a.Key) || len(value) < len(a.Value) {
			cuts.attributes++
		}
		kept = append(kept, entry.Attribute{Key: key, Value: value})
		size += len(key) + len(value)
	}
	e.Attributes = kept
	return size
}

func (l Limits) name(s string, cuts *cuts) string {
	fitting := CutText(strings.ToValidUTF8(s, "\uFFFD"), l.NameBytes)
	if cuts != nil && len(fitting) < len(s) {
		cuts.names = true
	}
	return fitting
}

// cuts is what was cut from an entry.
type cuts struct {
	message    int // length before the cut
	attributes int
	dropped    int
	names      bool
}

// marks is the number of attributes that appendMarks adds at most.
const marks = 4

// appendMarks appends behind the attributes that are there: where a reader of lines has
// cut the message before us, its word stays, since it saw the whole of it.
func (c *cuts) appendMarks(attributes []entry.Attribute) []entry.Attribute {
	number := func(key string, n int) {
		if n > 0 {
			attributes = append(attributes, entry.Attribute{Key: key, Value: strconv.Itoa(n)})
		}
	}
	if c.message > 0 || c.attributes > 0 || c.names {
		attributes = append(attributes, entry.Attribute{Key: KeyTruncated, Value: "true"})
	}
	number(KeyOriginalLength, c.message)
	number(KeyTruncatedAttributes, c.attributes)
	number(KeyDroppedAttributes, c.dropped)
	return attributes
}

// CutText returns at most the first limit bytes of s, not ending inside a character. A
// negative limit is 0.
func CutText(s string, limit int) string {
	limit = max(limit, 0)
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	// A copy, so that the little that is kept does not hold all of it in memory.
	return strings.Clone(s[:limit])
}

// MarkCut tells on an entry that its message was cut from originalLength bytes.
func MarkCut(e *entry.Entry, originalLength int) {
	c := cuts{message: originalLength}
	e.Attributes = entry.SortAttributes(c.appendMarks(slices.Clip(e.Attributes)))
}
