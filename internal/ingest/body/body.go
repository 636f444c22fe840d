// Package body reads log entries from the body of an HTTP request, in any of three forms:
// an object with the entries, an array of them, or one entry a line.
//
// Each entry is read on its own and strictly, in protobuf's JSON form. One that is wrong
// is named and spares the others: a field that does not exist is a mistake to be told,
// not to be lost without a word.
package body

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"

	"google.golang.org/protobuf/encoding/protojson"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/internal/entry"
	"github.com/seed-2f16ea30/logsieve/internal/ingest/inflate"
)

// MaxEntries bounds the entries of one body. Twenty MiB of "{}," would otherwise become
// seven million messages, two gigabytes of them.
const MaxEntries = 100_000

// Errors of Decode, possibly wrapped with what is known of the cause. Those of
// package inflate come as they are.
var (
	// ErrMediaType means that the content type is none of those that are read.
	ErrMediaType = errors.New("the content type is not supported")
	// ErrEmpty means that the body holds no entry.
	ErrEmpty = errors.New(`the body holds no entry: send {"entries": [{"message": "…"}]}, or one entry a line`)
	// ErrMalformed means that the body as a whole is not what its content type says, so
	// that none of its entries can be told from the others.
	ErrMalformed = errors.New("the body is malformed")
	// ErrTooMany means that the body holds more than MaxEntries.
	ErrTooMany = fmt.Errorf("the body holds more than %d entries: send it in parts", MaxEntries)
)

// Batch is what a body holds.
type Batch struct {
	// Entries are those that are good, in their order.
	Entries []*loggerv1.LogEntry
	// Indexes holds the place in the body of each of Entries, from 0.
	Indexes []uint32
	// Rejected are those that are not good, and why, by their place in the body.
	Rejected []*loggerv1.RejectedEntry
}

// Decode reads a body to its end.
//
// contentType is application/json for {"entries": […]} and […], application/x-ndjson
// (also application/ndjson, application/jsonl) for one entry a line, empty for whichever it
// looks like. contentEncoding is gzip, identity or empty. The fields of an entry may be
// spelt as in the contract or in lowerCamelCase.
//
// A batch of which every entry is rejected is no error.
func Decode(r io.Reader, contentType, contentEncoding string, limits inflate.Limits) (Batch, error) {
	lines, err := isLines(contentType)
	if err != nil {
		return Batch{}, err
	}
	data, err := inflate.ReadAll(r, contentEncoding, limits)
	if err != nil {
		return Batch{}, err
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	if len(data) == 0 {
		return Batch{}, ErrEmpty
	}
	var b Batch
	if lines || (contentType == "" && looksLikeLines(data)) {
		err = b.decodeLines(data)
	} else {
		err = b.decodeDocument(data)
	}
	if err == nil && len(b.Entries)+len(b.Rejected) == 0 {
		err = ErrEmpty
	}
	if err != nil {
		return Batch{}, err
	}
	return b, nil
}

func isLines(contentType string) (bool, error) {
	if contentType == "" {
		return false, nil
	}
	media, params, err := mime.ParseMediaType(contentType)
	if charset := params["charset"]; err == nil && charset != "" && charset != "utf-8" && charset != "UTF-8" {
		return false, fmt.Errorf("%w: send UTF-8, not charset %q", ErrMediaType, charset)
	}
	switch media {
	case "application/json":
		return false, nil
	case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines":
		return true, nil
	default:
		return false, fmt.Errorf("%w: send application/json or application/x-ndjson, not %q", ErrMediaType, contentType)
	}
}

// looksLikeLines says whether data begins with an entry on a line of its own.
func looksLikeLines(data []byte) bool {
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if data[0] != '{' || !json.Valid(first) {
		return false
	}
	var document struct {
		Entries json.RawMessage `json:"entries"`
	}
	return json.Unmarshal(first, &document) == nil && document.Entries == nil
}

func (b *Batch) decodeLines(data []byte) error {
	index := 0
	for text := range bytes.Lines(data) {
		text = bytes.TrimSpace(text)
		if len(text) == 0 {
			continue
		}
		if err := b.add(index, text); err != nil {
			return err
		}
		index++
	}
	return nil
}

// add reads one entry.
func (b *Batch) add(index int, text []byte) error {
	if index >= MaxEntries {
		return ErrTooMany
	}
	at := uint32(index) //nolint:gosec // G115: below MaxEntries.
	if text[0] != '{' {
		b.reject(at, "an entry is a JSON object, {\"message\": \"…\"}")
		return nil
	}
	e := &loggerv1.LogEntry{}
	if err := protojson.Unmarshal(text, e); err != nil {
		b.reject(at, explain(err))
		return nil
	}
	if _, err := entry.FromProto(e); err != nil {
		b.reject(at, err.Error())
		return nil
	}
	b.Entries = append(b.Entries, e)
	b.Indexes = append(b.Indexes, at)
	return nil
}

func (b *Batch) reject(index uint32, message string) {
	b.Rejected = append(b.Rejected, &loggerv1.RejectedEntry{Index: index, Message: message})
}
