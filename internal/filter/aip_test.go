package filter

import (
	"strings"
	"testing"

	"go.einride.tech/aip/filtering"
	exprpb "google.golang.org/genproto/googleapis/api/expr/v1alpha1"
	"pgregory.net/rapid"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

// Where our language and AIP-160's are the same, the public Go parser of AIP-160 must
// see the same tree in a query.
func TestLanguageIsThatOfAIP160(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		query := drawAIP(t, 3)
		var parser filtering.Parser
		parser.Init(query)
		parsed, err := parser.Parse()
		if err != nil {
			t.Fatalf("AIP-160 parser: %q: %v", query, err)
		}
		m := newMatcher(parseRoomy(t, query))
		for range 6 {
			e := drawSmallEntry(t)
			if got, want := m.Match(e), evalAIP(t, parsed.GetExpr(), e); got != want {
				t.Fatalf("%s\nselects %+v: %v, by AIP-160 %v; canonical %s", query, e, got, want, m.Canonical())
			}
		}
	})
}

// drawAIP draws a query of the common language: no parentheses but the needed ones, so
// that precedence decides.
func drawAIP(t *rapid.T, depth int) string {
	var b strings.Builder
	for i := range rapid.IntRange(1, 4).Draw(t, "terms") {
		if i > 0 {
			b.WriteString(rapid.SampledFrom([]string{" ", " AND ", " OR "}).Draw(t, "join"))
		}
		b.WriteString(rapid.SampledFrom([]string{"", "", "NOT ", "-"}).Draw(t, "not"))
		if depth > 0 && rapid.IntRange(0, 2).Draw(t, "group") == 0 {
			b.WriteString("(" + drawAIP(t, depth-1) + ")")
			continue
		}
		field := rapid.SampledFrom([]string{"", "service", "host", "attributes.x", "attributes.y.z"}).Draw(t, "field")
		value := rapid.SampledFrom([]string{"a", "b", "ab", `"a"`, `"a b"`, "and"}).Draw(t, "value")
		if field != "" {
			field += rapid.SampledFrom([]string{"=", "!=", " = "}).Draw(t, "op")
		}
		b.WriteString(field + value)
	}
	return b.String()
}

// drawSmallEntry draws an entry of the few values that drawAIP asks for.
func drawSmallEntry(t *rapid.T) *entry.Entry {
	values := rapid.SampledFrom([]string{"", "a", "b", "ab", "a b"})
	e := &entry.Entry{Service: values.Draw(t, "service"), Host: values.Draw(t, "host"), Message: values.Draw(t, "message")}
	for _, key := range []string{"x", "y.z"} {
		if rapid.Bool().Draw(t, "has "+key) {
			e.Attributes = append(e.Attributes, entry.Attribute{Key: key, Value: values.Draw(t, key)})
		}
	}
	return e
}

// evalAIP evaluates a tree of the other parser.
func evalAIP(t *rapid.T, x *exprpb.Expr, e *entry.Entry) bool {
	call := x.GetCallExpr()
	if call == nil {
		return strings.Contains(e.Message, nameAIP(t, x))
	}
	args := call.GetArgs()
	switch call.GetFunction() {
	case filtering.FunctionAnd, filtering.FunctionFuzzyAnd:
		return evalAIP(t, args[0], e) && evalAIP(t, args[1], e)
	case filtering.FunctionOr:
		return evalAIP(t, args[0], e) || evalAIP(t, args[1], e)
	case filtering.FunctionNot:
		return !evalAIP(t, args[0], e)
	case filtering.FunctionEquals, filtering.FunctionNotEquals:
		text, ok := modelText(e, nameAIP(t, args[0]))
		return ok && (text == nameAIP(t, args[1])) == (call.GetFunction() == filtering.FunctionEquals)
	}
	t.Fatalf("the other parser has a function %s", call.GetFunction())
	return false
}

// nameAIP returns the name or text that a leaf of the other parser's tree stands for.
func nameAIP(t *rapid.T, x *exprpb.Expr) string {
	switch {
	case x.GetSelectExpr() != nil:
		return nameAIP(t, x.GetSelectExpr().GetOperand()) + "." + x.GetSelectExpr().GetField()
	case x.GetIdentExpr() != nil:
		return x.GetIdentExpr().GetName()
	case x.GetConstExpr() != nil:
		return x.GetConstExpr().GetStringValue()
	}
	t.Fatalf("the other parser has a leaf %v", x)
	return ""
}
