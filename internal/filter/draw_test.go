package filter

import (
	"time"

	"pgregory.net/rapid"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// The pools are small, so that conditions are often true and often collide.
var (
	textPool    = []string{"a", "A", "ab", "aB*", "b c", "42", "042", "-7", "4.5", "1e3", "NaN", "0x10", "AND", "or", "日本", "kK\u212aſ", `a\b`, `\*`, "*", `"q"`, "it's", "a=b", "x:y", "line\nbreak", "é", "É"}
	regexPool   = []string{"a", "^a", "b$", "(?i)AB", `\d+`, "a|b", ".", "", `\\`, "(?i)k", "日", "a.*b", `\*$`, "(?:a|b)c?", "[0-9]{2}"}
	numberPool  = []string{"0", "42", "-7", "4.5", "1000", "1e3", "100"}
	fieldPool   = []string{"service", "host", "message", "trace_id", "attributes.a", "attributes.b", "attributes.http.status", "attributes.odd key", "attributes.x=y"}
	timePool    = []string{"2026-11-21T13:45:00Z", "2026-11-21T13:45:00.000000001Z", "1969-12-31T23:59:59Z", "2026-11-21T22:45:00+09:00"}
	comparisons = []string{"=", "!=", "<", "<=", ">", ">="}
)

// drawEntry draws an entry in which any field may be missing.
func drawEntry(t *rapid.T) *entry.Entry {
	text := func(label string) string {
		return rapid.OneOf(rapid.Just(""), rapid.SampledFrom(textPool)).Draw(t, label)
	}
	e := &entry.Entry{
		Severity: entry.Severity(rapid.Uint8Max(uint8(entry.MaxSeverity)).Draw(t, "severity")),
		Service:  text("service"), Host: text("host"), Message: text("message") + text("message"),
		TraceID: rapid.SampledFrom([]string{"", "a", "ab", "42", "042"}).Draw(t, "trace_id"),
	}
	if at := rapid.SampledFrom(append(timePool, "")).Draw(t, "timestamp"); at != "" {
		parsed, _ := time.Parse(time.RFC3339, at)
		e.Timestamp = parsed.UnixNano()
	}
	for _, key := range []string{"a", "b", "http.status", "odd key", "x=y"} {
		if rapid.Bool().Draw(t, "has "+key) {
			e.Attributes = append(e.Attributes, entry.Attribute{Key: key, Value: text(key)})
		}
	}
	e.Attributes = entry.SortAttributes(e.Attributes)
	return e
}

// drawModel draws a tree with at most 3 parts a node and this depth.
func drawModel(t *rapid.T, depth int) model {
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	if depth == 0 || kind > 3 {
		return drawCondition(t)
	}
	if kind == 0 {
		return modelNot{drawModel(t, depth-1)}
	}
	var parts []model
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		parts = append(parts, drawModel(t, depth-1))
	}
	if kind == 1 {
		return modelAny(parts)
	}
	return modelAll(parts)
}

func drawCondition(t *rapid.T) modelCondition {
	from := func(pool []string, label string) string { return rapid.SampledFrom(pool).Draw(t, label) }
	switch rapid.IntRange(0, 7).Draw(t, "condition") {
	case 0:
		severities := []string{"TRACE", "DEBUG", "INFO", "WARN", "error", "FATAL", "1", "17", "18", "24"}
		return modelCondition{field: "severity", op: from(append(comparisons, ":"), "op"), text: from(severities, "severity")}
	case 1:
		return modelCondition{field: "timestamp", op: from(comparisons, "op"), text: from(timePool, "time")}
	case 2:
		return modelCondition{field: from(fieldPool[4:], "field"), op: from(comparisons[2:], "op"), text: from(numberPool, "number")}
	case 3:
		return modelCondition{field: from(fieldPool, "field"), op: from([]string{"=~", "!~"}, "op"), text: from(regexPool, "regex")}
	case 4:
		return modelCondition{field: "message", op: ":", text: from(textPool, "text")}
	case 5:
		return modelCondition{field: from(fieldPool, "field"), op: from([]string{"=", ":", "!="}, "op"), star: true}
	}
	c := modelCondition{field: from(fieldPool, "field"), op: from([]string{"=", "!=", ":"}, "op"), text: from(append(textPool, ""), "text")}
	c.star = c.text != "*" && rapid.Bool().Draw(t, "star")
	if c.field == "trace_id" && c.op != ":" {
		c.text = from([]string{"a", "ab", "042"}, "id") // ids are compared in lower case
	}
	return c
}
