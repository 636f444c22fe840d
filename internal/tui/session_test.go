package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	loggerv1 "github.com/seed-2f16ea30/logsieve/gen/logger/v1"
)

// fakeStream injects what comes, and notes what is sent.
type fakeStream struct {
	incoming chan *loggerv1.LogEntry // nil: Recv panics

	mu   sync.Mutex
	sent []string
}

func (f *fakeStream) Send(filter *loggerv1.LogFilter) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, filter.GetQuery())
	return nil
}

func (f *fakeStream) Recv() (*loggerv1.LogEntry, error) {
	if f.incoming == nil {
		panic("a mistake")
	}
	e, ok := <-f.incoming
	if !ok {
		return nil, io.EOF
	}
	return e, nil
}

// screenless is a program that notes what it is sent.
type screenless struct {
	mu     sync.Mutex
	got    []tea.Msg
	at     []time.Time
	answer func(tea.Msg)

	stopped atomic.Bool
}

func (p *screenless) Send(msg tea.Msg) {
	p.mu.Lock()
	p.got, p.at = append(p.got, msg), append(p.at, time.Now())
	p.mu.Unlock()
	if p.answer != nil {
		p.answer(msg)
	}
}

// startSession runs a session until the test ends, in a bubble of synctest.
func startSession(t *testing.T, f *fakeStream, p *screenless) *session {
	t.Helper()
	s := newSession(&loggerv1.LogFilter{Query: "first"})
	s.stream = f
	s.fields = func(context.Context, *loggerv1.ListFieldsRequest) (*loggerv1.ListFieldsResponse, error) {
		return nil, errors.New("no fields today")
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.stop = func() {
		p.stopped.Store(true)
		cancel()
	}
	var running sync.WaitGroup
	s.start(ctx, &running, p)
	t.Cleanup(func() {
		cancel()
		if f.incoming != nil {
			close(f.incoming)
		}
		running.Wait()
	})
	return s
}

func TestTypingRestsBeforeAFilterIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeStream{incoming: make(chan *loggerv1.LogEntry)}
		s := startSession(t, f, &screenless{})
		for _, q := range []string{"a", "ab", "abc"} {
			s.want(q, false)
			synctest.Wait()
			time.Sleep(debounce / 2)
		}
		time.Sleep(debounce)
		s.want("abcd", false)
		s.want("now", true)
		synctest.Wait()
		time.Sleep(10 * debounce)
		synctest.Wait()
		if diff := cmp.Diff([]string{"first", "abc", "now"}, f.sent); diff != "" {
			t.Error(diff)
		}
		for i, want := range []string{"first", "abc", "now"} {
			revision := uint32(i + 1)
			if got, ok := s.query(revision); got != want || !ok {
				t.Errorf("revision %d is %q, want %q", revision, got, want)
			}
			if _, ok := s.query(revision); ok {
				t.Errorf("revision %d is kept", revision)
			}
		}
	})
}

// However fast entries come, there is a batch a frame, of what was granted, in order.
func TestABatchAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const entries, room = 2000, 100
		f := &fakeStream{incoming: make(chan *loggerv1.LogEntry, entries)}
		for i := range entries {
			f.incoming <- &loggerv1.LogEntry{Message: fmt.Sprint(i)}
		}
		p := &screenless{}
		s := startSession(t, f, p)
		p.answer = func(tea.Msg) { s.grant(room) }
		s.grant(room)
		time.Sleep(time.Minute)
		synctest.Wait()
		next := 0
		for i, msg := range p.got {
			b := msg.(batch)
			if len(b) > room || i > 0 && p.at[i].Sub(p.at[i-1]) < frame {
				t.Errorf("batch %d has %d entries, %v after the one before", i, len(b), p.at[i].Sub(p.at[max(i-1, 0)]))
			}
			for _, d := range b {
				if got := d.entry.GetMessage(); got != fmt.Sprint(next) {
					t.Fatalf("entry %s came where %d was due", got, next)
				}
				next++
			}
		}
		if next != entries {
			t.Errorf("%d of %d entries came", next, entries)
		}
	})
}

// Without a grant nothing is taken, and what is on its way is bounded.
func TestWhatIsNotTakenStaysWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeStream{incoming: make(chan *loggerv1.LogEntry, 3*maxPending)}
		for range 3 * maxPending {
			f.incoming <- &loggerv1.LogEntry{}
		}
		p := &screenless{}
		startSession(t, f, p)
		time.Sleep(time.Hour)
		synctest.Wait()
		if left := len(f.incoming); left != 2*maxPending-1 || len(p.got) != 0 {
			t.Errorf("%d entries are left, and %d batches came", left, len(p.got))
		}
		for range left(f) {
			<-f.incoming
		}
	})
}

func left(f *fakeStream) int { return len(f.incoming) }

func TestAPanicEndsTheProgramInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &screenless{}
		s := startSession(t, &fakeStream{}, p)
		synctest.Wait()
		if !p.stopped.Load() || !errors.Is(s.fault(), ErrPanic) {
			t.Errorf("stopped: %v, fault: %v", p.stopped.Load(), s.fault())
		}
	})
}

func TestCompletionWithoutAServerOffersWhatIsInTheLanguage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &screenless{}
		s := startSession(t, &fakeStream{incoming: make(chan *loggerv1.LogEntry)}, p)
		s.askFields()
		s.askFields()
		synctest.Wait()
		if len(p.got) == 0 {
			t.Fatal("no answer")
		}
		b := newBench(t, "")
		b.Update(p.got[0])
		b.press("hos", "tab")
		if got := b.filter.editor.text; got != "host=" {
			t.Errorf("completed to %q", got)
		}
	})
}
