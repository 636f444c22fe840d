package docs

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/code"

	"github.com/seed-2f16ea30/logsieve/internal/fault"
	"github.com/seed-2f16ea30/logsieve/internal/store"
)

// The page has each way in which a cursor can be refused, with the code that ends a stream
// which begins so.
func TestRefusedCursors(t *testing.T) {
	codes := table(t, "websocket.md", "Code", "Status", "When", "Come back?")
	var want []string
	for _, err := range []error{store.ErrCursorMalformed, store.ErrCursorEpoch, store.ErrCursorScope, store.ErrCursorTooOld, store.ErrCursorAhead} {
		problem, known := fault.Describe(err)
		if !known {
			t.Fatalf("%v is not told to callers", err)
		}
		status := code.Code(problem.Code).String()
		i := slices.IndexFunc(codes, func(row []string) bool { return slices.Contains(strings.Split(row[1], ", "), status) })
		if i < 0 {
			t.Fatalf("the page has no close code for %s", status)
		}
		want = append(want, problem.Reason+" "+codes[i][0])
	}
	var got []string
	for _, row := range table(t, "websocket.md", "Reason", "Close code", "When") {
		got = append(got, row[0]+" "+row[1])
	}
	if !slices.Equal(got, want) {
		t.Errorf("the page has %q, the code %q", got, want)
	}
}
