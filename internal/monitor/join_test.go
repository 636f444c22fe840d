package monitor_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// TestAPageJoinsAStream lists what is retained up to where a stream begins: with what the
// stream brings, that is everything once, however much has come meanwhile.
func TestAPageJoinsAStream(t *testing.T) {
	s := start(t)
	s.write(10)
	m := s.monitor(all())
	at := m.applied(1)
	m.caughtUp(1)
	s.write(10)
	page, err := s.ListEntries(t.Context(), &loggerv1.ListEntriesRequest{UntilCursor: at.GetCursor(), PageSize: 4})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range page.GetEntries() {
		got = append(got, e.GetMessage())
	}
	if diff := cmp.Diff([]string{message(10), message(9), message(8), message(7)}, got); diff != "" {
		t.Errorf("(-want +listed):\n%s", diff)
	}
	m.entries(1, numbers(11, 20)...)
}

func TestAPageUntilAForeignCursor(t *testing.T) {
	s := start(t)
	s.write(1)
	_, err := s.ListEntries(t.Context(), &loggerv1.ListEntriesRequest{UntilCursor: "AZ86wtQbAAAAAAAK3imNY_TG"})
	if err == nil {
		t.Error("a cursor of another log was taken")
	}
}
