package body

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// explain turns protojson's error into a sentence that says what would be right.
func explain(err error) string {
	// Its errors begin with "proto:" and a space that is at times one that does not break,
	// lest anybody rely on them.
	text := strings.ReplaceAll(err.Error(), "\u00a0", " ")
	text = strings.TrimPrefix(text, "proto: ")
	switch {
	case strings.Contains(text, "unknown field"):
		return text + ": the fields of an entry are " + strings.Join(writableFields(), ", ")
	case strings.Contains(text, "for enum"):
		return text + ": send TRACE, DEBUG, INFO, WARN, ERROR or FATAL"
	case strings.Contains(text, "google.protobuf.Timestamp"):
		return text + ": send a time like 2006-01-02T15:04:05.123Z"
	case strings.Contains(text, "string field value"): // of the map
		return text + `: attributes are text, {"status": "200"}`
	case strings.Contains(text, "string field"):
		return text + `: send text, in quotes`
	default:
		return text
	}
}

// writableFields returns the names of the fields that a writer may set.
func writableFields() []string {
	fields := (&loggerv1.LogEntry{}).ProtoReflect().Descriptor().Fields()
	var names []string
	for i := range fields.Len() {
		names = append(names, string(fields.Get(i).Name()))
	}
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.Contains(setByServer, protoreflect.Name(name))
	})
}

var setByServer = []protoreflect.Name{"cursor", "filter_revision", "notice"}
