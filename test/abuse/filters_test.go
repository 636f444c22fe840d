package abuse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
	"github.com/seed-2f16ea30/logsieve/test/e2e/server"
)

// hugeFilters are filters that no person writes, by what is huge in them. Each must be
// refused.
func hugeFilters() map[string]*loggerv1.LogFilter {
	const megabyte = 1 << 20
	nested := func(n int, open, text, end string) *loggerv1.LogFilter {
		return &loggerv1.LogFilter{Query: strings.Repeat(open, n) + text + strings.Repeat(end, n)}
	}
	return map[string]*loggerv1.LogFilter{
		"10,000 parentheses":            nested(10_000, "(", "a", ")"),
		"1,000 parentheses":             nested(1_000, "(", "a", ")"),
		"40 parentheses":                nested(40, "(", "a", ")"),
		"10,000 that are never closed":  nested(10_000, "(", "", ""),
		"10,000 NOT":                    nested(10_000, "NOT ", "a", ""),
		"10,000 minus signs":            nested(10_000, "-", "a", ""),
		"10,000 functions":              nested(10_000, "f(", "a", ")"),
		"10,000 words":                  nested(10_000, "a ", "b", ""),
		"10,000 OR":                     nested(10_000, "a OR ", "b", ""),
		"10,000 levels of a field":      nested(10_000, "attributes.", "a=b", ""),
		"1 MB of words":                 nested(megabyte/5, "abcd ", "", ""),
		"1 MB, one word":                nested(megabyte, "a", "", ""),
		"1 MB, a quotation without end": nested(megabyte, "a", "", "\""),
	}
}

func moreHugeFilters(all map[string]*loggerv1.LogFilter) {
	texts := slices.Repeat([]string{"a"}, 10_000)
	attributes := map[string]string{}
	for i := range texts {
		attributes[fmt.Sprint("key", i)] = "value"
	}
	all["10,000 services"] = &loggerv1.LogFilter{Services: texts}
	all["10,000 texts"] = &loggerv1.LogFilter{Contains: texts}
	all["10,000 attributes"] = &loggerv1.LogFilter{Attributes: attributes}
	all["1 MB in a list"] = &loggerv1.LogFilter{Excludes: []string{strings.Repeat("a", 1<<20)}}
	all["1 MB of a regular expression"] = &loggerv1.LogFilter{Regex: strings.Repeat("(a|b)", 1<<20/5)}
	all["1 MB of a cursor"] = &loggerv1.LogFilter{Begin: &loggerv1.LogFilter_AfterCursor{AfterCursor: strings.Repeat("a", 1<<20)}}
}

// costlyRegexes are small, and would take hundreds of megabytes to compile.
func costlyRegexes() map[string]*loggerv1.LogFilter {
	all := map[string]*loggerv1.LogFilter{}
	for _, re := range []string{
		`(a{1000}){1000}`, `((a{0,100}){0,100}){0,100}`, `(((a{30}){30}){30}){30}`, `(\pL{1000})`, `[^a]{1000}`, `(?i)\pL{0,999}`,
		strings.Repeat(`\pL{900}`, 500), strings.Repeat(`\d{999}`, 70), strings.Repeat("(", 1000) + strings.Repeat(")", 1000),
		`(x+x+)+y{1000}{1000}`, `\Q` + strings.Repeat("a", 4000), `(?P<` + strings.Repeat("n", 3000) + `>a)`,
		`((((((((((x{1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9}){1,9})`, `[` + strings.Repeat(`\pL\pN`, 500) + `]{100}`,
	} {
		name := "regular expression " + re[:min(len(re), 40)]
		all[name] = &loggerv1.LogFilter{Regex: re}
		all[name+", in the query"] = &loggerv1.LogFilter{Query: `message=~` + fmt.Sprintf("%q", re)}
	}
	return all
}

// TestHugeFilters sends filters that are huge or costly over every way in.
func TestHugeFilters(t *testing.T) {
	huge := hugeFilters()
	moreHugeFilters(huge)
	attack{
		order: 70, name: "filters 10,000 deep, long or wide, and of 1 MB", expected: "refused",
		growth: 128 << 20, // 32 at a time, of a megabyte each, and their copies
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			return sendFilters(t, s, huge, scale(1, 20))
		},
	}.launch(t)
}

// TestCostlyRegexes sends regular expressions that are costly to compile.
func TestCostlyRegexes(t *testing.T) {
	attack{
		order: 71, name: "regular expressions that are costly to compile", expected: "refused",
		run: func(t *testing.T, s *server.Server) (string, string) {
			t.Helper()
			return sendFilters(t, s, costlyRegexes(), scale(2, 50))
		},
	}.launch(t)
}

// sendFilters sends each filter so many times over each way in, and wants it refused.
func sendFilters(t *testing.T, s *server.Server, filters map[string]*loggerv1.LogFilter, times int) (tries, got string) {
	t.Helper()
	conn := connectTo(t, s.GRPC)
	var names []string
	for name := range filters {
		names = append(names, name)
	}
	slices.Sort(names)
	ways := []func(context.Context, *server.Server, *grpc.ClientConn, *loggerv1.LogFilter) string{
		byMonitor, byTail, byList, byFields, byWebSocket, byQuery,
	}
	var all tally
	each(t, times*len(names)*len(ways), func(n int) error {
		name, way := names[n/len(ways)%len(names)], n%len(ways)
		answer := ways[way](t.Context(), s, conn, filters[name])
		if answer == "" {
			return nil // there is no way to say it over this one
		}
		if !slices.Contains(refusals, answer) {
			return fmt.Errorf("%s, way %d: %s", name, way, answer)
		}
		all.add(answer)
		return nil
	})
	return fmt.Sprintf("%d of %d kinds", all.total(), len(names)), all.String()
}
