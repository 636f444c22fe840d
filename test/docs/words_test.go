package docs

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// first returns the first cell of each row.
func first(rows [][]string) []string {
	var cells []string
	for _, row := range rows {
		cells = append(cells, row[0])
	}
	return cells
}

// The page knows every notice, and why entries may be missing.
func TestNoticesAndGapsAreThoseOfTheContract(t *testing.T) {
	var notices, reasons []string
	kinds := (*loggerv1.Notice)(nil).ProtoReflect().Descriptor().Oneofs().ByName("kind").Fields()
	for i := range kinds.Len() {
		notices = append(notices, string(kinds.Get(i).Name()))
	}
	values := loggerv1.GapReason(0).Descriptor().Values()
	for i := range values.Len() {
		if v := values.Get(i); v.Number() != 0 {
			reasons = append(reasons, string(v.Name()))
		}
	}
	if got := first(table(t, "websocket.md", "Notice", "Sent", "Tells")); !slices.Equal(got, notices) {
		t.Errorf("the page has the notices %q, the contract %q", got, notices)
	}
	if got := first(table(t, "websocket.md", "Reason", "Why")); !slices.Equal(got, reasons) {
		t.Errorf("the page has the reasons %q, the contract %q", got, reasons)
	}
}

// The page knows every way to say where to begin.
func TestBeginningsAreThoseOfTheContract(t *testing.T) {
	told := first(table(t, "websocket.md", "Field", "The stream begins"))
	begin := (*loggerv1.LogFilter)(nil).ProtoReflect().Descriptor().Oneofs().ByName("begin").Fields()
	for i := range begin.Len() {
		if name := begin.Get(i).Name(); !slices.Contains(told, string(name)) {
			t.Errorf("the page does not say what %s does", name)
		}
	}
	for _, name := range told {
		known := begin.ByName(protoreflect.Name(name)) != nil
		if !known && name != "none, first filter" && name != "none, later filter" {
			t.Errorf("the contract has no %s", name)
		}
	}
}
