package body

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// decodeDocument reads an array of entries, or an object with one.
func (b *Batch) decodeDocument(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	first, err := decoder.Token()
	if err != nil {
		return malformed(err, decoder)
	}
	switch first {
	case json.Delim('['):
		err = b.decodeArray(decoder)
	case json.Delim('{'):
		err = b.decodeObject(decoder)
	default:
		return fmt.Errorf(`%w: send {"entries": [{"message": "…"}]} or an array of entries`, ErrMalformed)
	}
	if err != nil {
		return err
	}
	if rest := bytes.TrimSpace(data[decoder.InputOffset():]); len(rest) > 0 {
		return fmt.Errorf("%w: something follows the entries at byte %d; for one entry a line, send application/x-ndjson",
			ErrMalformed, decoder.InputOffset())
	}
	return nil
}

// decodeArray reads what follows the opening bracket, and the closing one.
func (b *Batch) decodeArray(decoder *json.Decoder) error {
	// One buffer for the text of all entries: protojson copies what it keeps.
	var text json.RawMessage
	for index := 0; decoder.More(); index++ {
		if err := decoder.Decode(&text); err != nil {
			return malformed(err, decoder)
		}
		if err := b.add(index, text); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return malformed(err, decoder)
}

// decodeObject reads what follows the opening brace, and the closing one.
func (b *Batch) decodeObject(decoder *json.Decoder) error {
	seen := false
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return malformed(err, decoder)
		}
		if name != "entries" || seen {
			return fmt.Errorf(`%w: unknown or repeated field %q: send {"entries": […]}; an entry alone goes into an array`,
				ErrMalformed, name)
		}
		seen = true
		switch open, err := decoder.Token(); {
		case err != nil:
			return malformed(err, decoder)
		case open != json.Delim('['):
			return fmt.Errorf("%w: the field entries must be an array", ErrMalformed)
		}
		if err := b.decodeArray(decoder); err != nil {
			return err
		}
	}
	_, err := decoder.Token()
	return malformed(err, decoder)
}

func malformed(err error, decoder *json.Decoder) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: not valid JSON near byte %d: %w", ErrMalformed, decoder.InputOffset(), err)
}
