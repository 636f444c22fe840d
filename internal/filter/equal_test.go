package filter

import (
	"strings"
	"testing"

	"github.com/seed-2f16ea30/logsieve/internal/entry"
)

func TestEqualIsExact(t *testing.T) {
	e := &entry.Entry{
		Service: "api-gateway", Host: "10.0.0.1", Message: "hello world",
		TraceID: "0af7651916cd43dd8448eb211c80319c", SpanID: "b7ad6b7169203331",
		Attributes: attributes("code", "042", "empty", "", "star", "a*", "path", `C:\temp`, "q", `say "hi"`, "http.request.method", "GET", "weird key", "x"),
	}
	checkSelects(t, e, []selectCase{
		{"service=api-gateway", true},
		{`service="api-gateway"`, true},
		{`service='api-gateway'`, true},
		{"service=API-gateway", false},
		{"service=api", false},
		{"host=10.0.0.1", true},
		{"message=hello", false},
		{`message="hello world"`, true},
		{"attributes.code=042", true},
		{"attributes.code=42", false},
		{`attributes.empty=""`, true},
		{`service=""`, false},
		{`attributes.star="a\*"`, true},
		{`attributes.star=a\*`, true},
		{`attributes.path=C:\temp`, true},
		{`attributes.path="C:\\temp"`, true},
		{`attributes.q="say \"hi\""`, true},
		{`attributes.q='say "hi"'`, true},
		{"attributes.http.request.method=GET", true},
		{`attributes."http.request".method=GET`, true},
		{`attributes.http."request".method=GET`, true},
		{`attributes."weird key"=x`, true},
		{`attributes.missing=""`, false},
		{"service = api-gateway", true},
		{"service= api-gateway", true},
		{"service=(web OR api-gateway)", true},
		{"service=(web OR db)", false},
		{`service=( "web" OR 'api-gateway' )`, true},
	})
}

func TestEqualFindsIDsInAnyCase(t *testing.T) {
	e := &entry.Entry{TraceID: "0af7651916cd43dd8448eb211c80319c", SpanID: "b7ad6b7169203331"}
	checkSelects(t, e, []selectCase{
		{"trace_id=0af7651916cd43dd8448eb211c80319c", true},
		{"trace_id=0AF7651916CD43DD8448EB211C80319C", true},
		{"span_id=B7AD6B7169203331", true},
		{"trace_id=0AF*", true},
		{"trace_id=1af*", false},
	})
}

// a != b is a:* AND NOT a = b: false where a is missing. NOT a = b is true there.
func TestMissingFieldMakesEveryComparisonFalse(t *testing.T) {
	for _, field := range []string{"service", "host", "message", "trace_id", "span_id", "attributes.a", `attributes."a b"`} {
		comparisons := []string{"=b", "=b*", "!=b", "!=b*", ":b", "=~b", "!~b", ":*", "=*", `:""`, `=~""`, `!~""`, "!=(b OR c)"}
		if strings.HasPrefix(field, attributesPrefix) {
			comparisons = append(comparisons, "<1", "<=1", ">1", ">=1")
		}
		for _, comparison := range comparisons {
			checkSelects(t, &entry.Entry{}, []selectCase{{field + comparison, false}, {"-" + field + comparison, true}})
		}
	}
	for _, comparison := range []string{"=INFO", "!=INFO", "<INFO", "<=INFO", ">INFO", ">=INFO", "=9", "!=9", "<=24", ">=1", ":*"} {
		checkSelects(t, &entry.Entry{}, []selectCase{{"severity" + comparison, false}, {"-severity" + comparison, true}})
	}
	for _, op := range []string{"=", "!=", "<", "<=", ">", ">="} {
		checkSelects(t, &entry.Entry{}, []selectCase{{"timestamp" + op + "2026-11-21T13:45:00Z", false}})
	}
}

func TestNotEqual(t *testing.T) {
	e := &entry.Entry{Service: "api", Attributes: attributes("a", "x", "empty", "")}
	checkSelects(t, e, []selectCase{
		{"service!=api", false},
		{"service!=web", true},
		{"service!=ap*", false},
		{"service!=we*", true},
		{"service!=*", false},
		{"attributes.a!=x", false},
		{"attributes.a!=y", true},
		{"attributes.b!=y", false},
		{"NOT attributes.b=y", true},
		{"-attributes.b=y", true},
		{`attributes.empty!=""`, false},
		{"attributes.empty!=x", true},
		// None of the list, as a!=x is none of one.
		{"attributes.a!=(y OR z)", true},
		{"attributes.a!=(x OR z)", false},
		{"attributes.b!=(y OR z)", false},
	})
}
