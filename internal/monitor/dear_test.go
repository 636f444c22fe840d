package monitor_test

import (
	"fmt"
	"strings"
	"testing"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// TestDearFilter watches large entries with an expression that takes too long for the hub to
// run: the stream gets exactly what matches all the same, live and from the log.
func TestDearFilter(t *testing.T) {
	s := start(t)
	const dear = "message=~'(a[bc]?){0,90}[de]$'"
	m := s.monitor(query(dear))
	m.live(1)
	var want []string
	req := &loggerv1.WriteEntriesRequest{}
	for i := range 12 {
		text := strings.Repeat("ab", 1100) + fmt.Sprint(i)
		if i%4 == 0 {
			text += "ae"
			want = append(want, text)
		}
		req.Entries = append(req.Entries, &loggerv1.LogEntry{Message: text})
	}
	if _, err := s.WriteEntries(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	replayed := s.monitor(last(dear, uint32(len(want))))
	replayed.applied(1)
	for _, text := range want {
		for _, got := range []*loggerv1.LogEntry{m.next(), replayed.next()} {
			if got.GetMessage() != text {
				t.Fatalf("got %.20q…, %v, want …%s", got.GetMessage(), got.GetNotice(), text[len(text)-5:])
			}
		}
	}
}
