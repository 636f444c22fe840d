package e2e

import (
	"google.golang.org/protobuf/proto"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// filters are what watchers of a web shop type, one after the other: every kind of
// condition, common and rare ones.
var filters = []*loggerv1.LogFilter{
	{},
	{Query: "severity>=WARN"},
	{Services: []string{"checkout", "pay*"}},
	{Query: "service=storefront GET -rate"},
	{Query: `service=(cart OR catalog OR search) AND NOT severity=DEBUG`},
	{MinSeverity: loggerv1.Severity_INFO, Contains: []string{"order"}},
	{Regex: `(?i)in \d{2} ms`},
	{Query: `attributes.feed.source:otel`},
	{Query: `message=~"(GET|POST) /" OR severity>=ERROR`},
	{Hosts: []string{"storefront-*", "cart-*"}, Excludes: []string{"session"}},
	{Attributes: map[string]string{"deployment.environment": "production"}, Query: "user"},
	{Query: `nothing-that-any-entry-has`},
	{Query: `-service=storefront -service=cart`},
	{Query: `attributes.feed.number>=10 attributes.feed.number<100000`},
	{Query: `trace_id:a severity<=WARN`},
}

// nth returns the nth filter, over and over, with notices.
func nth(n int) *loggerv1.LogFilter {
	f := proto.CloneOf(filters[n%len(filters)])
	f.Notices = true
	return f
}

// beginning returns a filter that begins where the other one says.
func beginning(f *loggerv1.LogFilter, like *loggerv1.LogFilter) *loggerv1.LogFilter {
	f = proto.CloneOf(f)
	f.Begin = like.GetBegin()
	return f
}

func afterCursor(cursor string) *loggerv1.LogFilter {
	return &loggerv1.LogFilter{Begin: &loggerv1.LogFilter_AfterCursor{AfterCursor: cursor}}
}

func last(n uint32) *loggerv1.LogFilter {
	return &loggerv1.LogFilter{Begin: &loggerv1.LogFilter_Last{Last: n}}
}
