package otlp

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
)

// maxObjects bounds the JSON objects and arrays of a request: each may be two bytes, and
// a hundred times that in memory.
const maxObjects = 1_000_000

// fromJSON returns a request in JSON as protobuf. OTLP's JSON is not protobuf's (ids are
// hexadecimal, enums are numbers): pdata knows it. What becomes of a record is then written
// down once, for both.
func fromJSON(data []byte) ([]byte, error) {
	if err := checkShape(data); err != nil {
		return nil, err
	}
	request := plogotlp.NewExportRequest()
	if err := request.UnmarshalJSON(data); err != nil {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	encoded, err := request.MarshalProto()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	return encoded, nil
}

// checkShape refuses a document that is not an object, or that would cost too much to
// decode: one nested too deep, since pdata reads recursively, or of too many pieces.
func checkShape(data []byte) error {
	// A value of OTLP is four deep in the request and three a level of its own.
	const deepest = 16 + 3*maxDepth
	depth, objects := 0, 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			i = endOfString(data, i+1)
		case '{', '[':
			depth++
			objects++
			if depth > deepest {
				return errTooDeep
			}
			if objects > maxObjects {
				return errTooMuch
			}
		case '}', ']':
			depth--
		}
	}
	if objects == 0 || depth != 0 {
		return fmt.Errorf("%w: send a JSON object with resourceLogs", errMalformed)
	}
	return nil
}

// endOfString returns the place of the quote that ends the string beginning at i.
func endOfString(data []byte, i int) int {
	for i < len(data) && data[i] != '"' {
		if data[i] == '\\' {
			i++
		}
		i++
	}
	return i
}
