package filter

import (
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestPrefix(t *testing.T) {
	e := &entry.Entry{Service: "api-gateway", Attributes: attributes("glob", "a*b", "back", `a\b`, "s", "*")}
	checkSelects(t, e, []selectCase{
		{"service=api-*", true},
		{`service="api-*"`, true},
		{"service=API-*", false},
		{"service=gateway*", false},
		{"service=api-gateway*", true},
		{"service=api-gateway-2*", false},
		// Only a * at the end, and not an escaped one, is special.
		{`service="api-\*"`, false},
		{`service=api-\*`, false},
		{`attributes.glob="a*b"`, true},
		{`attributes.glob="*b"`, false},
		{`attributes.glob="a\*"`, false},
		{`attributes.glob="a**"`, true},
		{`attributes.glob="a*\*"`, false},
		{`attributes.back="a\\*"`, true},
		{`attributes.back="a\\\*"`, false},
		{`attributes.s="\*"`, true},
		{`attributes.s=\*`, true},
	})
}
