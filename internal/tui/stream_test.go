package tui

import (
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

func TestStatusLine(t *testing.T) {
	b := newBench(t, "")
	b.sees("CATCHING UP")
	b.notice(&loggerv1.Notice{Kind: &loggerv1.Notice_CaughtUp{CaughtUp: &loggerv1.CaughtUp{Revision: 1}}})
	b.log("entry", 3)
	b.sees("LIVE  received 3  matched 3  missed 0  behind 0")
	b.notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Progress{Progress: &loggerv1.Progress{Matched: 1500, Behind: 2001}}})
	b.sees("CATCHING UP  received 3  matched 1,500  missed 0  behind 2,001")
}

func TestWhatIsMissingIsSaidWhereItIsMissing(t *testing.T) {
	b := newBench(t, "")
	b.log("before", 1)
	b.notice(&loggerv1.Notice{Kind: &loggerv1.Notice_Gap{Gap: &loggerv1.Gap{Entries: 12345, Reason: loggerv1.GapReason_SKIPPED_TO_LIVE}}})
	b.log("after", 1)
	b.sees("gap: 12,345 entries are missing here (skipped to live)")
	b.sees("missed 12,345")
}

func TestOutage(t *testing.T) {
	b := newBench(t, "")
	lost := status.Error(codes.Unavailable, `connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:1: refused"`)
	b.Update(batch{{outage: &outage{attempt: 1, err: lost, wait: time.Second}}})
	b.sees("the connection is lost: dial tcp 127.0.0.1:1: refused")
	b.Update(batch{{outage: &outage{attempt: 2, err: lost, wait: 2 * time.Second}}})
	b.sees("RECONNECTING (try 2, 2s)")
	b.Update(batch{{outage: &outage{}}})
	b.sees("connected again")
	b.seesNot("RECONNECTING")
}

func TestTheEndOfTheStreamStaysOnTheScreen(t *testing.T) {
	b := newBench(t, "")
	gone := errors.New("gone")
	if _, cmd := b.Update(batch{{end: true, err: gone}}); cmd != nil {
		t.Error("the screen is closed")
	}
	b.sees("the stream has ended: gone")
	b.sees("ENDED")
	if !errors.Is(b.ended, gone) {
		t.Errorf("the error is %v", b.ended)
	}
}

func TestAFirstFilterThatIsWrongClosesTheScreen(t *testing.T) {
	b := newBareBench(t, "(")
	_, cmd := b.Update(batch{{end: true, err: errors.New("wrong")}})
	if cmd == nil {
		t.Fatal("the screen stays")
	}
	if _, ok := cmd().(tea.QuitMsg); !ok {
		t.Error("the screen stays")
	}
}

func TestQuit(t *testing.T) {
	for _, keys := range [][]string{{"ctrl+c"}, {"esc", "q"}} {
		b := newBench(t, "")
		cmd := b.press(keys...)
		if cmd == nil {
			t.Errorf("%v does not quit", keys)
			continue
		}
		if _, ok := cmd().(tea.QuitMsg); !ok {
			t.Errorf("%v does not quit", keys)
		}
	}
}
