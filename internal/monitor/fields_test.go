package monitor_test

import (
	"fmt"
	"strings"
	"testing"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// Values that are as long as they may be stored neither fill the memory of the server nor
// make an answer that no client takes.
func TestFieldsOfLongValues(t *testing.T) {
	s := start(t)
	long := strings.Repeat("x", 32<<10)
	req := &loggerv1.WriteEntriesRequest{}
	for i := range 64 {
		req.Entries = append(req.Entries, &loggerv1.LogEntry{Service: "shop", Attributes: map[string]string{
			"a": fmt.Sprint(i, long), "b": fmt.Sprint(i, long), "c": fmt.Sprint(i, long), "short": "s",
		}})
		if i%16 == 15 { // a request is of 4 MiB at most
			if _, err := s.WriteEntries(t.Context(), req); err != nil {
				t.Fatal(err)
			}
			req.Reset()
		}
	}
	r, err := s.ListFields(t.Context(), &loggerv1.ListFieldsRequest{Values: 1000})
	if err != nil {
		t.Fatalf("fields with long values cannot be listed: %v", err)
	}
	for _, f := range r.GetFields() {
		switch name := f.GetName(); {
		case !strings.HasPrefix(name, "attributes."):
		case f.GetEntries() != 64:
			t.Errorf("%s is counted %d times", name, f.GetEntries())
		case name == "attributes.short" != (len(f.GetValues()) == 1):
			t.Errorf("%s has %d values", name, len(f.GetValues()))
		}
	}
}
