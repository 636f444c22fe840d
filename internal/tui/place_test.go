package tui

import (
	"fmt"
	"strings"
	"testing"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

func TestAScreenThatFollowsShowsOneFilter(t *testing.T) {
	b := newBench(t, "")
	b.log("old", 30)
	b.sees("old 29")
	b.press("new")
	b.notice(applied(4, "new"))
	b.log("new", 2)
	b.seesNot("old")
	if got := b.screen()[0]; !strings.HasPrefix(got, " ── filter 4: new ") {
		t.Errorf("the first line is %q", got)
	}
	b.press("pgup")
	b.sees("old 29")
}

func TestPauseCountsWhatWaits(t *testing.T) {
	b := newBench(t, "")
	b.log("first", 20)
	b.press("esc", "space")
	before := strings.Join(b.screen()[:9], "\n")
	b.log("waiting", 1234)
	b.sees("PAUSED 1,234 waiting")
	if after := strings.Join(b.screen()[:9], "\n"); after != before {
		t.Errorf("the rows moved:\n%s\n%s", before, after)
	}
	b.press("space")
	b.sees("waiting 1233")
	b.seesNot("PAUSED")
}

func TestScrollingHoldsUntilTheEndIsReached(t *testing.T) {
	b := newBench(t, "")
	b.log("entry", 40)
	b.press("pgup")
	b.log("late", 1)
	b.sees("HELD 1 waiting")
	b.seesNot("late 0")
	b.press("pgdown", "pgdown")
	b.sees("late 0")
	b.seesNot("HELD")
	b.press("esc", "k", "k")
	b.sees("HELD 0 waiting")
	b.sees(">         ")
	b.press("G")
	b.seesNot("HELD")
	b.press("g")
	b.sees("entry 0")
	b.press("esc")
	b.seesNot("HELD")
}

// Nothing that is looked at is dropped, and nothing that comes is: it stays with the server.
func TestAHeldScreenStopsTaking(t *testing.T) {
	b := newBench(t, "")
	b.log("first", 5)
	b.press("esc", "space")
	top := b.place.top
	for n := 0; b.granted; n++ {
		if n > 2*maxRows {
			t.Fatal("it takes without end")
		}
		b.log("more", min(b.wire.grants[len(b.wire.grants)-1], 1))
	}
	if b.rows.next-b.rows.first != maxRows || b.rows.first != top || b.place.top != top {
		t.Errorf("it holds %d rows from %d, and shows those from %d", b.rows.next-b.rows.first, b.rows.first, b.place.top)
	}
	b.sees("9,994+ waiting")
	b.press("space")
	if !b.granted {
		t.Error("it does not go on")
	}
}

func TestRowsAreBounded(t *testing.T) {
	var r rows
	for i := range 3 * maxRows {
		r.push(row{text: fmt.Sprint(i)})
	}
	if n := r.next - r.first; n != maxRows || r.at(r.first).text != fmt.Sprint(2*maxRows) {
		t.Errorf("%d rows from %q", n, r.at(r.first).text)
	}
	large := &loggerv1.LogEntry{Message: strings.Repeat("x", 1<<20)}
	for range 200 {
		r.push(row{entry: large})
	}
	if n := r.next - r.first; r.bytes > maxRowBytes || n < 60 || n > 64 {
		t.Errorf("%d large rows, %d bytes", n, r.bytes)
	}
}

func TestDetail(t *testing.T) {
	b := newBench(t, "oops")
	b.give(&loggerv1.LogEntry{
		Severity: loggerv1.Severity_ERROR, SeverityNumber: 17, Service: "web", Cursor: "c1",
		Message: "first line\nsecond oops", Attributes: map[string]string{"long": strings.Repeat("ab ", 60) + "end"},
	}, &loggerv1.LogEntry{Message: "the next one"})
	b.press("esc", "k", "enter")
	for _, want := range []string{"severity     ERROR (17)", "cursor       c1", "first line", "second oops"} {
		b.sees(want)
	}
	b.press("pgdown")
	b.sees("end")
	b.press("n")
	b.sees("the next one")
	b.press("p", "q")
	b.sees("HELD")
	b.press("f1")
	b.sees("The filter line")
	b.press("end", "pgdown", "pgdown", "pgdown")
	b.sees("attributes.user_id=42")
	b.press("esc")
	b.seesNot("attributes.user_id=42")
}
